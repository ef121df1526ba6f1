resource "kamiwaza_organization" "larkspur" {
  name = "Larkspur Robotics"
  idp_config = {
    provider  = "okta"
    domain    = "larkspur.okta.com"
    client_id = "kamiwaza"
  }
}

# In practice, the id usually comes from a variable or the organization_id of a user. Use name instead
# of id if users are in the organization.
data "kamiwaza_organization" "larkspur" {
  id = kamiwaza_organization.larkspur.id
}

output "login_domain" {
  value = try(data.kamiwaza_organization.larkspur.idp_config.domain, "local users only")
}
