# The same resources, with the same keys and the same references, of a type that Terraform answers itself.

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

resource "terraform_data" "group" {
  for_each = local.company.groups

  input = { name = each.key, description = "All of ${each.key}" }
}

resource "terraform_data" "user" {
  for_each = local.company.users

  input = { username = each.key, email = "${each.key}@example.com", roles = ["user"] }
}

resource "terraform_data" "group_member" {
  for_each = local.members

  input = { group_id = terraform_data.group[each.value.group].id, user_id = terraform_data.user[each.value.user].id }
}

resource "terraform_data" "relationship_tuple" {
  for_each = local.tuples

  input = {
    subject  = { namespace = "user", id = terraform_data.user[each.value.user].id }
    relation = "viewer"
    object   = { namespace = each.value.namespace, id = each.value.object }
  }
}

resource "terraform_data" "resource_grant" {
  for_each = local.grants

  input = {
    subject  = { namespace = "user", id = terraform_data.user[each.value.user].id }
    relation = "viewer"
    object   = { namespace = "dataset", id = each.value.object }
  }
}
