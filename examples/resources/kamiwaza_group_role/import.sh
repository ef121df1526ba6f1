# Import by name.
terraform import 'kamiwaza_group_role.platform["operator"]' platform/operator

# Import by id.
terraform import 'kamiwaza_group_role.platform["operator"]' 6f1c2b9e-4d3a-4c55-9f0e-0a7d3f1b2c48/b04c6c1d-7a52-4f0b-8d9e-5c3e1a9f7b26
