# Organizations and their users.

locals {
  organizations = {
    larkspur = {
      name        = "Larkspur Robotics"
      description = "Employees"
      domain      = "larkspur.example.com"
    }
    fenwick = {
      name        = "Fenwick Consulting"
      description = "Consultants, until the end of the project"
      domain      = "fenwick.example.com"
    }
  }

  users = {
    amara  = { name = "Amara Okafor", organization = "larkspur", groups = ["platform", "audit"] }
    bela   = { name = "Béla Horváth", organization = "larkspur", groups = ["platform"] }
    chen   = { name = "Chen Wei", organization = "larkspur", groups = ["data-science"] }
    dana   = { name = "Dana Levi", organization = "larkspur", groups = ["data-science", "audit"] }
    elif   = { name = "Elif Yılmaz", organization = "larkspur", groups = ["data-science"] }
    farid  = { name = "Farid Rahimi", organization = "larkspur", groups = ["product"] }
    greta  = { name = "Greta Lindqvist", organization = "larkspur", groups = ["product"] }
    hugo   = { name = "Hugo Martins", organization = "larkspur", groups = ["product", "support"] }
    ines   = { name = "Inês Duarte", organization = "larkspur", groups = ["support"] }
    jonas  = { name = "Jonas Weber (intern)", organization = "larkspur", groups = ["support"] }
    keira  = { name = "Keira Walsh", organization = "fenwick", groups = ["consultants"] }
    lorcan = { name = "Lorcan Byrne", organization = "fenwick", groups = ["consultants"] }
  }

  superusers = ["amara"]
}

variable "password_seed" {
  description = "A random secret of at least 32 characters. The first password of each user is derived from it."
  type        = string
  sensitive   = true
  ephemeral   = true

  validation {
    condition     = length(var.password_seed) >= 32
    error_message = "The seed must have at least 32 characters."
  }
}

resource "kamiwaza_organization" "this" {
  for_each = local.organizations

  name        = each.value.name
  description = each.value.description
}

resource "kamiwaza_user" "this" {
  for_each = local.users

  username        = each.key
  email           = "${each.key}@${local.organizations[each.value.organization].domain}"
  full_name       = each.value.name
  organization_id = kamiwaza_organization.this[each.value.organization].id
  is_superuser    = contains(local.superusers, each.key)

  # Each user gets a different password. The variable is ephemeral and the argument is write-only, so Terraform does not
  # store the passwords in plans or states.
  password_wo         = sha256("${var.password_seed}/${each.key}")
  password_wo_version = 1
}
