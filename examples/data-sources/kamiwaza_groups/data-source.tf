resource "kamiwaza_group" "teams" {
  for_each = toset(["team-data", "team-models"])
  name     = each.key
}

data "kamiwaza_groups" "teams" {
  name_regex = "^team-"
  depends_on = [kamiwaza_group.teams]
}

output "team_ids" {
  value = { for group in data.kamiwaza_groups.teams.groups : group.name => group.id }
}
