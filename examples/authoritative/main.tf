# Each resource manages a whole set. Terraform removes all members and roles that are not listed here.

variable "group_id" {
  description = "A group that only this configuration manages."
  type        = string
}

variable "role_ids" {
  description = "All roles of the group."
  type        = set(string)
}

variable "usernames" {
  description = "All members of the group."
  type        = set(string)
}

data "kamiwaza_user" "all" {
  for_each = var.usernames
  username = each.key
}

resource "kamiwaza_group_roles" "this" {
  group_id = var.group_id
  role_ids = var.role_ids
}

resource "kamiwaza_group_members" "this" {
  group_id = var.group_id
  user_ids = [for user in data.kamiwaza_user.all : user.id]
}
