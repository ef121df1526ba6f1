variable "amara_password" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "kamiwaza_user" "amara" {
  username            = "amara"
  email               = "amara@larkspur.example.com"
  password_wo         = var.amara_password
  password_wo_version = 1
}

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

resource "kamiwaza_group_member" "amara" {
  group_id = kamiwaza_group.platform.id
  user_id  = kamiwaza_user.amara.subject_id
}

# The RBAC API only finds groups that have members by name. Look up others by id.
data "kamiwaza_group" "platform" {
  name       = "platform"
  depends_on = [kamiwaza_group_member.amara, kamiwaza_group_role.operator]
}

output "roles_of_platform" {
  value = data.kamiwaza_group.platform.role_ids
}
