resource "kamiwaza_role" "operator" {
  name = "operator"
}

resource "kamiwaza_right" "operator" {
  for_each = toset(["models.deploy", "clusters.restart"])

  name = each.key
}

# Adds each of these rights to the role. Other rights of the role do not change.
resource "kamiwaza_role_right" "operator" {
  for_each = kamiwaza_right.operator

  role_id  = kamiwaza_role.operator.id
  right_id = each.value.id
}
