# The computed values of each resource and data source. Without them, Terraform generates random strings, which are not
# valid ids. To set values that your tests depend on, use override_resource and override_data.
#
# All objects of a type have the same id.

mock_resource "kamiwaza_attribute" {
  defaults = {
    adopt_existing = false
    authority      = "local_admin"
    declared_at    = "2026-01-01T00:00:00Z"
    force_withdraw = false
    id             = "clearance"
    schema_version = "1"
    sensitive      = false
  }
}

mock_resource "kamiwaza_group" {
  defaults = {
    created_at   = "2026-01-01T00:00:00Z"
    force_detach = false
    id           = "20000000-0000-4000-8000-000000000000"
    managed_by   = "local"
    tenant_id    = "__default__"
  }
}

mock_resource "kamiwaza_group_mapping" {
  defaults = {
    created_at = "2026-01-01T00:00:00Z"
    id         = "80000000-0000-4000-8000-000000000000"
    tenant_id  = "__default__"
  }
}

mock_resource "kamiwaza_group_member" {
  defaults = {
    id = "20000000-0000-4000-8000-000000000000/10000000-0000-4000-8000-000000000000"
  }
}

mock_resource "kamiwaza_group_members" {
  defaults = {
    id = "20000000-0000-4000-8000-000000000000"
  }
}

mock_resource "kamiwaza_group_role" {
  defaults = {
    id = "20000000-0000-4000-8000-000000000000/30000000-0000-4000-8000-000000000000"
  }
}

mock_resource "kamiwaza_group_roles" {
  defaults = {
    id = "20000000-0000-4000-8000-000000000000"
  }
}

mock_resource "kamiwaza_identity_provider" {
  defaults = {
    adopt_existing = false
    enabled        = true
    id             = "larkspur"
  }
}

mock_resource "kamiwaza_organization" {
  defaults = {
    created_at          = "2026-01-01T00:00:00Z"
    deletion_protection = false
    force_detach        = false
    id                  = "00000000-0000-4000-8000-000000000000"
  }
}

mock_resource "kamiwaza_personal_access_token" {
  defaults = {
    audience   = "kamiwaza-platform"
    created_at = "2026-01-01T00:00:00Z"
    expires_at = "2027-01-01T00:00:00Z"
    id         = "60000000-0000-4000-8000-000000000000"
    owner_id   = "10000000-0000-4000-8000-000000000000"
    scope      = "write"
    token      = "not a token"
  }
}

mock_resource "kamiwaza_relationship_tuple" {
  defaults = {
    id     = "__default__/user:10000000-0000-4000-8000-000000000000/viewer/dataset:urn:li:dataset:(urn:li:dataPlatform:s3,sales,PROD)"
    tenant = "__default__"
  }
}

mock_resource "kamiwaza_resource_grant" {
  defaults = {
    id = "dataset/urn:li:dataset:(urn:li:dataPlatform:s3,sales,PROD)/user/10000000-0000-4000-8000-000000000000/viewer"
  }
}

mock_resource "kamiwaza_resource_grants" {
  defaults = {
    id = "dataset/urn:li:dataset:(urn:li:dataPlatform:s3,sales,PROD)"
  }
}

mock_resource "kamiwaza_right" {
  defaults = {
    created_at   = "2026-01-01T00:00:00Z"
    force_detach = false
    id           = "40000000-0000-4000-8000-000000000000"
  }
}

mock_resource "kamiwaza_role" {
  defaults = {
    created_at   = "2026-01-01T00:00:00Z"
    force_detach = false
    id           = "30000000-0000-4000-8000-000000000000"
  }
}

mock_resource "kamiwaza_role_right" {
  defaults = {
    id = "30000000-0000-4000-8000-000000000000/40000000-0000-4000-8000-000000000000"
  }
}

mock_resource "kamiwaza_role_rights" {
  defaults = {
    id = "30000000-0000-4000-8000-000000000000"
  }
}

mock_resource "kamiwaza_subject" {
  defaults = {
    adopt_existing      = false
    attributes          = "{}"
    cascade_grants      = false
    created_at          = "2026-01-01T00:00:00Z"
    deletion_protection = false
    id                  = "10000000-0000-4000-8000-000000000000"
  }
}

mock_resource "kamiwaza_user" {
  defaults = {
    adopt_existing      = false
    created_at          = "2026-01-01T00:00:00Z"
    deletion_protection = false
    external_id         = ""
    id                  = "10000000-0000-4000-8000-000000000000"
    is_active           = true
    is_external         = false
    is_superuser        = false
    on_destroy          = "delete"
    roles               = ["user"]
    subject_id          = "10000000-0000-4000-8000-000000000000"
  }
}

mock_resource "kamiwaza_user_groups" {
  defaults = {
    id = "10000000-0000-4000-8000-000000000000"
  }
}

mock_resource "kamiwaza_workroom" {
  defaults = {
    archived            = false
    attributes          = "{}"
    created_at          = "2026-01-01T00:00:00Z"
    deletion_protection = false
    id                  = "70000000-0000-4000-8000-000000000000"
    owner_id            = "10000000-0000-4000-8000-000000000000"
    tenant_id           = "__default__"
    type                = "persistent"
  }
}

mock_resource "kamiwaza_workroom_member" {
  defaults = {
    id                        = "70000000-0000-4000-8000-000000000000/10000000-0000-4000-8000-000000000000"
    role                      = "viewer"
    surface_id                = "use"
    terminate_active_sessions = false
    user_id                   = "10000000-0000-4000-8000-000000000000"
  }
}

mock_resource "kamiwaza_workroom_members" {
  defaults = {
    id                        = "70000000-0000-4000-8000-000000000000"
    terminate_active_sessions = false
  }
}

mock_data "kamiwaza_access_check" {
  defaults = {
    allowed = true
  }
}

mock_data "kamiwaza_accessible_resources" {
  defaults = {
    effective    = true
    resource_ids = []
    source       = "relationship"
    subject_id   = "10000000-0000-4000-8000-000000000000"
  }
}

mock_data "kamiwaza_attributes" {
  defaults = {
    attributes = []
  }
}

mock_data "kamiwaza_current_permissions" {
  defaults = {
    groups  = ["platform"]
    rights  = ["models.deploy"]
    roles   = ["operator"]
    user_id = "10000000-0000-4000-8000-000000000000"
  }
}

mock_data "kamiwaza_current_user" {
  defaults = {
    created_at      = "2026-01-01T00:00:00Z"
    email           = "terraform@larkspur.example.com"
    external_id     = ""
    full_name       = "Terraform"
    group_ids       = []
    id              = "10000000-0000-4000-8000-000000000000"
    is_active       = true
    is_external     = false
    is_superuser    = true
    last_login      = "2026-01-01T00:00:00Z"
    organization_id = "00000000-0000-4000-8000-000000000000"
    roles           = ["user"]
    subject_id      = "10000000-0000-4000-8000-000000000000"
    updated_at      = "2026-01-01T00:00:00Z"
    username        = "terraform"
  }
}

mock_data "kamiwaza_group" {
  defaults = {
    created_at  = "2026-01-01T00:00:00Z"
    description = "Runs the clusters"
    id          = "20000000-0000-4000-8000-000000000000"
    managed_by  = "local"
    member_ids  = []
    name        = "platform"
    role_ids    = []
    tenant_id   = "__default__"
    updated_at  = "2026-01-01T00:00:00Z"
  }
}

mock_data "kamiwaza_group_mappings" {
  defaults = {
    group_mappings = []
  }
}

mock_data "kamiwaza_groups" {
  defaults = {
    groups = []
    ids    = []
    names  = []
  }
}

mock_data "kamiwaza_identity_providers" {
  defaults = {
    identity_providers = []
    management_enabled = true
  }
}

mock_data "kamiwaza_organization" {
  defaults = {
    created_at  = "2026-01-01T00:00:00Z"
    description = "Builds robots"
    id          = "00000000-0000-4000-8000-000000000000"
    idp_config = {
      additional_config = "{}"
      client_id         = "kamiwaza"
      domain            = "larkspur.example.com"
      metadata_url      = "https://idp.larkspur.example.com/.well-known/openid-configuration"
      provider          = "okta"
    }
    name       = "Larkspur Robotics"
    updated_at = "2026-01-01T00:00:00Z"
  }
}

mock_data "kamiwaza_pat_config" {
  defaults = {
    default_scope       = "write"
    default_ttl_seconds = 2592000
    max_ttl_seconds     = 31536000
    min_ttl_seconds     = 60
    scopes              = ["read", "write", "admin"]
  }
}

mock_data "kamiwaza_personal_access_tokens" {
  defaults = {
    tokens = []
  }
}

mock_data "kamiwaza_relationship_tuples" {
  defaults = {
    tuples = []
  }
}

mock_data "kamiwaza_resource_access" {
  defaults = {
    effective = true
    source    = "relationship"
    subjects  = []
  }
}

mock_data "kamiwaza_right" {
  defaults = {
    created_at  = "2026-01-01T00:00:00Z"
    description = "Deploy a model to a cluster"
    id          = "40000000-0000-4000-8000-000000000000"
    name        = "models.deploy"
    updated_at  = "2026-01-01T00:00:00Z"
  }
}

mock_data "kamiwaza_right_holders" {
  defaults = {
    holders            = []
    inactive_usernames = []
    right_id           = "40000000-0000-4000-8000-000000000000"
    right_name         = "models.deploy"
    superusers         = []
    usernames          = []
  }
}

mock_data "kamiwaza_role" {
  defaults = {
    created_at  = "2026-01-01T00:00:00Z"
    description = "Keeps models running"
    id          = "30000000-0000-4000-8000-000000000000"
    name        = "operator"
    right_ids   = []
    updated_at  = "2026-01-01T00:00:00Z"
  }
}

mock_data "kamiwaza_subject" {
  defaults = {
    attributes = "{}"
    created_at = "2026-01-01T00:00:00Z"
    grants     = []
    id         = "10000000-0000-4000-8000-000000000000"
    username   = "amara"
  }
}

mock_data "kamiwaza_user" {
  defaults = {
    created_at      = "2026-01-01T00:00:00Z"
    email           = "amara@larkspur.example.com"
    external_id     = ""
    full_name       = "Amara Okafor"
    group_ids       = []
    id              = "10000000-0000-4000-8000-000000000000"
    is_active       = true
    is_external     = false
    is_superuser    = false
    last_login      = "2026-01-01T00:00:00Z"
    organization_id = "00000000-0000-4000-8000-000000000000"
    roles           = ["user"]
    subject_id      = "10000000-0000-4000-8000-000000000000"
    updated_at      = "2026-01-01T00:00:00Z"
    username        = "amara"
  }
}

mock_data "kamiwaza_user_access" {
  defaults = {
    grants       = []
    groups       = []
    is_active    = true
    is_superuser = false
    note         = ""
    relations    = []
    rights       = []
    roles        = ["user"]
    user_id      = "10000000-0000-4000-8000-000000000000"
    username     = "amara"
    workrooms    = []
  }
}

mock_data "kamiwaza_users" {
  defaults = {
    ids       = []
    missing   = []
    usernames = []
    users     = []
  }
}

mock_data "kamiwaza_workroom" {
  defaults = {
    attributes     = "{}"
    classification = ""
    created_at     = "2026-01-01T00:00:00Z"
    description    = "Quarterly forecasts"
    id             = "70000000-0000-4000-8000-000000000000"
    labels         = []
    name           = "Forecasts"
    owner_email    = "amara@larkspur.example.com"
    owner_id       = "10000000-0000-4000-8000-000000000000"
    owner_username = "amara"
    scg_references = []
    status         = "active"
    tenant_id      = "__default__"
    type           = "persistent"
  }
}

mock_data "kamiwaza_workroom_members" {
  defaults = {
    members = []
  }
}

mock_data "kamiwaza_workrooms" {
  defaults = {
    workrooms = []
  }
}
