# A right, and a role that contains it.

resource "kamiwaza_right" "deploy" {
  name        = "models.deploy"
  description = "Deploy a model to a cluster"
}

resource "kamiwaza_role" "operator" {
  name        = "operator"
  description = "Keeps models running"
}

resource "kamiwaza_role_right" "operator_deploys" {
  role_id  = kamiwaza_role.operator.id
  right_id = kamiwaza_right.deploy.id
}

# A group that has the role, and a member of the group.

resource "kamiwaza_group" "platform" {
  name        = "platform"
  description = "Runs the clusters"
}

resource "kamiwaza_group_role" "platform_operates" {
  group_id = kamiwaza_group.platform.id
  role_id  = kamiwaza_role.operator.id
}

variable "amara_password" {
  description = "The first password of amara. It is not stored in plans or states."
  type        = string
  sensitive   = true
  ephemeral   = true
}

resource "kamiwaza_user" "amara" {
  username            = "amara"
  email               = "amara@larkspur.example.com"
  full_name           = "Amara Okafor"
  password_wo         = var.amara_password
  password_wo_version = 1
}

resource "kamiwaza_group_member" "amara_in_platform" {
  group_id = kamiwaza_group.platform.id
  user_id  = kamiwaza_user.amara.id
}
