# Active users who have never logged in, or not for 90 days.
data "kamiwaza_users" "dormant" {
  is_active      = true
  inactive_since = timeadd(plantimestamp(), "-2160h")
}

check "no_dormant_superusers" {
  assert {
    condition     = !anytrue(data.kamiwaza_users.dormant.users[*].is_superuser)
    error_message = "Dormant superusers: ${join(", ", [for user in data.kamiwaza_users.dormant.users : user.username if user.is_superuser])}."
  }
}

output "dormant" {
  value = data.kamiwaza_users.dormant.usernames
}

# The people of a list. Those who have left do not break the plan.
data "kamiwaza_users" "reviewers" {
  usernames = ["admin", "amara", "chen"]
}

output "reviewers" {
  value = data.kamiwaza_users.reviewers.ids
}

output "reviewers_who_have_left" {
  value = data.kamiwaza_users.reviewers.missing
}
