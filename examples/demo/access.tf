# Roles contain rights, groups have roles, and users are members of groups.

locals {
  rights = {
    "audit.read"       = "Read the audit log"
    "clusters.restart" = "Restart a cluster"
    "datasets.read"    = "Read a data set"
    "datasets.write"   = "Change a data set"
    "models.deploy"    = "Deploy a model to a cluster"
    "models.query"     = "Send requests to a deployed model"
    "models.train"     = "Train a model"
  }

  roles = {
    auditor   = { description = "Has read-only access", rights = ["audit.read", "datasets.read"] }
    developer = { description = "Builds models", rights = ["datasets.read", "datasets.write", "models.query", "models.train"] }
    operator  = { description = "Keeps models and clusters running", rights = ["clusters.restart", "models.deploy", "models.query"] }
    user      = { description = "Uses deployed models", rights = ["models.query"] }
  }

  groups = {
    audit        = { description = "Internal audit", roles = ["auditor"] }
    consultants  = { description = "External consultants", roles = ["user"] }
    data-science = { description = "Trains the models", roles = ["developer", "user"] }
    platform     = { description = "Runs the clusters", roles = ["operator", "user"] }
    product      = { description = "Builds products on the models", roles = ["user"] }
    support      = { description = "Helps customers", roles = ["user"] }
  }
}

resource "kamiwaza_right" "this" {
  for_each = local.rights

  name        = each.key
  description = each.value
}

resource "kamiwaza_role" "this" {
  for_each = local.roles

  name        = each.key
  description = each.value.description
}

resource "kamiwaza_group" "this" {
  for_each = local.groups

  name        = each.key
  description = each.value.description
}

# The keys of the assignments, such as "operator/models.deploy" and "amara/platform", are readable in a plan. A local value
# is computed once; Terraform evaluates for_each again for each instance.

locals {
  role_rights   = provider::kamiwaza::assignments({ for role, r in local.roles : role => r.rights })
  group_roles   = provider::kamiwaza::assignments({ for group, g in local.groups : group => g.roles })
  group_members = provider::kamiwaza::assignments({ for user, u in local.users : user => u.groups })
}

resource "kamiwaza_role_right" "this" {
  for_each = local.role_rights

  role_id  = kamiwaza_role.this[each.value.from].id
  right_id = kamiwaza_right.this[each.value.to].id
}

resource "kamiwaza_group_role" "this" {
  for_each = local.group_roles

  group_id = kamiwaza_group.this[each.value.from].id
  role_id  = kamiwaza_role.this[each.value.to].id
}

resource "kamiwaza_group_member" "this" {
  for_each = local.group_members

  group_id = kamiwaza_group.this[each.value.to].id
  user_id  = kamiwaza_user.this[each.value.from].id
}
