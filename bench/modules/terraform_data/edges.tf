# One resource for each assignment.

locals {
  role_rights   = merge([for role, rights in local.company.roles : { for right in rights : "${role}/${right}" => { from = role, to = right } }]...)
  group_roles   = merge([for group, roles in local.company.groups : { for role in roles : "${group}/${role}" => { from = group, to = role } }]...)
  group_members = merge([for user, u in local.company.users : { for group in u.groups : "${user}/${group}" => { from = user, to = group } }]...)
}

resource "terraform_data" "role_right" {
  for_each = local.role_rights

  input = {
    role_id  = terraform_data.role[each.value.from].id
    right_id = terraform_data.right[each.value.to].id
  }
}

resource "terraform_data" "group_role" {
  for_each = local.group_roles

  input = {
    group_id = terraform_data.group[each.value.from].id
    role_id  = terraform_data.role[each.value.to].id
  }
}

resource "terraform_data" "group_member" {
  for_each = local.group_members

  input = {
    group_id = terraform_data.group[each.value.to].id
    user_id  = terraform_data.user[each.value.from].id
  }
}
