# The members and roles of the on-call group are managed as whole sets: Terraform removes all members and roles that are
# not listed here.

resource "kamiwaza_group" "on_call" {
  name        = "on-call"
  description = "Handles incidents at night"
}

resource "kamiwaza_group_members" "on_call" {
  group_id = kamiwaza_group.on_call.id
  user_ids = [kamiwaza_user.this["amara"].id, kamiwaza_user.this["elif"].id]
}

resource "kamiwaza_group_roles" "on_call" {
  group_id = kamiwaza_group.on_call.id
  role_ids = [kamiwaza_role.this["operator"].id]
}
