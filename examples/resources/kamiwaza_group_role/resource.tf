resource "kamiwaza_group" "platform" {
  name = "platform"
}

resource "kamiwaza_role" "this" {
  for_each = toset(["operator", "reader"])

  name = each.key
}

# Adds each of these roles to the group. Other roles of the group do not change.
resource "kamiwaza_group_role" "platform" {
  for_each = kamiwaza_role.this

  group_id = kamiwaza_group.platform.id
  role_id  = each.value.id
}
