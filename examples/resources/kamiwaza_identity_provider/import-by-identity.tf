import {
  to = kamiwaza_identity_provider.larkspur
  identity = {
    id = "larkspur"
  }
}
