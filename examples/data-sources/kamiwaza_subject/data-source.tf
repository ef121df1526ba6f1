resource "kamiwaza_attribute" "clearance" {
  name = "clearance"
  type = "int"
}

resource "kamiwaza_subject" "amara" {
  username   = "amara"
  attributes = jsonencode({ (kamiwaza_attribute.clearance.name) = 3 })
}

data "kamiwaza_subject" "amara" {
  username   = kamiwaza_subject.amara.username
  depends_on = [kamiwaza_subject.amara]
}

output "clearance" {
  value = jsondecode(data.kamiwaza_subject.amara.attributes).clearance
}
