# Import by name.
terraform import 'kamiwaza_role_right.operator["models.deploy"]' operator/models.deploy

# Import by id.
terraform import 'kamiwaza_role_right.operator["models.deploy"]' 6f1c2b9e-4d3a-4c55-9f0e-0a7d3f1b2c48/b04c6c1d-7a52-4f0b-8d9e-5c3e1a9f7b26
