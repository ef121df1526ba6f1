# Everything on a platform with the RBAC API, to be imported. The assignments are whole sets; use either these or the lists of
# single assignments (kamiwaza_group_member and so on), not both.

list "kamiwaza_organization" "organization" {
  provider = kamiwaza
  limit    = 10000
}

list "kamiwaza_user" "user" {
  provider = kamiwaza
  limit    = 10000
}

list "kamiwaza_group" "group" {
  provider = kamiwaza
  limit    = 10000
}

list "kamiwaza_role" "role" {
  provider = kamiwaza
  limit    = 10000
}

list "kamiwaza_right" "right" {
  provider = kamiwaza
  limit    = 10000
}

list "kamiwaza_group_members" "members" {
  provider = kamiwaza
  limit    = 10000
}

list "kamiwaza_group_roles" "roles" {
  provider = kamiwaza
  limit    = 10000
}

list "kamiwaza_role_rights" "rights" {
  provider = kamiwaza
  limit    = 10000
}
