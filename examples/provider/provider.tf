terraform {
  required_providers {
    kamiwaza = {
      source = "kamiwaza-ai/kamiwaza"
    }
  }
}

variable "kamiwaza_password" {
  type      = string
  sensitive = true
  ephemeral = true
}

provider "kamiwaza" {
  base_url = "https://kamiwaza.example.com/api"
  username = "terraform"
  password = var.kamiwaza_password
}
