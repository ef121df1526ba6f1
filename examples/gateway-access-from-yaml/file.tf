# Reads and validates access.yaml. Optional keys and sections may be missing or empty. Any other problem is an error that
# names the entry, and Terraform plans no changes.

locals {
  text = replace(file("${path.module}/access.yaml"), "\r", "")
  file = yamldecode(can(regex("(?m)^[^#\\s]", local.text)) ? local.text : "null") # yamldecode fails if the file has no document

  # The keys of the entries in each section, with the types of their values. The keys of an object's grants are relations.
  keys = {
    groups = { description = "text" }
    people = { email = "text", active = "flag", until = "date", roles = "texts", groups = "groups" }
    rooms  = { description = "text", archived = "flag", protected = "flag", members = "members" }
  }
  sections = { for section in ["groups", "people", "grants", "rooms"] : section => try(merge({}, local.file[section]), {}) }

  kinds = {
    text    = "text"
    flag    = "true or false, without quotes"
    date    = "a date such as 2026-12-31"
    texts   = "a list of names"
    groups  = "a list of groups"
    members = "a mapping of people to roles"
  }

  # All values of all entries, with their locations for error messages. merge({}, x) is {} if x is null, and fails if x
  # is not a mapping.
  values = flatten([
    for section, keys in local.keys : [
      for name, entry in local.sections[section] : [
        for key, value in try(merge({}, entry), {}) : { at = "${section}: ${name}", key = key, value = value, keys = keys }
      ]
    ]
  ])

  # All subjects of all grants, with their locations.
  holders = flatten([
    for object, relations in local.sections.grants : [
      for relation, kinds in try(merge({}, relations), {}) : [
        for kind, names in try(merge({}, kinds), {}) : [
          for name in try([for name in names : tostring(name)], []) :
          { at = "grants: ${object}: ${relation}", object = object, relation = relation, kind = kind, name = name }
        ]
      ]
    ]
  ])

  problems = concat(
    can(keys(local.file)) ? [] : ["the file has no sections; it needs people, groups, grants or rooms"],
    [
      for section in try(setsubtract(keys(local.file), keys(local.sections)), []) :
      "${section} is not a section; the sections are ${join(", ", keys(local.sections))}"
    ],
    [
      for section, _ in local.sections : "${section} must be a mapping of names to entries"
      if !can(merge({}, try(local.file[section], null)))
    ],
    flatten([
      for section, keys in local.keys : [
        for name, entry in local.sections[section] : "${section}: ${name} must be a mapping with the keys ${join(", ", keys(keys))}"
        if !can(merge({}, entry))
      ]
    ]),
    [
      for value in local.values : "${value.at}: ${value.key} is not a key; the keys are ${join(", ", keys(value.keys))}"
      if !contains(keys(value.keys), value.key)
    ],
    [
      for value in local.values : "${value.at}: ${value.key} must be ${local.kinds[value.keys[value.key]]}, but is ${jsonencode(value.value)}"
      if !lookup({
        text = can(tostring(value.value))
        flag = value.value == null || value.value == true || value.value == false
        # yamldecode returns an unquoted date as 2026-12-31T00:00:00Z.
        date    = can(timeadd(replace(value.value, "/^[0-9-]{10}$/", "$${0}T00:00:00Z"), "0s"))
        texts   = value.value == null || can([for item in value.value : tostring(item)]) && !can(keys(value.value))
        groups  = value.value == null || can([for item in value.value : tostring(item)]) && !can(keys(value.value))
        members = value.value == null || can([for person, role in value.value : tostring(role)]) && can(keys(value.value))
      }, lookup(value.keys, value.key, ""), true)
    ],
    [
      for name, person in local.sections.people : "people: ${name} has no email"
      if can(merge({}, person)) && try(person.email == null || person.email == "", true)
    ],
    flatten([
      for name, person in local.sections.people : [
        for group in try([for group in person.groups : tostring(group)], []) : "people: ${name}: groups: ${group} is not under groups"
        if !contains(keys(local.sections.groups), group)
      ]
    ]),
    [
      for object, relations in local.sections.grants : "grants: ${object} must be a namespace, a colon and an id, such as dataset:sales"
      if !can(regex("^[^:#]+:.", object))
    ],
    flatten([
      for object, relations in local.sections.grants : [
        for relation, kinds in try(merge({}, relations), { "" = null }) : [
          for kind in try(keys(merge({}, kinds)), [""]) : "grants: ${object}: ${relation} must be a mapping with the keys groups, people and roles, and lists of names"
          if !contains(["groups", "people", "roles"], kind) || !can([for name in kinds[kind] : tostring(name)])
        ]
      ]
    ]),
    [
      for holder in local.holders : "${holder.at}: ${holder.name} is not under ${holder.kind}"
      if !contains(try(keys(local.sections[holder.kind]), [holder.name]), holder.name) # roles are those of the platform
    ],
    flatten([
      for name, room in local.sections.rooms : [
        for person, role in try(merge({}, room.members), {}) : concat(
          contains(keys(local.sections.people), person) ? [] : ["rooms: ${name}: members: ${person} is not under people"],
          contains(["owner", "editor", "viewer"], try(tostring(role), "")) ? [] : ["rooms: ${name}: members: ${person} must be owner, editor or viewer"],
        )
      ]
    ]),
  )

  # People whose last day is over. The day itself, in UTC, is not over.
  gone = [
    for name, person in local.sections.people : name
    if try(timecmp(plantimestamp(), timeadd("${substr(person.until, 0, 10)}T00:00:00Z", "24h")) >= 0, false)
  ]

  # The file with defaults. A missing list of roles is null, and not managed. Who is gone keeps the account, deactivated.
  people = {
    for name, person in local.sections.people : name => {
      email  = try(person.email, null)
      roles  = try(toset([for role in person.roles : tostring(role)]), null)
      active = try(tobool(person.active), null) != false && !contains(local.gone, name)
      groups = contains(local.gone, name) ? [] : try([for group in person.groups : tostring(group)], [])
    }
  }
  members = {
    for group, _ in local.sections.groups : group => [for name, person in local.people : name if contains(person.groups, group)]
  }
  grants = {
    for object, relations in local.sections.grants : object => {
      for relation, _ in try(merge({}, relations), {}) : relation => {
        for kind in ["groups", "people", "roles"] : kind => distinct([
          for holder in local.holders : holder.name
          if holder.object == object && holder.relation == relation && holder.kind == kind && !(kind == "people" && contains(local.gone, holder.name))
        ])
      }
    }
  }
  rooms = {
    for name, room in local.sections.rooms : name => {
      description = try(room.description, null)
      archived    = try(tobool(room.archived), null) == true
      protected   = try(tobool(room.protected), null) != false
      members     = { for person, role in try(merge({}, room.members), {}) : person => role if !contains(local.gone, person) }
    }
  }
}

# All resources depend on this one, so that Terraform plans them only if the file is valid. It manages no object.
resource "terraform_data" "file" {
  lifecycle {
    precondition {
      condition     = length(local.problems) == 0
      error_message = "access.yaml:\n- ${join("\n- ", local.problems)}"
    }
  }
}
