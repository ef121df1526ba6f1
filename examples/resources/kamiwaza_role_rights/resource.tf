resource "kamiwaza_role" "operator" {
  name = "operator"
}

resource "kamiwaza_right" "operator" {
  for_each = toset(["models.deploy", "clusters.restart"])

  name = each.key
}

# The complete set of rights.
resource "kamiwaza_role_rights" "operator" {
  role_id   = kamiwaza_role.operator.id
  right_ids = [for right in kamiwaza_right.operator : right.id]
}
