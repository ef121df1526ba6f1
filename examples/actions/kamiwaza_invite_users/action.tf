action "kamiwaza_invite_users" "interns" {
  config {
    emails     = ["amara@larkspur.example.com", "chen@larkspur.example.com"]
    groups     = ["interns"]
    surface_id = "use"
  }
}
