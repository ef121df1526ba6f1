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

# Adds each of these users to the workroom. Other members of the workroom do not change.
resource "kamiwaza_workroom_member" "planners" {
  for_each = kamiwaza_user.planners

  workroom_id = kamiwaza_workroom.forecasting.id
  email       = each.value.email
  role        = "editor"
}
