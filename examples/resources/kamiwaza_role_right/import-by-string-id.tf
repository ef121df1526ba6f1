# The import id is <role>/<right>, each by its name or its id. Write a slash within a name as %2F.
import {
  to = kamiwaza_role_right.operator["models.deploy"]
  id = "operator/models.deploy"
}
