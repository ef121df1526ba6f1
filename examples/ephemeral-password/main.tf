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
  description = "A command that saves the password from the environment variable PASSWORD."
  type        = string
}

# Generates a new password in each plan and apply. Terraform does not store it.
ephemeral "random_password" "ci" {
  length = 32
}

resource "kamiwaza_user" "ci" {
  username            = "ci"
  email               = "ci@larkspur.example.com"
  password_wo         = ephemeral.random_password.ci.result
  password_wo_version = 1

  # Runs once, after Terraform has created the user. The password cannot be read later.
  provisioner "local-exec" {
    command     = var.keep_password
    environment = { PASSWORD = ephemeral.random_password.ci.result }
  }
}
