# The import id is <group>/<role>, each by its name or its id. Write a slash within a name as %2F.
import {
  to = kamiwaza_group_role.platform["operator"]
  id = "platform/operator"
}
