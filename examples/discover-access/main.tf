# Finds existing objects. The API can only list users, so this configuration follows the users to their groups, the groups
# to their roles, and the roles to their rights. It does not find groups without members, roles without groups, and rights
# without roles.

data "kamiwaza_users" "all" {}

data "kamiwaza_group" "all" {
  for_each = toset(flatten(data.kamiwaza_users.all.users[*].group_ids))
  id       = each.key
}

data "kamiwaza_role" "all" {
  for_each = toset(flatten(values(data.kamiwaza_group.all)[*].role_ids))
  id       = each.key
}

data "kamiwaza_right" "all" {
  for_each = toset(flatten(values(data.kamiwaza_role.all)[*].right_ids))
  id       = each.key
}

data "kamiwaza_organization" "all" {
  for_each = toset([for user in data.kamiwaza_users.all.users : user.organization_id if user.organization_id != null])
  id       = each.key
}

data "kamiwaza_current_user" "me" {}

locals {
  # Excludes the user that Terraform authenticates as, so that Terraform cannot lock itself out.
  users = { for user in data.kamiwaza_users.all.users : user.id => user.username if user.id != data.kamiwaza_current_user.me.id }

  objects = concat(
    [for o in data.kamiwaza_organization.all : { type = "organization", name = o.name, id = o.id }],
    [for id, name in local.users : { type = "user", name = name, id = id }],
    [for o in data.kamiwaza_group.all : { type = "group", name = o.name, id = o.id }],
    [for o in data.kamiwaza_role.all : { type = "role", name = o.name, id = o.id }],
    [for o in data.kamiwaza_right.all : { type = "right", name = o.name, id = o.id }],
    # Whole sets of assignments.
    [for id, name in local.users : { type = "user_groups", name = name, id = id }],
    [for o in data.kamiwaza_group.all : { type = "group_roles", name = o.name, id = o.id }],
    [for o in data.kamiwaza_role.all : { type = "role_rights", name = o.name, id = o.id }],
  )
}

# One import block for each object. Names are not always unique, and may contain characters that are not valid in an
# address. Addresses therefore consist of the valid characters of the name and the beginning of the id.
output "imports" {
  value = join("\n", [
    for o in local.objects : <<-END
      import {
        to = kamiwaza_${o.type}.n_${replace(lower(o.name), "/[^a-z0-9]+/", "_")}_${substr(o.id, 0, 8)}
        id = "${o.id}"
      }
    END
  ])
}
