# The groups whose name begins with "admin", and who is in them.

list "kamiwaza_group" "admins" {
  provider = kamiwaza

  config {
    name_regex = "^admin"
  }
}

list "kamiwaza_group_member" "admins" {
  for_each = { for group in list.kamiwaza_group.admins.data : group.display_name => group.identity.id }
  provider = kamiwaza
  limit    = 10000

  config {
    group_id = each.value
  }
}
