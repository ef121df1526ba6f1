terraform {
  required_version = ">= 1.11" # for write-only passwords

  required_providers {
    kamiwaza = {
      source = "kamiwaza-ai/kamiwaza"
    }
  }
}

# The environment variables KAMIWAZA_BASE_URL, KAMIWAZA_USERNAME and KAMIWAZA_PASSWORD configure the connection.
provider "kamiwaza" {}

variable "password_seed" {
  description = "A random secret of at least 32 characters. The first password of each person is derived from it."
  type        = string
  sensitive   = true
  ephemeral   = true

  validation {
    condition     = length(var.password_seed) >= 32
    error_message = "The seed must have at least 32 characters."
  }
}

resource "kamiwaza_user" "this" {
  depends_on = [terraform_data.file]
  for_each   = local.people

  username  = each.key
  email     = each.value.email
  roles     = each.value.roles
  is_active = each.value.active

  # Each person gets a different password, which is not stored in plans or states.
  password_wo         = sha256("${var.password_seed}/${each.key}")
  password_wo_version = "1"
}

# With create_before_destroy, Terraform first updates members and grants and then deletes groups.
resource "kamiwaza_group" "this" {
  depends_on = [terraform_data.file]
  for_each   = local.sections.groups

  name        = each.key
  description = try(each.value.description, null)

  lifecycle {
    create_before_destroy = true
  }
}

resource "kamiwaza_workroom" "this" {
  depends_on = [terraform_data.file]
  for_each   = local.rooms

  name        = each.key
  description = each.value.description
  archived    = each.value.archived

  deletion_protection = each.value.protected # Before you remove a workroom from the file, set protected: false and apply.
}
