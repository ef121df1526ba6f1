# All group mappings.
list "kamiwaza_group_mapping" "all" {
  provider = kamiwaza
  limit    = 10000
}

# Which groups of the identity provider lead to the group analysts?
list "kamiwaza_group_mapping" "analysts" {
  provider         = kamiwaza
  include_resource = true

  config {
    local_group_name = "analysts"
  }
}
