variable "passwords" {
  description = "The first password of each user, by username."
  type        = map(string)
  sensitive   = true
  ephemeral   = true
}

resource "kamiwaza_workroom" "forecasting" {
  name = "Forecasting"
}

resource "kamiwaza_user" "planners" {
  for_each = toset(["amara", "chen"])

  username            = each.key
  email               = "${each.key}@larkspur.example.com"
  password_wo         = var.passwords[each.key]
  password_wo_version = 1
}

# Manages all members of the workroom but its owner, and removes those that are not listed.
resource "kamiwaza_workroom_members" "forecasting" {
  workroom_id = kamiwaza_workroom.forecasting.id
  members     = { for user in kamiwaza_user.planners : user.email => "editor" }
}
