locals {
  # The roles of each group.
  roles_of_groups = {
    platform = ["operator", "viewer"]
    research = ["viewer"]
  }

  # A local value is computed once. Terraform evaluates for_each again for each instance.
  group_roles = provider::kamiwaza::assignments(local.roles_of_groups)
}

resource "kamiwaza_group" "all" {
  for_each = local.roles_of_groups
  name     = each.key
}

resource "kamiwaza_role" "all" {
  for_each = toset(flatten(values(local.roles_of_groups)))
  name     = each.key
}

# Creates the instances "platform/operator", "platform/viewer" and "research/viewer".
resource "kamiwaza_group_role" "all" {
  for_each = local.group_roles

  group_id = kamiwaza_group.all[each.value.from].id
  role_id  = kamiwaza_role.all[each.value.to].id
}
