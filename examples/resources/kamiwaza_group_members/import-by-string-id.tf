# The import id is the name or the id of the group.
import {
  to = kamiwaza_group_members.platform
  id = "platform"
}
