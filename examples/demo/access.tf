# Who may do what: rights are collected in roles, roles are given to groups, and users are members of groups.

locals {
  rights = {
    "audit.read"       = "Read who did what"
    "clusters.restart" = "Restart a cluster"
    "datasets.read"    = "Read a data set"
    "datasets.write"   = "Change a data set"
    "models.deploy"    = "Deploy a model to a cluster"
    "models.query"     = "Send requests to a deployed model"
    "models.train"     = "Train a model"
  }

  roles = {
    auditor   = { description = "Looks, and changes nothing", rights = ["audit.read", "datasets.read"] }
    developer = { description = "Builds models", rights = ["datasets.read", "datasets.write", "models.query", "models.train"] }
    operator  = { description = "Keeps models and clusters running", rights = ["clusters.restart", "models.deploy", "models.query"] }
    user      = { description = "Uses what is deployed", rights = ["models.query"] }
  }

  groups = {
    audit        = { description = "Internal audit", roles = ["auditor"] }
    consultants  = { description = "People from outside", roles = ["user"] }
    data-science = { description = "Trains the models", roles = ["developer", "user"] }
    platform     = { description = "Runs the clusters", roles = ["operator", "user"] }
    product      = { description = "Builds on the models", roles = ["user"] }
    support      = { description = "Helps customers", roles = ["user"] }
  }

  # One entry for each assignment, under a key that reads well in a plan, such as "platform/amara".
  group_members = merge([for user, u in local.users : { for group in u.groups : "${group}/${user}" => { group = group, user = user } }]...)
  group_roles   = merge([for group, g in local.groups : { for role in g.roles : "${group}/${role}" => { group = group, role = role } }]...)
  role_rights   = merge([for role, r in local.roles : { for right in r.rights : "${role}/${right}" => { role = role, right = right } }]...)
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

resource "kamiwaza_role_right" "this" {
  for_each = local.role_rights

  role_id  = kamiwaza_role.this[each.value.role].id
  right_id = kamiwaza_right.this[each.value.right].id
}

resource "kamiwaza_group_role" "this" {
  for_each = local.group_roles

  group_id = kamiwaza_group.this[each.value.group].id
  role_id  = kamiwaza_role.this[each.value.role].id
}

resource "kamiwaza_group_member" "this" {
  for_each = local.group_members

  group_id = kamiwaza_group.this[each.value.group].id
  user_id  = kamiwaza_user.this[each.value.user].id
}
