# One of each type, as version 0 of the schemas wrote it into the state beside this file.
terraform {
  required_providers {
    kamiwaza = {
      source = "registry.terraform.io/kamiwaza-ai/kamiwaza"
    }
  }
}

resource "kamiwaza_organization" "acme" {
  name                = "acme"
  description         = ""
  deletion_protection = true

  idp_config = {
    provider          = "okta"
    domain            = "acme.example.com"
    client_id         = "kamiwaza"
    metadata_url      = "https://acme.example.com/metadata"
    additional_config = jsonencode({ scopes = ["openid"], timeout = 1.50 })
  }
}

resource "kamiwaza_user" "ada" {
  username        = "ada"
  email           = "ada@example.com"
  full_name       = "Ada Lovelace"
  password        = "only-for-tests"
  organization_id = kamiwaza_organization.acme.id
  is_superuser    = true
  external_id     = "7"
}

resource "kamiwaza_user" "bob" {
  username            = "bob"
  email               = "Bob@example.com"
  password_wo         = "only-for-tests"
  password_wo_version = 1
  is_active           = false
  deletion_protection = true
  on_destroy          = "deactivate"
}

resource "kamiwaza_group" "admins" {
  name        = "admins"
  description = "who repair things"
}

resource "kamiwaza_group" "auditors" {
  name = "auditors"
}

resource "kamiwaza_group" "guests" {
  name = "guests"
}

resource "kamiwaza_role" "operator" {
  name        = "operator"
  description = "repairs things"
}

resource "kamiwaza_role" "viewer" {
  name = "viewer"
}

resource "kamiwaza_right" "restart" {
  name        = "restart"
  description = "restart things"
}

resource "kamiwaza_right" "view" {
  name = "view"
}

resource "kamiwaza_group_member" "ada" {
  group_id = kamiwaza_group.admins.id
  user_id  = kamiwaza_user.ada.id
}

resource "kamiwaza_group_role" "operator" {
  group_id = kamiwaza_group.admins.id
  role_id  = kamiwaza_role.operator.id
}

resource "kamiwaza_role_right" "restart" {
  role_id  = kamiwaza_role.operator.id
  right_id = kamiwaza_right.restart.id
}

resource "kamiwaza_group_members" "auditors" {
  group_id = kamiwaza_group.auditors.id
  user_ids = [kamiwaza_user.ada.id]
}

resource "kamiwaza_user_groups" "bob" {
  user_id   = kamiwaza_user.bob.id
  group_ids = [kamiwaza_group.guests.id]
}

resource "kamiwaza_group_roles" "auditors" {
  group_id = kamiwaza_group.auditors.id
  role_ids = [kamiwaza_role.viewer.id]
}

resource "kamiwaza_role_rights" "viewer" {
  role_id   = kamiwaza_role.viewer.id
  right_ids = [kamiwaza_right.view.id]
}
