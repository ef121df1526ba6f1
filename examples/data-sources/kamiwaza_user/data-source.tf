variable "amara_password" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "kamiwaza_user" "amara" {
  username            = "amara"
  email               = "amara@larkspur.example.com"
  password_wo         = var.amara_password
  password_wo_version = 1
}

# Look up a user by username, e-mail address or id.
data "kamiwaza_user" "amara" {
  username = kamiwaza_user.amara.username
}

output "groups_of_amara" {
  value = data.kamiwaza_user.amara.group_ids
}
