# Creates users for the tests, because the module does not create any.

terraform {
  required_providers {
    kamiwaza = {
      source = "kamiwaza-ai/kamiwaza"
    }
  }
}

variable "usernames" {
  type = set(string)
}

resource "kamiwaza_user" "this" {
  for_each = var.usernames

  username = each.key
  email    = "${each.key}@larkspur.example.com"
  password = "only for tests"
}
