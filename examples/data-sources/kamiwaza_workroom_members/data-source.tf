resource "kamiwaza_workroom" "forecasting" {
  name = "Forecasting"
}

data "kamiwaza_workroom_members" "forecasting" {
  workroom_id = kamiwaza_workroom.forecasting.id
}

output "editors_of_forecasting" {
  value = [for member in data.kamiwaza_workroom_members.forecasting.members : member.user_id if member.role != "viewer"]
}
