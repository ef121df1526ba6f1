locals {
  access = yamldecode(file("${path.module}/access.yaml"))
}

resource "kamiwaza_organization" "this" {
  for_each = local.access.organizations

  name        = try(each.value.name, each.key)
  description = try(each.value.description, null)

  idp_config = can(each.value.idp) ? {
    provider     = each.value.idp.provider
    domain       = each.value.idp.domain
    client_id    = each.value.idp.client_id
    metadata_url = try(each.value.idp.metadata_url, null)
  } : null
}

# With create_before_destroy, Terraform removes assignments to an object before it deletes the object.

resource "kamiwaza_right" "this" {
  for_each = local.access.rights

  name        = try(each.value.name, each.key)
  description = try(each.value.description, null)

  lifecycle {
    create_before_destroy = true
  }
}

resource "kamiwaza_role" "this" {
  for_each = local.access.roles

  name        = try(each.value.name, each.key)
  description = try(each.value.description, null)

  lifecycle {
    create_before_destroy = true
  }
}

resource "kamiwaza_group" "this" {
  for_each = local.access.groups

  name        = try(each.value.name, each.key)
  description = try(each.value.description, null)

  lifecycle {
    create_before_destroy = true
  }
}

resource "kamiwaza_user" "this" {
  for_each = local.access.people

  username        = try(each.value.username, each.key)
  email           = each.value.email
  full_name       = try(each.value.name, null)
  organization_id = can(each.value.organization) ? kamiwaza_organization.this[each.value.organization].id : try(each.value.organization_id, null)
  is_superuser    = try(each.value.superuser, false)
  is_active       = try(each.value.active, true)
  external_id     = try(each.value.external_id, null)

  # Imported users keep their passwords. New users need a first one: see the guide "Access as code from YAML".
}
