variable "sso_client_secret" {
  description = "The secret of the client kamiwaza at the identity provider."
  type        = string
  sensitive   = true
  ephemeral   = true
}

resource "kamiwaza_identity_provider" "larkspur" {
  alias                    = "larkspur"
  kind                     = "oidc"
  issuer                   = "https://sso.larkspur.example.com/realms/staff"
  client_id                = "kamiwaza"
  client_secret_wo         = var.sso_client_secret
  client_secret_wo_version = 1
  scopes                   = ["openid", "profile", "email", "groups"]
}
