resource "kamiwaza_attribute" "clearance" {
  name = "clearance"
  type = "int"
}

data "kamiwaza_attributes" "all" {
  depends_on = [kamiwaza_attribute.clearance]
}

output "attribute_types" {
  value = { for a in data.kamiwaza_attributes.all.attributes : a.name => a.type }
}
