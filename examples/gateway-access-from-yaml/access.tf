# Each of these resources manages a whole set: Terraform removes members and grants that are not in the file, except the
# owners of objects and workrooms.

resource "kamiwaza_group_members" "this" {
  for_each = local.members

  group_id = kamiwaza_group.this[each.key].id
  user_ids = [for person in each.value : kamiwaza_user.this[person].subject_id]
}

resource "kamiwaza_resource_grants" "this" {
  depends_on = [terraform_data.file]
  for_each   = local.grants

  object = {
    namespace = split(":", each.key)[0]
    id        = join(":", slice(split(":", each.key), 1, length(split(":", each.key))))
  }

  grants = {
    for relation, holders in each.value : relation => merge(
      length(holders.groups) == 0 ? {} : { group = [for group in holders.groups : kamiwaza_group.this[group].id] },
      length(holders.people) == 0 ? {} : { user = [for person in holders.people : kamiwaza_user.this[person].subject_id] },
      length(holders.roles) == 0 ? {} : { role = holders.roles },
    )
  }
}

resource "kamiwaza_workroom_members" "this" {
  for_each = local.rooms

  workroom_id = kamiwaza_workroom.this[each.key].id
  members     = { for person, role in each.value.members : kamiwaza_user.this[person].email => role }
}
