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
