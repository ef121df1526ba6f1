# One resource for all assignments of one object.

resource "terraform_data" "role_rights" {
  for_each = local.company.roles

  input = {
    role_id   = terraform_data.role[each.key].id
    right_ids = [for right in each.value : terraform_data.right[right].id]
  }
}

resource "terraform_data" "group_roles" {
  for_each = local.company.groups

  input = {
    group_id = terraform_data.group[each.key].id
    role_ids = [for role in each.value : terraform_data.role[role].id]
  }
}

resource "terraform_data" "user_groups" {
  for_each = local.company.users

  input = {
    user_id   = terraform_data.user[each.key].id
    group_ids = [for group in each.value.groups : terraform_data.group[group].id]
  }
}
