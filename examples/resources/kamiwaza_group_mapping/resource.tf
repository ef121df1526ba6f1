resource "kamiwaza_group" "machine_learning" {
  name = "machine-learning"
}

# Users who are in /engineering/ml at the identity provider join the group when they log in.
resource "kamiwaza_group_mapping" "machine_learning" {
  issuer           = "https://sso.larkspur.example.com/realms/staff"
  idp_group_path   = "/engineering/ml"
  local_group_name = kamiwaza_group.machine_learning.name
}
