variable "amara_password" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "kamiwaza_user" "amara" {
  username            = "amara"
  email               = "amara@larkspur.example.com"
  password_wo         = var.amara_password
  password_wo_version = 1
}

ephemeral "kamiwaza_access_token" "amara" {
  # The id is not known before the user exists, which puts the login off until then.
  username = kamiwaza_user.amara.id == "" ? "" : kamiwaza_user.amara.username
  password = var.amara_password
}

# The token goes where values are not stored: into a provider, or into a write-only argument.
provider "kamiwaza" {
  alias   = "amara"
  api_key = ephemeral.kamiwaza_access_token.amara.access_token
}

# What amara is told about herself.
data "kamiwaza_current_permissions" "amara" {
  provider   = kamiwaza.amara
  depends_on = [kamiwaza_user.amara]
}

output "amara_may" {
  value = data.kamiwaza_current_permissions.amara.rights
}
