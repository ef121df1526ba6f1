resource "kamiwaza_role" "operator" {
  name = "operator"
}

resource "kamiwaza_right" "operator" {
  for_each = toset(["models.deploy", "clusters.restart"])

  name = each.key
}

# Manages all rights of the role, and removes those that are not listed.
resource "kamiwaza_role_rights" "operator" {
  role_id   = kamiwaza_role.operator.id
  right_ids = [for right in kamiwaza_right.operator : right.id]
}
