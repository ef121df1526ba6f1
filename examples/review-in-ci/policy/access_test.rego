package kamiwaza.access_test

import data.kamiwaza.access

test_a_review if {
	access.deny == {
		"bela would gain superuser",
		"chen would gain models.delete outside the group platform",
	} with input as data.review
	access.warn == {"kamiwaza_group_members.audit: it is 1 of kamiwaza_user.a or kamiwaza_user.b"} with input as data.review
}

test_nothing_changes if {
	count(access.deny) == 0 with input as {"changes": [], "unknown": [], "incomplete": []}
}

test_an_incomplete_review if {
	access.deny == {"the review is incomplete: the role x could not be read"} with input as {"changes": [], "incomplete": ["the role x could not be read"]}
}

test_more_ways_than_are_listed if {
	count(access.deny) == 1 with input as {"changes": [{
		"effect": "gained", "everything": false, "holder": {"name": "ada"}, "permission": {"name": "models.delete"},
		"ways": [[{"kind": "group", "name": "platform"}]], "ways_count": 2,
	}]}
}
