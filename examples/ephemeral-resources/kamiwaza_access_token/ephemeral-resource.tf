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
  # The id is not known before the user exists, which defers the login until then.
  username = kamiwaza_user.amara.id == "" ? "" : kamiwaza_user.amara.username
  password = var.amara_password
}

# Use the token where it is not stored: in a provider configuration or a write-only argument.
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
