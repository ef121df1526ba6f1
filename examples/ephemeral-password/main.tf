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
  description = "A command that puts the password in the environment variable PASSWORD where it is to be kept."
  type        = string
}

# Another value in each plan and each apply, and never stored.
ephemeral "random_password" "ci" {
  length = 32
}

resource "kamiwaza_user" "ci" {
  username            = "ci"
  email               = "ci@larkspur.example.com"
  password_wo         = ephemeral.random_password.ci.result
  password_wo_version = 1

  # Runs once, right after the user has been created: nobody can read the password later.
  provisioner "local-exec" {
    command     = var.keep_password
    environment = { PASSWORD = ephemeral.random_password.ci.result }
  }
}
