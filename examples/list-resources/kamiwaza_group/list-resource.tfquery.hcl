# All groups; with the RBAC API, those that users are in.
list "kamiwaza_group" "all" {
  provider = kamiwaza
  limit    = 10000
}

# Groups whose name begins with "a".
list "kamiwaza_group" "a" {
  provider = kamiwaza

  config {
    name_regex = "^a"
  }
}
