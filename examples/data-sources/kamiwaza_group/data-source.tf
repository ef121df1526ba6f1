resource "kamiwaza_role" "operator" {
  name = "operator"
}

resource "kamiwaza_group" "platform" {
  name = "platform"
}

resource "kamiwaza_group_role" "operator" {
  group_id = kamiwaza_group.platform.id
  role_id  = kamiwaza_role.operator.id
}

# In practice, the id usually comes from a variable or the group_ids of a user.
data "kamiwaza_group" "platform" {
  id         = kamiwaza_group.platform.id
  depends_on = [kamiwaza_group_role.operator]
}

output "roles_of_platform" {
  value = data.kamiwaza_group.platform.role_ids
}
