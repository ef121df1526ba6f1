resource "kamiwaza_group" "platform" {
  name = "platform"
}

resource "kamiwaza_role" "this" {
  for_each = toset(["operator", "reader"])

  name = each.key
}

# Manages all roles of the group, and removes those that are not listed.
resource "kamiwaza_group_roles" "platform" {
  group_id = kamiwaza_group.platform.id
  role_ids = [for role in kamiwaza_role.this : role.id]
}
