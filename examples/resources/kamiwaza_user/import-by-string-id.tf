# The id is the username or the user's own id, a UUID.
import {
  to = kamiwaza_user.amara
  id = "amara"
}
