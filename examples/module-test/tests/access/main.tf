# What a user may do.

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
  description = "Not read here: it lets the test of the module come first."
  type        = string
}

data "kamiwaza_user_access" "this" {
  username = var.username
}
