terraform {
  required_providers {
    kamiwaza = {
      source = "kamiwaza-ai/kamiwaza"
    }
  }
}

provider "kamiwaza" {}

variable "superusers" {
  description = "The usernames of all permitted superusers."
  type        = set(string)
}

data "kamiwaza_users" "superusers" {
  is_superuser = true
  is_active    = true
}

data "kamiwaza_users" "dormant" {
  is_active      = true
  inactive_since = timeadd(plantimestamp(), "-2160h")
}

# A failed check is a warning, and does not stop an apply.

check "superusers_are_known" {
  assert {
    condition     = length(setsubtract(data.kamiwaza_users.superusers.usernames, var.superusers)) == 0
    error_message = "Unexpected superusers: ${join(", ", setsubtract(data.kamiwaza_users.superusers.usernames, var.superusers))}."
  }
}

variable "deletes_nothing" {
  description = "The usernames of users who must not have the right to delete models."
  type        = set(string)
}

data "kamiwaza_user_access" "checked" {
  for_each = var.deletes_nothing
  username = each.key
}

check "who_deletes_models" {
  assert {
    condition = !anytrue([for access in data.kamiwaza_user_access.checked : contains(access.rights, "models.delete")])
    error_message = join("\n", [
      for username, access in data.kamiwaza_user_access.checked : "${username} may delete models: ${join("; ", [
        for grant in access.grants : join("; ", [for path in grant.paths : "in ${path.group_name}, which is ${path.role_name}"]) if grant.right_name == "models.delete"
      ])}." if contains(access.rights, "models.delete")
    ])
  }
}

output "dormant" {
  description = "Active users who have never logged in, or not for 90 days."
  value       = data.kamiwaza_users.dormant.usernames
}
