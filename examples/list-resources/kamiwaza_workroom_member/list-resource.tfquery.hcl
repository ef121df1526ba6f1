# Who is in which workroom?
list "kamiwaza_workroom_member" "all" {
  provider         = kamiwaza
  limit            = 10000
  include_resource = true
}
