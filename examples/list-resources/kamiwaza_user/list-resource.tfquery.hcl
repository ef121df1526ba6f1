# All users but the one that the provider authenticates as.
list "kamiwaza_user" "all" {
  provider = kamiwaza
  limit    = 10000
}

# Active users with an address at example.com.
list "kamiwaza_user" "staff" {
  provider         = kamiwaza
  limit            = 10000
  include_resource = true

  config {
    is_active   = true
    email_regex = "@example\\.com$"
  }
}
