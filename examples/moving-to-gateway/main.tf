terraform {
  required_version = ">= 1.7"
  required_providers {
    kamiwaza = {
      source = "kamiwaza-ai/kamiwaza"
    }
  }
}

provider "kamiwaza" {}

import {
  to = kamiwaza_user.amara
  id = "amara"
}

import {
  to = kamiwaza_group.platform
  id = "platform"
}

import {
  to = kamiwaza_group_members.platform
  id = kamiwaza_group.platform.id
}

resource "kamiwaza_user" "amara" {
  username = "amara"
  email    = "amara@example.com"
  roles    = ["admin"]
}

resource "kamiwaza_group" "platform" {
  name = "platform"
}

resource "kamiwaza_group_members" "platform" {
  group_id = kamiwaza_group.platform.id
  user_ids = [kamiwaza_user.amara.subject_id]
}
