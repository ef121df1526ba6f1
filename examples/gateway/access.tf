variable "password_seed" {
  description = "The secret from which the first passwords of all users are derived."
  type        = string
  sensitive   = true
  ephemeral   = true
}

variable "password_version" {
  description = "A new value resets the passwords of all users."
  type        = string
  default     = "1"
}

resource "kamiwaza_user" "this" {
  for_each = local.users

  username            = each.key
  email               = "${each.key}@example.com"
  roles               = each.value.roles
  password_wo         = sha256("${var.password_seed} ${var.password_version} ${each.key}")
  password_wo_version = var.password_version
}

resource "kamiwaza_group" "this" {
  for_each = local.groups

  name        = each.key
  description = each.value
}

# All members of each group. Groups know users by their subject id.
resource "kamiwaza_group_members" "this" {
  for_each = local.groups

  group_id = kamiwaza_group.this[each.key].id
  user_ids = [for name, user in local.users : kamiwaza_user.this[name].subject_id if contains(user.groups, each.key)]
}
