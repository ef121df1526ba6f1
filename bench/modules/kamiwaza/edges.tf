# One resource for each assignment.

# Terraform evaluates for_each again for each instance, but a local value only once.
locals {
  role_rights   = provider::kamiwaza::assignments(local.company.roles)
  group_roles   = provider::kamiwaza::assignments(local.company.groups)
  group_members = provider::kamiwaza::assignments({ for user, u in local.company.users : user => u.groups })
}

resource "kamiwaza_role_right" "this" {
  for_each = local.role_rights

  role_id  = kamiwaza_role.this[each.value.from].id
  right_id = kamiwaza_right.this[each.value.to].id
}

resource "kamiwaza_group_role" "this" {
  for_each = local.group_roles

  group_id = kamiwaza_group.this[each.value.from].id
  role_id  = kamiwaza_role.this[each.value.to].id
}

resource "kamiwaza_group_member" "this" {
  for_each = local.group_members

  group_id = kamiwaza_group.this[each.value.to].id
  user_id  = kamiwaza_user.this[each.value.from].id
}
