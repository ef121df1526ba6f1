resource "kamiwaza_workroom" "forecasting" {
  name = "Forecasting"
}

# In practice, the name usually comes from a variable.
data "kamiwaza_workroom" "forecasting" {
  name = kamiwaza_workroom.forecasting.name

  depends_on = [kamiwaza_workroom.forecasting]
}

output "owner_of_forecasting" {
  value = data.kamiwaza_workroom.forecasting.owner_username
}
