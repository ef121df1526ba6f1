# Import by name.
terraform import kamiwaza_group_members.platform platform

# Import by id.
terraform import kamiwaza_group_members.platform 6f1c2b9e-4d3a-4c55-9f0e-0a7d3f1b2c48
