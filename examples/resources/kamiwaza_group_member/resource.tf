variable "passwords" {
  description = "The first password of each user, by username."
  type        = map(string)
  sensitive   = true
  ephemeral   = true
}

resource "kamiwaza_group" "platform" {
  name = "platform"
}

resource "kamiwaza_user" "platform" {
  for_each = toset(["amara", "chen"])

  username            = each.key
  email               = "${each.key}@larkspur.example.com"
  password_wo         = var.passwords[each.key]
  password_wo_version = 1
}

# Adds each of these users to the group. Other members of the group do not change.
resource "kamiwaza_group_member" "platform" {
  for_each = kamiwaza_user.platform

  group_id = kamiwaza_group.platform.id
  user_id  = each.value.id
}
