terraform {
  required_version = ">= 1.11" # for write-only arguments

  required_providers {
    kamiwaza = {
      source = "kamiwaza-ai/kamiwaza"
    }
  }
}

# The environment variables KAMIWAZA_BASE_URL, KAMIWAZA_USERNAME and KAMIWAZA_PASSWORD configure the connection.
provider "kamiwaza" {}
