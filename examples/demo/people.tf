# Organizations, and the users in them.

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
  description = "A secret of 32 random characters or more, from which each user's first password is derived."
  type        = string
  sensitive   = true
  ephemeral   = true

  validation {
    condition     = length(var.password_seed) >= 32
    error_message = "The seed needs 32 characters or more."
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

  # Another password for each user. No plan or state holds one: the variable is ephemeral, the argument write-only.
  password_wo         = sha256("${var.password_seed}/${each.key}")
  password_wo_version = 1
}
