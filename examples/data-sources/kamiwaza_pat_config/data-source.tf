data "kamiwaza_pat_config" "this" {}

output "scopes" {
  value = data.kamiwaza_pat_config.this.scopes
}
