resource "kamiwaza_attribute" "clearance" {
  name = "clearance"
  type = "int"
}

resource "kamiwaza_attribute" "sites" {
  name = "sites"
  type = "string[]"
}

resource "kamiwaza_subject" "amara" {
  username = "amara"

  attributes = jsonencode({
    (kamiwaza_attribute.clearance.name) = 3
    (kamiwaza_attribute.sites.name)     = ["oslo", "bergen"]
  })
}
