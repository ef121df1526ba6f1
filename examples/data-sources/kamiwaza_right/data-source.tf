resource "kamiwaza_right" "deploy" {
  name        = "models.deploy"
  description = "Start and stop models."
}

# In practice, the id usually comes from a variable or the right_ids of a role. Use name instead
# of id if a user has the right.
data "kamiwaza_right" "deploy" {
  id = kamiwaza_right.deploy.id
}

output "description_of_deploy" {
  value = data.kamiwaza_right.deploy.description
}
