# The tokens of the user that the provider authenticates as.
list "kamiwaza_personal_access_token" "all" {
  provider         = kamiwaza
  include_resource = true
}
