terraform {
  required_version = ">= 1.11" # for write-only passwords

  required_providers {
    kamiwaza = {
      source = "kamiwaza-ai/kamiwaza"
    }
  }
}

# The environment variables KAMIWAZA_BASE_URL, KAMIWAZA_USERNAME and KAMIWAZA_PASSWORD configure the connection.
provider "kamiwaza" {}

data "kamiwaza_current_user" "me" {}

output "logged_in_as" {
  value = data.kamiwaza_current_user.me.username
}
