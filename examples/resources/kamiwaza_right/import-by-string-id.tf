# The import id is the name or the id of the right.
import {
  to = kamiwaza_right.this["models.deploy"]
  id = "models.deploy"
}
