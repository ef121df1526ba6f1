# The module under test: a team with its own role.

terraform {
  required_providers {
    kamiwaza = {
      source = "kamiwaza-ai/kamiwaza"
    }
  }
}

variable "team" {
  description = "The name of the team, in lower case."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z-]*$", var.team))
    error_message = "The name of a team must consist of lower-case letters and hyphens."
  }
}

variable "rights" {
  description = "The names of the team's rights, with their descriptions."
  type        = map(string)
}

variable "usernames" {
  description = "The usernames of the team's members."
  type        = set(string)
}

resource "kamiwaza_group" "team" {
  name = var.team
}

resource "kamiwaza_role" "team" {
  name = var.team
}

resource "kamiwaza_right" "team" {
  for_each = var.rights

  name        = each.key
  description = each.value
}

resource "kamiwaza_role_rights" "team" {
  role_id   = kamiwaza_role.team.id
  right_ids = [for right in kamiwaza_right.team : right.id]
}

resource "kamiwaza_group_role" "team" {
  group_id = kamiwaza_group.team.id
  role_id  = kamiwaza_role.team.id
}

data "kamiwaza_user" "member" {
  for_each = var.usernames
  username = each.key
}

resource "kamiwaza_group_member" "team" {
  for_each = data.kamiwaza_user.member

  group_id = kamiwaza_group.team.id
  user_id  = each.value.id
}

output "group_id" {
  description = "The id of the team's group."
  value       = kamiwaza_group.team.id

  depends_on = [kamiwaza_group_member.team, kamiwaza_group_role.team, kamiwaza_role_rights.team]
}
