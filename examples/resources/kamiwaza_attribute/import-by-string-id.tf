import {
  to = kamiwaza_attribute.clearance
  id = "clearance"
}
