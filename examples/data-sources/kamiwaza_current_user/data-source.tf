data "kamiwaza_current_user" "me" {}

check "terraform_is_superuser" {
  assert {
    condition     = data.kamiwaza_current_user.me.is_superuser
    error_message = "Terraform logs in as ${data.kamiwaza_current_user.me.username}, who cannot change anything: writing needs a superuser."
  }
}
