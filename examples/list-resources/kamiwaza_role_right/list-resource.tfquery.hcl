# Which rights do roles have?
list "kamiwaza_role_right" "all" {
  provider = kamiwaza
  limit    = 10000
}
