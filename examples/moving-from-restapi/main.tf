# Before: resource "restapi_object" "platform" { path = "/auth/groups/", data = jsonencode({ name = "platform" }) }
resource "kamiwaza_group" "platform" {
  name = "platform"
}

moved {
  from = restapi_object.platform
  to   = kamiwaza_group.platform
}
