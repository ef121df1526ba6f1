# All attributes that subjects can have.
list "kamiwaza_attribute" "all" {
  provider         = kamiwaza
  include_resource = true
}
