resource "kamiwaza_group_members" "this" {
  for_each = { for key, group in local.access.groups : key => group if can(group.members) }

  group_id = kamiwaza_group.this[each.key].id
  user_ids = concat([for person in each.value.members : kamiwaza_user.this[person].subject_id], try(each.value.other_members, []))
}

resource "kamiwaza_workroom_members" "this" {
  for_each = { for key, room in local.access.workrooms : key => room if can(room.members) }

  workroom_id = kamiwaza_workroom.this[each.key].id
  members     = each.value.members
}
