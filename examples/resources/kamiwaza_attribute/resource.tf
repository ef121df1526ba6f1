resource "kamiwaza_attribute" "clearance" {
  name      = "clearance"
  type      = "int"
  sensitive = true
}
