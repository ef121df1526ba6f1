# A token for this run alone, which is revoked at its end.
ephemeral "kamiwaza_personal_access_token" "run" {
  name  = "terraform"
  scope = "admin"
}

# A second configuration of the provider that uses the token.
provider "kamiwaza" {
  alias   = "by_token"
  api_key = ephemeral.kamiwaza_personal_access_token.run.token
}
