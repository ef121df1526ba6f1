resource "kamiwaza_right" "deploy" {
  name = "models.deploy"
}

resource "kamiwaza_role" "operator" {
  name = "operator"
}

resource "kamiwaza_role_right" "deploy" {
  role_id  = kamiwaza_role.operator.id
  right_id = kamiwaza_right.deploy.id
}

# In practice, the id usually comes from a variable or the role_ids of a group. Use name instead
# of id if a user has the role.
data "kamiwaza_role" "operator" {
  id         = kamiwaza_role.operator.id
  depends_on = [kamiwaza_role_right.deploy]
}

output "rights_of_operator" {
  value = data.kamiwaza_role.operator.right_ids
}
