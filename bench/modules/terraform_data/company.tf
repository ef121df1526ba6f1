# The same resources, with the same keys and the same references, of a type that Terraform answers itself.

locals {
  company = jsondecode(file("${path.module}/company.json"))
}

resource "terraform_data" "organization" {
  for_each = toset(local.company.organizations)

  input = { name = each.key }
}

resource "terraform_data" "right" {
  for_each = toset(local.company.rights)

  input = { name = each.key, description = "May do ${each.key}" }
}

resource "terraform_data" "role" {
  for_each = local.company.roles

  input = { name = each.key, description = "All that ${each.key} may do" }
}

resource "terraform_data" "group" {
  for_each = local.company.groups

  input = { name = each.key, description = "All of ${each.key}" }
}

resource "terraform_data" "user" {
  for_each = local.company.users

  input = {
    username        = each.key
    email           = "${each.key}@example.com"
    full_name       = "The user ${each.key}"
    organization_id = terraform_data.organization[each.value.organization].id
  }
}
