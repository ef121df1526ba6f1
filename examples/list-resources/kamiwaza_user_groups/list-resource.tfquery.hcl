# The groups of each user, as one set.
list "kamiwaza_user_groups" "all" {
  provider         = kamiwaza
  limit            = 10000
  include_resource = true
}
