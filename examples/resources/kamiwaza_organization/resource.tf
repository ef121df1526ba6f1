resource "kamiwaza_organization" "larkspur" {
  name        = "Larkspur Robotics"
  description = "Employees"
}

# The users of this organization log in through their own identity provider.
resource "kamiwaza_organization" "fenwick" {
  name = "Fenwick Consulting"

  idp_config = {
    provider     = "okta"
    domain       = "fenwick.okta.com"
    client_id    = "0oa4f7kq2xWbUJ1nP5d7"
    metadata_url = "https://fenwick.okta.com/.well-known/openid-configuration"

    additional_config = jsonencode({
      scopes = ["openid", "profile", "email"]
    })
  }
}
