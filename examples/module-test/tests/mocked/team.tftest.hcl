# Runs without a platform: terraform test -test-directory=tests/mocked

mock_provider "kamiwaza" {
  source = "./tests/mocks"
}

variables {
  team      = "platform"
  usernames = ["amara", "chen"]
  rights = {
    "models.deploy" = "Deploy a model to a cluster"
  }
}

run "a_bad_name_is_refused" {
  command = plan

  variables {
    team = "Platform Team"
  }

  expect_failures = [var.team]
}

run "the_role_has_the_rights" {
  assert {
    condition     = kamiwaza_role_rights.team.right_ids == toset([for right in kamiwaza_right.team : right.id])
    error_message = "The role of the team lacks rights."
  }
}

run "every_user_becomes_a_member" {
  assert {
    condition     = toset(keys(kamiwaza_group_member.team)) == toset(["amara", "chen"])
    error_message = "The members are ${join(", ", keys(kamiwaza_group_member.team))}."
  }
}

# Overrides the id that the test depends on.
run "a_member_is_looked_up_by_name" {
  override_data {
    target = data.kamiwaza_user.member
    values = {
      id = "10000000-0000-4000-8000-000000000001"
    }
  }

  assert {
    condition     = kamiwaza_group_member.team["chen"].user_id == "10000000-0000-4000-8000-000000000001"
    error_message = "The member is not the user that was looked up."
  }
}
