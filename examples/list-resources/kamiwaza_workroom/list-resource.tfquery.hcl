# The workrooms of all users, which needs the role admin.
list "kamiwaza_workroom" "all" {
  provider = kamiwaza
  limit    = 10000

  config {
    all_users = true
  }
}
