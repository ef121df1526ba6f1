terraform {
  required_version = ">= 1.11"
  required_providers {
    kamiwaza = {
      source = "kamiwaza-ai/kamiwaza"
    }
  }
}

# The address and the credentials come from the environment: KAMIWAZA_BASE_URL, KAMIWAZA_USERNAME and KAMIWAZA_PASSWORD.
provider "kamiwaza" {}

locals {
  users = {
    amara = { roles = ["admin"], groups = ["platform"] }
    chen  = { roles = ["user"], groups = ["data-science", "platform"] }
    elif  = { roles = ["user", "viewer"], groups = ["data-science"] }
    jonas = { roles = ["viewer"], groups = [] }
  }

  groups = {
    data-science = "Trains the models"
    platform     = "Runs the clusters"
  }
}
