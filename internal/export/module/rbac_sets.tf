resource "kamiwaza_role_rights" "this" {
  for_each = local.access.roles

  role_id   = kamiwaza_role.this[each.key].id
  right_ids = concat([for right in each.value.rights : kamiwaza_right.this[right].id], try(each.value.other_rights, []))
}

resource "kamiwaza_group_roles" "this" {
  for_each = local.access.groups

  group_id = kamiwaza_group.this[each.key].id
  role_ids = concat([for role in each.value.roles : kamiwaza_role.this[role].id], try(each.value.other_roles, []))
}

resource "kamiwaza_user_groups" "this" {
  for_each = local.access.people

  user_id   = kamiwaza_user.this[each.key].id
  group_ids = concat([for group in each.value.groups : kamiwaza_group.this[group].id], try(each.value.other_groups, []))
}
