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

# Manages all members of the group, and removes those that are not listed.
resource "kamiwaza_group_members" "platform" {
  group_id = kamiwaza_group.platform.id
  user_ids = [for user in kamiwaza_user.platform : user.id]
}
