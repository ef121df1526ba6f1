terraform {
  required_version = ">= 1.11" # for write-only passwords

  required_providers {
    kamiwaza = {
      source = "kamiwaza-ai/kamiwaza"
    }
    random = {
      source  = "hashicorp/random"
      version = ">= 3.7" # for the ephemeral resource
    }
  }
}

provider "kamiwaza" {}

variable "keep_password" {
  description = "A command that stores the password, which is in the environment variable PASSWORD."
  type        = string
}

# A new value in each plan and each apply. It is never stored.
ephemeral "random_password" "ci" {
  length = 32
}

resource "kamiwaza_user" "ci" {
  username            = "ci"
  email               = "ci@larkspur.example.com"
  password_wo         = ephemeral.random_password.ci.result
  password_wo_version = 1

  # Runs once, after the user has been created. The password cannot be read later.
  provisioner "local-exec" {
    command     = var.keep_password
    environment = { PASSWORD = ephemeral.random_password.ci.result }
  }
}
