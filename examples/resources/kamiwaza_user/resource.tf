variable "amara_password" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "kamiwaza_organization" "larkspur" {
  name = "Larkspur Robotics"
}

resource "kamiwaza_user" "amara" {
  username        = "amara"
  email           = "amara@larkspur.example.com"
  full_name       = "Amara Okafor"
  organization_id = kamiwaza_organization.larkspur.id

  # Used only when the user is created, and not stored in plans or states.
  password_wo         = var.amara_password
  password_wo_version = 1
}
