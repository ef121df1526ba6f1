# Import by name.
terraform import kamiwaza_role_rights.operator operator

# Import by id.
terraform import kamiwaza_role_rights.operator 6f1c2b9e-4d3a-4c55-9f0e-0a7d3f1b2c48
