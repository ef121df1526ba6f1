data "kamiwaza_user" "jonas" {
  username = "jonas"
}

action "kamiwaza_lock_user" "jonas" {
  config {
    user_id = data.kamiwaza_user.jonas.id
  }
}
