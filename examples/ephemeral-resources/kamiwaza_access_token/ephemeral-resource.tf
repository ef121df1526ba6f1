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
  # The id is unknown until the user exists. Terraform defers the login until then.
  username = kamiwaza_user.amara.id == "" ? "" : kamiwaza_user.amara.username
  password = var.amara_password
}

# Use the token in a provider configuration or a write-only argument, which Terraform does not store.
provider "kamiwaza" {
  alias   = "amara"
  api_key = ephemeral.kamiwaza_access_token.amara.access_token
}

# The permissions that the server reports for amara.
data "kamiwaza_current_permissions" "amara" {
  provider   = kamiwaza.amara
  depends_on = [kamiwaza_user.amara]
}

output "amara_may" {
  value = data.kamiwaza_current_permissions.amara.rights
}
