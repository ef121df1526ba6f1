# Everything on a platform with the gateway API, to be imported. The members are whole sets; use either these or the lists of
# single members (kamiwaza_group_member and so on), not both. The tuples have the grants among them.

list "kamiwaza_user" "user" {
  provider = kamiwaza
  limit    = 10000
}

list "kamiwaza_group" "group" {
  provider = kamiwaza
  limit    = 10000
}

list "kamiwaza_group_members" "members" {
  provider = kamiwaza
  limit    = 10000
}

list "kamiwaza_group_mapping" "mapping" {
  provider = kamiwaza
  limit    = 10000
}

list "kamiwaza_identity_provider" "idp" {
  provider = kamiwaza
  limit    = 10000
}

list "kamiwaza_relationship_tuple" "tuple" {
  provider = kamiwaza
  limit    = 10000
}

list "kamiwaza_workroom" "workroom" {
  provider = kamiwaza
  limit    = 10000
}

list "kamiwaza_workroom_members" "members" {
  provider = kamiwaza
  limit    = 10000
}

list "kamiwaza_attribute" "attribute" {
  provider = kamiwaza
  limit    = 10000
}
