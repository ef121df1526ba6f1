resource "kamiwaza_role" "operator" {
  name = "operator"
}

resource "kamiwaza_right" "operator" {
  for_each = toset(["models.deploy", "clusters.restart"])

  name = each.key
}

# One assignment for each of these rights. Other rights of the role stay as they are.
resource "kamiwaza_role_right" "operator" {
  for_each = kamiwaza_right.operator

  role_id  = kamiwaza_role.operator.id
  right_id = each.value.id
}
