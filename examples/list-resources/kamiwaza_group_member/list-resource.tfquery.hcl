# Who is in which group?
list "kamiwaza_group_member" "all" {
  provider = kamiwaza
  limit    = 10000
}
