terraform {
  required_version = ">= 1.11" # for write-only passwords and secrets

  required_providers {
    kamiwaza = {
      source = "kamiwaza-ai/kamiwaza"
    }
  }
}

# The environment variables KAMIWAZA_BASE_URL, KAMIWAZA_USERNAME and KAMIWAZA_PASSWORD configure the connection.
provider "kamiwaza" {}

variable "oidc_client_secret" {
  description = "The secret of the platform's client at the identity provider."
  type        = string
  sensitive   = true
  ephemeral   = true
}

variable "password" {
  description = "The first password of the users without single sign-on."
  type        = string
  sensitive   = true
  ephemeral   = true
}

locals {
  # Replace these ids with those of your platform.
  sales_data     = "urn:li:dataset:(urn:li:dataPlatform:s3,sales,PROD)"
  forecast_data  = "urn:li:dataset:(urn:li:dataPlatform:s3,forecasts,PROD)"
  forecast_model = "forecast-7b"
}
