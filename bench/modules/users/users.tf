# Reads over all users of a made-up company, who are all in one group and hold one right by it.

terraform {
  required_providers {
    kamiwaza = {
      source = "kamiwaza-ai/kamiwaza"
    }
  }
}

provider "kamiwaza" {}

data "kamiwaza_users" "all" {}

data "kamiwaza_right_holders" "all" {
  right_id = "00000000-0000-4000-8003-000000000000"
}
