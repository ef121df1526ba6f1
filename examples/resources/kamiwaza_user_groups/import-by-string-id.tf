# The import id is the username or the id of the user.
import {
  to = kamiwaza_user_groups.amara
  id = "amara"
}
