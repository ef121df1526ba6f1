# Rules for what "kamiwaza-access review -format=json" prints. Run them with:
#
#   conftest test --namespace kamiwaza.access review.json
#   opa eval --fail-defined --data policy --input review.json 'data.kamiwaza.access.deny[message]'

package kamiwaza.access

# Everything that the review does not know is a reason to look at the plan itself.
warn contains message if {
	some unknown in input.unknown
	message := sprintf("%s: %s", [unknown.address, unknown.reason])
}

# Nobody may become a superuser or an administrator with a pull request.
deny contains message if {
	some change in input.changes
	change.effect == "gained"
	change.everything
	message := sprintf("%s would gain %s", [change.holder.name, change.permission.name])
}

# Only members of the group "platform" may delete models.
deny contains message if {
	some change in input.changes
	change.effect == "gained"
	change.permission.name == "models.delete"
	not through_platform(change)
	message := sprintf("%s would gain %s outside the group platform", [change.holder.name, change.permission.name])
}

through_platform(change) if {
	change.ways_count == count(change.ways)
	every way in change.ways {
		way[0].kind == "group"
		way[0].name == "platform"
	}
}

# An answer that lacks something must not pass.
deny contains message if {
	some gap in input.incomplete
	message := sprintf("the review is incomplete: %s", [gap])
}
