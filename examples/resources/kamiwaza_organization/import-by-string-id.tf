# The import id is the name or the id of the organization.
import {
  to = kamiwaza_organization.larkspur
  id = "Larkspur Robotics"
}
