# A made-up company, whose data the benchmark writes beside this file.

terraform {
  required_providers {
    kamiwaza = {
      source = "kamiwaza-ai/kamiwaza"
    }
  }
}

provider "kamiwaza" {}

locals {
  company = jsondecode(file("${path.module}/company.json"))
}

resource "kamiwaza_organization" "this" {
  for_each = toset(local.company.organizations)

  name = each.key
}

resource "kamiwaza_right" "this" {
  for_each = toset(local.company.rights)

  name        = each.key
  description = "May do ${each.key}"
}

resource "kamiwaza_role" "this" {
  for_each = local.company.roles

  name        = each.key
  description = "All that ${each.key} may do"
}

resource "kamiwaza_group" "this" {
  for_each = local.company.groups

  name        = each.key
  description = "All of ${each.key}"
}

resource "kamiwaza_user" "this" {
  for_each = local.company.users

  username        = each.key
  email           = "${each.key}@example.com"
  full_name       = "The user ${each.key}"
  organization_id = kamiwaza_organization.this[each.value.organization].id

  password_wo         = "only for the benchmark"
  password_wo_version = 1
}
