# All rights that users have.
list "kamiwaza_right" "all" {
  provider = kamiwaza
  limit    = 10000
}
