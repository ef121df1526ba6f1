# The members of each group, as one set.
list "kamiwaza_group_members" "all" {
  provider         = kamiwaza
  limit            = 10000
  include_resource = true
}
