variable "passwords" {
  description = "The first password of each user, by username."
  type        = map(string)
  sensitive   = true
  ephemeral   = true
}

resource "kamiwaza_user" "chen" {
  username            = "chen"
  email               = "chen@larkspur.example.com"
  password_wo         = var.passwords["chen"]
  password_wo_version = 1
}

resource "kamiwaza_group" "platform" {
  name = "platform"
}

resource "kamiwaza_role" "operator" {
  name = "operator"
}

resource "kamiwaza_right" "deploy" {
  name = "models.deploy"
}

resource "kamiwaza_group_member" "chen" {
  group_id = kamiwaza_group.platform.id
  user_id  = kamiwaza_user.chen.id
}

resource "kamiwaza_group_role" "operator" {
  group_id = kamiwaza_group.platform.id
  role_id  = kamiwaza_role.operator.id
}

resource "kamiwaza_role_right" "deploy" {
  role_id  = kamiwaza_role.operator.id
  right_id = kamiwaza_right.deploy.id
}

data "kamiwaza_user_access" "chen" {
  username = kamiwaza_user.chen.username

  # Read the access after Terraform has applied all assignments.
  depends_on = [kamiwaza_group_member.chen, kamiwaza_group_role.operator, kamiwaza_role_right.deploy]
}

check "chen_deletes_nothing" {
  assert {
    condition     = !contains(data.kamiwaza_user_access.chen.rights, "models.delete")
    error_message = "chen may delete models."
  }
}

# ["models.deploy: platform as operator"]
output "access_of_chen" {
  value = [
    for grant in data.kamiwaza_user_access.chen.grants :
    "${grant.right_name}: ${join("; ", [for path in grant.paths : "${path.group_name} as ${path.role_name}"])}"
  ]
}
