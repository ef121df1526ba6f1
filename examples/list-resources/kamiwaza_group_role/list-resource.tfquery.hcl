# Which roles do groups have?
list "kamiwaza_group_role" "all" {
  provider = kamiwaza
  limit    = 10000
}
