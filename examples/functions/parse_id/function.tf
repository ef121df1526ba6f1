locals {
  # For example, assignments that another tool has exported.
  memberships = [
    "1f0c4b7e-9c1d-4a52-8f3e-5b6d2a7c9e10/6f1c2b9e-4d3a-4c55-9f0e-0a7d3f1b2c48",
  ]
}

output "users_of_groups" {
  value = {
    for id in local.memberships :
    provider::kamiwaza::parse_id(id).from => provider::kamiwaza::parse_id(id).to...
  }
}
