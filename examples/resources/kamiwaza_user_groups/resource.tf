variable "amara_password" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "kamiwaza_group" "this" {
  for_each = toset(["audit", "platform"])

  name = each.key
}

resource "kamiwaza_user" "amara" {
  username            = "amara"
  email               = "amara@larkspur.example.com"
  password_wo         = var.amara_password
  password_wo_version = 1
}

# Manages all groups of the user, and removes those that are not listed.
resource "kamiwaza_user_groups" "amara" {
  user_id   = kamiwaza_user.amara.id
  group_ids = [kamiwaza_group.this["audit"].id, kamiwaza_group.this["platform"].id]
}
