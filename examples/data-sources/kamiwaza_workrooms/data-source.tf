data "kamiwaza_workrooms" "all" {
  all_users = true
}

output "owners_of_active_workrooms" {
  value = {
    for workroom in data.kamiwaza_workrooms.all.workrooms : workroom.id => workroom.owner_username
    if workroom.status == "active"
  }
}
