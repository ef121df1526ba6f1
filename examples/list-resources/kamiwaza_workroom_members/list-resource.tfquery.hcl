# The members of each workroom, as one set.
list "kamiwaza_workroom_members" "all" {
  provider         = kamiwaza
  limit            = 10000
  include_resource = true
}
