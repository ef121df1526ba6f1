# The import id is the id, or <issuer>/<idp_group_path>/<local_group_name> with each "/" in a part written as %2F.
terraform import kamiwaza_group_mapping.machine_learning 6f1c2b9e-4d3a-4c55-9f0e-0a7d3f1b2c48
