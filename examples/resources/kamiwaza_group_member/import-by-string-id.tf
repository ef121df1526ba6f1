# The import id is <group>/<user>, each by its name or its id. Write a slash within a name as %2F.
import {
  to = kamiwaza_group_member.platform["amara"]
  id = "platform/amara"
}
