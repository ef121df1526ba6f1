data "kamiwaza_identity_providers" "all" {}

output "login_providers" {
  value = [for p in data.kamiwaza_identity_providers.all.identity_providers : p.alias if p.enabled]
}
