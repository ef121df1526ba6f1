data "kamiwaza_personal_access_tokens" "mine" {}

output "expiring_tokens" {
  value = [for token in data.kamiwaza_personal_access_tokens.mine.tokens : token.name if token.expires_at != null]
}
