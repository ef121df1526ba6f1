variable "chen_password" {
  description = "The new password."
  type        = string
  sensitive   = true
  ephemeral   = true
}

data "kamiwaza_user" "chen" {
  username = "chen"
}

action "kamiwaza_reset_password" "chen" {
  config {
    user_id     = data.kamiwaza_user.chen.id
    password_wo = var.chen_password
  }
}
