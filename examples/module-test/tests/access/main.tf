# Reads the access of a user.

terraform {
  required_providers {
    kamiwaza = {
      source = "kamiwaza-ai/kamiwaza"
    }
  }
}

variable "username" {
  type = string
}

variable "group_id" {
  description = "Not used. The reference makes this run depend on the run of the module."
  type        = string
}

data "kamiwaza_user_access" "this" {
  username = var.username
}
