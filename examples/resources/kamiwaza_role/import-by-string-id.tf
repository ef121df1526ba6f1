# The import id is the name or the id of the role.
import {
  to = kamiwaza_role.operator
  id = "operator"
}
