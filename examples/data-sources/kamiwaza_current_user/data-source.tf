data "kamiwaza_current_user" "me" {}

check "terraform_is_superuser" {
  assert {
    condition     = data.kamiwaza_current_user.me.is_superuser
    error_message = "${data.kamiwaza_current_user.me.username} is not a superuser, so Terraform cannot make changes."
  }
}
