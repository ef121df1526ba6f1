# A made-up company on the gateway API, whose data the benchmark writes beside this file.

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
  names   = keys(local.company.users)

  members = merge([for user, u in local.company.users : { for group in u.groups : "${user}/${group}" => { user = user, group = group } }]...)
  tuples = {
    for pair in setproduct(local.names, range(10)) : "${pair[0]}/${pair[1]}" =>
    { user = pair[0], namespace = pair[1] < 5 ? "model" : "connector", object = "object-${pair[1]}" }
  }
  grants = {
    for pair in setproduct(range(floor(length(local.names) / 8)), range(20)) : "${pair[0]}/${pair[1]}" =>
    { user = local.names[(pair[0] * 20 + pair[1]) % length(local.names)], object = "dataset-${pair[0]}" }
  }
}

resource "kamiwaza_group" "this" {
  for_each = local.company.groups

  name        = each.key
  description = "All of ${each.key}"
}

resource "kamiwaza_user" "this" {
  for_each = local.company.users

  username = each.key
  email    = "${each.key}@example.com"
  roles    = ["user"]

  password_wo         = "only for the benchmark"
  password_wo_version = "1"
}

resource "kamiwaza_group_member" "this" {
  for_each = local.members

  group_id = kamiwaza_group.this[each.value.group].id
  user_id  = kamiwaza_user.this[each.value.user].subject_id
}

resource "kamiwaza_relationship_tuple" "this" {
  for_each = local.tuples

  subject  = { namespace = "user", id = kamiwaza_user.this[each.value.user].subject_id }
  relation = "viewer"
  object   = { namespace = each.value.namespace, id = each.value.object }
}

resource "kamiwaza_resource_grant" "this" {
  for_each = local.grants

  subject  = { namespace = "user", id = kamiwaza_user.this[each.value.user].subject_id }
  relation = "viewer"
  object   = { namespace = "dataset", id = each.value.object }
}
