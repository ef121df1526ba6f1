import {
  to = kamiwaza_identity_provider.larkspur
  id = "larkspur"
}
