resource "kamiwaza_workroom" "forecasting" {
  name        = "Forecasting"
  description = "Demand forecasts for the spring season"
  labels      = ["planning", "retail"]
  attributes  = jsonencode({ cost_center = "4711" })
}
