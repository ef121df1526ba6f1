import {
  to = kamiwaza_attribute.clearance
  identity = {
    id = "clearance"
  }
}
