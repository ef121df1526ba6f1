# All roles of groups that users are in.
list "kamiwaza_role" "all" {
  provider = kamiwaza
  limit    = 10000
}
