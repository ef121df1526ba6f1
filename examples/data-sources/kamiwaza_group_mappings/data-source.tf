resource "kamiwaza_group_mapping" "machine_learning" {
  issuer           = "https://sso.larkspur.example.com/realms/staff"
  idp_group_path   = "/engineering/ml"
  local_group_name = "machine-learning"
}

data "kamiwaza_group_mappings" "larkspur" {
  issuer     = kamiwaza_group_mapping.machine_learning.issuer
  depends_on = [kamiwaza_group_mapping.machine_learning]
}

output "mapped_groups" {
  value = { for m in data.kamiwaza_group_mappings.larkspur.group_mappings : m.idp_group_path => m.local_group_name... }
}
