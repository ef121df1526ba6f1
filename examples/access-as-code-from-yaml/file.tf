# Reads and validates access.yaml. Optional keys and sections may be missing or empty. Any other problem is an error that
# names the entry, and Terraform plans no changes.

locals {
  text = replace(file("${path.module}/access.yaml"), "\r", "")
  file = yamldecode(can(regex("(?m)^[^#\\s]", local.text)) ? local.text : "null") # yamldecode fails if the file has no document

  # The keys of the entries in each section, with the types of their values. An entry of rights is only a description.
  keys = {
    rights = {}
    roles  = { description = "text", rights = "names" }
    groups = { description = "text", roles = "names" }
    people = { name = "text", email = "text", active = "flag", superuser = "flag", until = "date", groups = "names" }
  }
  membership = { name = "text", until = "date" } # An item of a person's groups is a name or such a mapping.

  kinds = {
    text  = "text"
    flag  = "true or false, without quotes"
    date  = "a date such as 2026-12-31"
    names = "a list of names"
  }

  # merge({}, x) is {} if x is null, and fails if x is not a mapping.
  sections = { for section, _ in local.keys : section => try(merge({}, local.file[section]), {}) }
  entries = {
    for section, entries in local.sections : section => { for name, entry in entries : name => try(merge({}, entry), {}) }
    if section != "rights"
  }

  # All values of all entries, with their locations for error messages.
  values = concat(
    flatten([
      for section, entries in local.entries : [
        for name, entry in entries : [
          for key, value in entry : { at = "${section}: ${name}", key = key, value = value, keys = local.keys[section] }
        ]
      ]
    ]),
    flatten([
      for name, person in local.entries.people : [
        for group in try([for group in person.groups : group], []) : [
          for key, value in try(merge({}, group), {}) :
          { at = "people: ${name}: groups: ${try(tostring(group.name), "?")}", key = key, value = value, keys = local.membership }
        ]
      ]
    ]),
  )

  # All items of all lists, with their locations. The name is null if the item is not a name.
  names = flatten([
    for value in local.values : [
      for item in try([for item in value.value : item], []) : {
        at    = "${value.at}: ${value.key}"
        of    = value.key
        name  = try(tostring(item), value.key == "groups" ? tostring(item.name) : null, null)
        until = try(tostring(item.until), "")
      } if !can(keys(value.value))
    ] if lookup(value.keys, value.key, "") == "names"
  ])

  # yamldecode accepts duplicate keys and keeps the last one. To find duplicate entries of a section, this searches the
  # text for lines with the same indentation as the first entry of the section.
  lines = {
    for section, _ in local.keys : section => regexall(
      "\n( +)[\"']?([^\\s#\"':-][^\"':\n]*)[\"']?:(?:\\s|$)",
      try(regexall("(?m)^${section}:[^\n]*((?:\n(?:[ #][^\n]*)?)*)", local.text)[0][0], ""),
    )
  }
  written = {
    for section, lines in local.lines : section => {
      for line in lines : trimspace(line[1]) => ""... if try(line[0] == lines[0][0], false)
    }
  }

  # If a section is missing, an unknown section is probably a misspelt name. Otherwise, it may contain YAML anchors.
  missing = [for section, _ in local.keys : section if !can(local.file[section])]
  unknown = try(setsubtract(keys(local.file), keys(local.keys)), [])

  problems = concat(
    can(keys(local.file)) ? [] : ["the file has no sections; it needs people, groups, roles or rights"],
    length(local.missing) == 0 ? [] : [
      for section in local.unknown : "${section} is not a section; the sections are ${join(", ", keys(local.keys))}"
    ],
    [
      for section, _ in local.keys : "${section} appears twice"
      if length(regexall("(?m)^${section}:", local.text)) > 1
    ],
    [
      for section, _ in local.keys : "${section} must be a mapping of names to entries"
      if !can(merge({}, try(local.file[section], null)))
    ],
    flatten([
      for section, names in local.written : [for name, times in names : "${section}: ${name} appears twice" if length(times) > 1]
    ]),
    [
      for name, description in local.sections.rights : "rights: ${name} must be its description, as text"
      if !can(tostring(description))
    ],
    flatten([
      for section, _ in local.entries : [
        for name, entry in local.sections[section] : "${section}: ${name} must be a mapping with the keys ${join(", ", keys(local.keys[section]))}"
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
        date  = can(timeadd(replace(value.value, "/^[0-9-]{10}$/", "$${0}T00:00:00Z"), "0s"))
        names = value.value == null || can([for item in value.value : item]) && !can(keys(value.value))
      }, lookup(value.keys, value.key, ""), true)
    ],
    [for item in local.names : "${item.at} has an item that is not a name" if item.name == null],
    [
      for item in local.names : "${item.at}: ${item.name} is not under ${item.of}"
      if item.name != null && !contains(keys(local.sections[item.of]), coalesce(item.name, "-"))
    ],
    [
      for name, dates in { for item in local.names : "${item.at}: ${coalesce(item.name, "?")}" => item.until... } :
      "${name} appears twice, with different dates" if length(distinct(dates)) > 1
    ],
    [
      for name, person in local.entries.people : "people: ${name} has no email"
      if can(merge({}, local.sections.people[name])) && try(person.email == null || person.email == "", true)
    ],
  )

  # The dates in the past. The day itself, in UTC, is not in the past.
  passed = [
    for value in local.values : value.value
    if value.key == "until" && try(timecmp(plantimestamp(), timeadd("${substr(value.value, 0, 10)}T00:00:00Z", "24h")) >= 0, false)
  ]

  # The file with defaults. A missing list is null, and not managed.
  access = {
    rights = { for name, description in local.sections.rights : name => { description = try(tostring(description), null) } }
    roles = {
      for name, role in local.entries.roles : name => {
        description = try(role.description, null)
        rights      = try(toset([for right in role.rights : tostring(right)]), null)
      }
    }
    groups = {
      for name, group in local.entries.groups : name => {
        description = try(group.description, null)
        roles       = try(toset([for role in group.roles : tostring(role)]), null)
      }
    }
    people = {
      for name, person in local.entries.people : name => {
        name      = try(person.name, null)
        email     = try(person.email, null)
        active    = try(tobool(person.active), null) != false && !try(contains(local.passed, person.until), false)
        superuser = try(tobool(person.superuser), null) == true
        groups = try(toset([
          for group in person.groups : try(tostring(group), tostring(group.name))
          if !try(contains(local.passed, person.until), false) && !try(contains(local.passed, group.until), false)
        ]), null)
      }
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

check "sections" {
  assert {
    condition     = length(local.unknown) == 0
    error_message = "access.yaml: ${join(", ", local.unknown)} is not a section and has no effect; the sections are ${join(", ", keys(local.keys))}."
  }
}
