# One resource for all assignments of one object.

resource "kamiwaza_role_rights" "this" {
  for_each = local.company.roles

  role_id   = kamiwaza_role.this[each.key].id
  right_ids = [for right in each.value : kamiwaza_right.this[right].id]
}

resource "kamiwaza_group_roles" "this" {
  for_each = local.company.groups

  group_id = kamiwaza_group.this[each.key].id
  role_ids = [for role in each.value : kamiwaza_role.this[role].id]
}

resource "kamiwaza_user_groups" "this" {
  for_each = local.company.users

  user_id   = kamiwaza_user.this[each.key].id
  group_ids = [for group in each.value.groups : kamiwaza_group.this[group].id]
}
