# Each resource manages a single assignment. The group may have other members and roles, from the console, from another
# configuration or from logins through an identity provider.

variable "group_id" {
  description = "A group that is also managed elsewhere."
  type        = string
}

variable "role_id" {
  description = "A role to assign to the group."
  type        = string
}

variable "usernames" {
  description = "Users to add to the group."
  type        = set(string)
}

data "kamiwaza_user" "new" {
  for_each = var.usernames
  username = each.key
}

resource "kamiwaza_group_role" "this" {
  group_id = var.group_id
  role_id  = var.role_id
}

resource "kamiwaza_group_member" "new" {
  for_each = data.kamiwaza_user.new
  group_id = var.group_id
  user_id  = each.value.id
}
