# All grants on a data set, except those of its owners.
resource "kamiwaza_resource_grants" "sales" {
  object = { namespace = "dataset", id = local.sales_data }

  grants = {
    viewer = {
      group = [kamiwaza_group.analytics.id]
      user  = [for user in kamiwaza_user.team : user.subject_id]
    }
    editor = {
      user = [kamiwaza_user.team["amara"].subject_id]
    }
  }
}

# Single grants, which leave others alone.
resource "kamiwaza_resource_grant" "forecasts" {
  for_each = toset(["amara", "bela"])

  subject  = { namespace = "user", id = kamiwaza_user.team[each.key].subject_id }
  relation = "editor"
  object   = { namespace = "dataset", id = local.forecast_data }
}

resource "kamiwaza_resource_grant" "model" {
  for_each = kamiwaza_user.team

  subject  = { namespace = "user", id = each.value.subject_id }
  relation = "viewer"
  object   = { namespace = "model", id = local.forecast_model }
}

resource "kamiwaza_workroom" "forecasts" {
  name        = "Forecasts"
  description = "Quarterly forecasts"
  labels      = ["analytics"]

  deletion_protection = false # The default is true, because destroying a workroom deletes its content.
}

resource "kamiwaza_workroom_members" "forecasts" {
  workroom_id = kamiwaza_workroom.forecasts.id

  members = {
    (kamiwaza_user.team["amara"].email) = "editor"
    (kamiwaza_user.team["chen"].email)  = "viewer"
  }
}
