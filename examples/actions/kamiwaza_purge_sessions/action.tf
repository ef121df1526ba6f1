data "kamiwaza_user" "chen" {
  username = "chen"
}

action "kamiwaza_purge_sessions" "chen" {
  config {
    user_id = data.kamiwaza_user.chen.id
  }
}
