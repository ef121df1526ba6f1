# All organizations that users are in.
list "kamiwaza_organization" "all" {
  provider         = kamiwaza
  limit            = 10000
  include_resource = true
}
