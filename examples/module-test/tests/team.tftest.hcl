# Runs against a development AuthService: KAMIWAZA_BASE_URL, KAMIWAZA_USERNAME and KAMIWAZA_PASSWORD configure the connection.

variables {
  team      = "platform"
  usernames = ["amara"]
  rights = {
    "models.deploy" = "Deploy a model to a cluster"
  }
}

# Creates the users that the module expects.
run "people" {
  module {
    source = "./tests/people"
  }
}

run "a_bad_name_is_refused" {
  command = plan

  variables {
    team = "Platform Team"
  }

  expect_failures = [var.team]
}

run "the_team_is_made" {
  assert {
    condition     = kamiwaza_group.team.name == "platform"
    error_message = "The group does not have the name of the team."
  }
}

# Reads the result from the server.
run "a_member_may_deploy" {
  module {
    source = "./tests/access"
  }

  variables {
    username = "amara"
    group_id = run.the_team_is_made.group_id
  }

  assert {
    condition     = data.kamiwaza_user_access.this.rights == toset(["models.deploy"])
    error_message = "amara may do this: ${join(", ", data.kamiwaza_user_access.this.rights)}."
  }
}
