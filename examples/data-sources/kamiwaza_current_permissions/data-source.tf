data "kamiwaza_current_permissions" "me" {}

output "my_rights" {
  value = data.kamiwaza_current_permissions.me.rights
}
