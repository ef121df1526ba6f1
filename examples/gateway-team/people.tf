# Single sign-on: users of the group /analytics at the identity provider join the group "analytics" when they log in.
resource "kamiwaza_identity_provider" "company" {
  alias                    = "larkspur"
  kind                     = "oidc"
  issuer                   = "https://login.larkspur.example.com"
  client_id                = "kamiwaza"
  client_secret_wo         = var.oidc_client_secret
  client_secret_wo_version = "1"
}

resource "kamiwaza_group" "analytics" {
  name        = "analytics"
  description = "Everybody in the analytics team"
}

resource "kamiwaza_group_mapping" "analytics" {
  issuer           = kamiwaza_identity_provider.company.issuer
  idp_group_path   = "/analytics"
  local_group_name = kamiwaza_group.analytics.name
}

# Users with a password of the platform.
resource "kamiwaza_user" "team" {
  for_each = toset(["amara", "bela", "chen"])

  username            = each.key
  email               = "${each.key}@larkspur.example.com"
  roles               = ["user"]
  password_wo         = var.password
  password_wo_version = "1"
}

# Members of the group who do not come from the identity provider. Use the additive resource: the authoritative
# kamiwaza_group_members would remove the users whom the mapping adds.
resource "kamiwaza_group_member" "analytics" {
  for_each = kamiwaza_user.team

  group_id = kamiwaza_group.analytics.id
  user_id  = each.value.subject_id
}
