locals {
  access = yamldecode(file("${path.module}/access.yaml"))
}

resource "kamiwaza_user" "this" {
  for_each = local.access.people

  username  = try(each.value.username, each.key)
  email     = try(each.value.email, null)
  is_active = try(each.value.active, true)
  roles     = each.value.roles

  # Imported users keep their passwords. New users need a first one: see the guide "Access as code from YAML".
}

resource "kamiwaza_group" "this" {
  for_each = local.access.groups

  name        = try(each.value.name, each.key)
  description = try(each.value.description, null)
}

resource "kamiwaza_group_mapping" "this" {
  for_each = local.access.group_mappings

  issuer           = each.value.issuer
  idp_group_path   = try(each.value.path, each.key)
  local_group_name = can(each.value.group) ? kamiwaza_group.this[each.value.group].name : each.value.group_name
}

resource "kamiwaza_identity_provider" "this" {
  for_each = local.access.identity_providers

  alias   = try(each.value.alias, each.key)
  kind    = each.value.kind
  enabled = try(each.value.enabled, true)
}

resource "kamiwaza_workroom" "this" {
  for_each = local.access.workrooms

  name           = try(each.value.name, each.key)
  description    = try(each.value.description, null)
  labels         = try(each.value.labels, null)
  attributes     = can(each.value.attributes) ? jsonencode(each.value.attributes) : null
  classification = try(each.value.classification, null)
  scg_references = try(each.value.scg_references, null)
  archived       = try(each.value.archived, false)
}

resource "kamiwaza_relationship_tuple" "this" {
  for_each = local.access.relationship_tuples

  subject = {
    namespace = can(each.value.subject.user) ? "user" : can(each.value.subject.group) ? "group" : each.value.subject.namespace
    id = can(each.value.subject.user) ? kamiwaza_user.this[each.value.subject.user].subject_id : (
      can(each.value.subject.group) ? kamiwaza_group.this[each.value.subject.group].id : each.value.subject.id
    )
  }

  relation = each.value.relation

  object = {
    namespace = can(each.value.object.workroom) ? "workroom" : can(each.value.object.group) ? "group" : each.value.object.namespace
    id = can(each.value.object.workroom) ? kamiwaza_workroom.this[each.value.object.workroom].id : (
      can(each.value.object.group) ? kamiwaza_group.this[each.value.object.group].id : each.value.object.id
    )
  }

  tenant = try(each.value.tenant, "__default__")
}

resource "kamiwaza_attribute" "this" {
  for_each = local.access.attributes

  name           = try(each.value.name, each.key)
  type           = each.value.type
  sensitive      = try(each.value.sensitive, false)
  authority      = try(each.value.authority, "local_admin")
  schema_version = try(each.value.schema_version, "1.0")
}
