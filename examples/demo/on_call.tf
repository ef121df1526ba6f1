# The on-call group is managed completely: members and roles that are not listed here are removed, no matter who added
# them.

resource "kamiwaza_group" "on_call" {
  name        = "on-call"
  description = "May repair things at night"
}

resource "kamiwaza_group_members" "on_call" {
  group_id = kamiwaza_group.on_call.id
  user_ids = [kamiwaza_user.this["amara"].id, kamiwaza_user.this["elif"].id]
}

resource "kamiwaza_group_roles" "on_call" {
  group_id = kamiwaza_group.on_call.id
  role_ids = [kamiwaza_role.this["operator"].id]
}
