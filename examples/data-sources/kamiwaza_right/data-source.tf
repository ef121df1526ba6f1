resource "kamiwaza_right" "deploy" {
  name        = "models.deploy"
  description = "Start and stop models."
}

# Usually the id comes from elsewhere, such as a variable or the right_ids of a role.
data "kamiwaza_right" "deploy" {
  id = kamiwaza_right.deploy.id
}

output "deploy_means" {
  value = data.kamiwaza_right.deploy.description
}
