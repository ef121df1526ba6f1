# The rights of each role, as one set.
list "kamiwaza_role_rights" "all" {
  provider         = kamiwaza
  limit            = 10000
  include_resource = true
}
