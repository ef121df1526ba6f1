# The import id is <workroom>/<user>: the name or the id of the workroom, and the e-mail address, the username or the id of the user.
# Write a slash within a name as %2F.
import {
  to = kamiwaza_workroom_member.planners["amara"]
  id = "Forecasting/amara@larkspur.example.com"
}
