package gateway_test

import (
	"strings"
	"testing"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/gateway"
)

func TestBehaviorIsChecked(t *testing.T) {
	for want, behavior := range map[string]gateway.Behavior{
		`the platform is "0.5"; it must be one of`:                     {Platform: "0.5"},
		`the status of a duplicate is "403"; it must be one of`:        {DuplicateStatus: 403},
		`the status of an invalid password or e-mail is "409"`:         {InvalidStatus: 409},
		`the place of subject ids is "x"`:                              {SubjectIDs: "x"},
		`the outcome of a rename is "x"`:                               {Rename: "x"},
		`the outcome of an unknown role is "x"`:                        {UnknownRole: "x"},
		`the self-protection is "404"`:                                 {SelfProtection: "404"},
		`the reuse of usernames is "x"`:                                {UsernameReuse: "x"},
		`the effect of inactive is "x"`:                                {Inactive: "x"},
		`the outcome of changing an external user is "x"`:              {ExternalFixed: "x"},
		`the outcome of a token that creates one is "x"`:               {PATFromPAT: "x"},
		`the outcome of a lifetime outside of the limits is "x"`:       {PATLifetime: "x"},
		`the outcome of revoking twice is "x"`:                         {RevokeTwice: "x"},
		`the rule for groups' names is "x"`:                            {GroupNames: "x"},
		`the kind of members' ids is "x"`:                              {MemberIDs: "x"},
		`the outcome of adding twice is "x"`:                           {AddTwice: "x"},
		`the outcome of removing nobody is "x"`:                        {RemoveAbsent: "x"},
		`the outcome of deleting a group with members is "x"; it must`: {GroupDelete: "x"},
		`the key of group mappings is "x"`:                             {MappingKey: "x"},
		`the outcome of mapping to no group is "x"`:                    {MappingGroups: "x"},
		`the outcome of changing mapped members is "x"`:                {MappedMembers: "x"},
		`the management of identity providers is "x"`:                  {IDPManagement: "x"},
		`the outcome of an absent identity provider is "x"`:            {IDPAbsent: "x"},
		`the outcome of another kind of identity provider is "x"`:      {IDPKindChange: "x"},
		`the ReBAC backend is "x"`:                                     {RebacBackend: "x"},
		`the outcome of naming another tenant is "404"`:                {OtherTenants: "404"},
		`the outcome of deleting an absent tuple is "x"`:               {TupleDeleteAbsent: "x"},
		`the form of groups as subjects is "x"`:                        {GroupSubjects: "x"},
		`the rule for who may grant is "x"`:                            {Granting: "x"},
		`the outcome of granting twice is "x"`:                         {GrantTwice: "x"},
		`the outcome of deleting an absent grant is "x"`:               {GrantDeleteAbsent: "x"},
		`the form of grants' ids is "x"`:                               {GrantIDs: "x"},
		`the outcome of a limit above the maximum is "x"`:              {LimitAbove: "x"},
		`the projection lag is negative`:                               {ProjectionLag: -1},
		`the maximum of limits is negative`:                            {MaxLimit: -1},
		`a number of refused requests is negative: -1`:                 {WorkroomAuthority: -1},
		`a number of refused requests is negative: -2`:                 {WorkroomProjection: -2},
		`the place of local users among subjects is "x"`:               {LocalSubjects: "x"},
		`the outcome of declaring a withdrawn attribute is "x"`:        {AttributeReuse: "x"},
		`the outcome of inviting twice is "400"`:                       {InviteTwice: "400"},
		`the case is "x"`:                                              {Case: "x"},
		`the read lag is negative`:                                     {ReadLag: -1},
	} {
		if err := behavior.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

func TestDuplicates(t *testing.T) {
	for _, test := range []struct {
		behavior gateway.Behavior
		status   int
		email    int // the status of a second e-mail
	}{
		{gateway.Behavior{}, 400, 400},
		{gateway.Behavior{DuplicateStatus: 409}, 409, 409},
		{gateway.Behavior{DuplicateStatus: 422}, 422, 422},
		{gateway.Behavior{SharedEmails: true}, 400, 201},
	} {
		s := with(t, test.behavior)
		user(s, "ann", nil).Want(201)
		user(s, "ann", fields{"email": "other@example.com"}).Refused(test.status, "Username already exists")
		user(s, "Ann", fields{"email": "Ann@example.com"}).Want(201)
		user(s, "eve", fields{"email": "ann@example.com"}).Want(test.email)
		bob := user(s, "bob", nil).ID()
		s.Send("PUT", "/auth/users/"+bob, fields{"username": "ann"}).Refused(test.status, "Username already exists")
		if test.email != 201 {
			s.Send("PUT", "/auth/users/"+bob, fields{"email": "ann@example.com"}).Refused(test.email, "Email already exists")
		}
	}
}

func TestCase(t *testing.T) {
	for behavior, want := range map[gateway.Behavior]struct{ username, email string }{
		{}:                                     {"Ann", "Ann@Example.COM"},
		{Case: authserver.CaseFoldEmailDomain}: {"Ann", "Ann@example.com"},
		{Case: authserver.CaseFoldCompare}:     {"Ann", "Ann@Example.COM"},
		{Case: authserver.CaseFoldStore}:       {"ann", "ann@example.com"},
	} {
		s := with(t, behavior)
		created := user(s, "Ann", fields{"email": "Ann@Example.COM"}).Object()
		if created["username"] != want.username || created["email"] != want.email {
			t.Errorf("%s: created %v", behavior.Case, created)
		}
		login(s, "Ann", password).Want(200)
		status := 201
		if folded := behavior.Case == authserver.CaseFoldCompare || behavior.Case == authserver.CaseFoldStore; folded {
			login(s, "aNN", password).Want(200)
			status = 400
		}
		user(s, "aNN", fields{"email": "x@example.com"}).Want(status)
		user(s, "bob", fields{"email": "aNN@example.com"}).Want(status)
	}
}

func TestRename(t *testing.T) {
	for rename, want := range map[gateway.Rename]string{"": "bea", gateway.RenameDone: "bea", gateway.RenameIgnored: "ann", gateway.RenameRefused: ""} {
		s := with(t, gateway.Behavior{Rename: rename})
		before := user(s, "ann", nil).Object()
		path := "/auth/users/" + text(before, "id")
		s.Send("PUT", path, fields{"username": "ann"}).Want(200) // is no rename
		got := s.Send("PUT", path, fields{"username": "bea"})
		if want == "" {
			got.Refused(400, "The username cannot be changed")
			continue
		}
		after := got.Object()
		if after["username"] != want || after["linked_subject_id"] != before["linked_subject_id"] {
			t.Errorf("%s: renamed to %v", rename, after)
		}
		login(s, want, password).Want(200)
	}
}

func TestClearingEmails(t *testing.T) {
	for behavior, want := range map[gateway.Behavior]struct {
		null, empty             int
		nullClears, emptyClears bool
	}{
		{}:                                      {200, 400, false, false},
		{OptionalEmail: true}:                   {200, 200, false, true},
		{NullClears: true}:                      {200, 400, true, false},
		{EmptyClears: true}:                     {200, 200, false, true},
		{InvalidStatus: 422}:                    {200, 422, false, false},
		{Platform: gateway.Platform093}:         {200, 200, false, true},
		{NullClears: true, OptionalEmail: true}: {200, 200, true, true},
	} {
		s := with(t, behavior)
		for value, expected := range map[any]struct {
			status int
			clears bool
		}{nil: {want.null, want.nullClears}, "": {want.empty, want.emptyClears}} {
			name := "ann"
			if value == nil {
				name = "bob"
			}
			path := "/auth/users/" + s.User(name)
			s.Send("PUT", path, fields{"email": value}).Want(expected.status)
			if cleared := s.Send("GET", path, "").Object()["email"] == nil; cleared != expected.clears {
				t.Errorf("%+v: %#v clears: %t", behavior, value, cleared)
			}
		}
	}
}

func TestRoles(t *testing.T) {
	roles := func(s session, set []string) any {
		path := "/auth/users/" + user(s, "ann", fields{"roles": []string{"viewer"}}).ID()
		s.Send("PUT", path, fields{"roles": set}).Want(200)
		return s.Send("GET", path, "").Object()["roles"]
	}
	for _, test := range []struct {
		behavior  gateway.Behavior
		set, want []string
	}{
		{gateway.Behavior{}, []string{"admin", "user"}, []string{"admin", "user"}},
		{gateway.Behavior{}, []string{}, []string{}},
		{gateway.Behavior{}, []string{"developer"}, []string{"developer"}},
		{gateway.Behavior{RolesMerge: true}, []string{"admin", "viewer"}, []string{"viewer", "admin"}},
		{gateway.Behavior{EmptyRolesDefault: true}, []string{}, []string{"user"}},
		{gateway.Behavior{UnknownRole: gateway.UnknownRoleIgnored}, []string{"developer", "user"}, []string{"user"}},
		{gateway.Behavior{ImpliedRoles: true}, []string{"user", "offline_access"}, []string{"default-roles-kamiwaza", "offline_access", "uma_authorization", "user"}},
	} {
		equal(t, "roles", roles(with(t, test.behavior), test.set), test.want)
	}
	s := with(t, gateway.Behavior{UnknownRole: gateway.UnknownRole422})
	user(s, "ann", fields{"roles": []string{"user", "developer"}}).Invalid("body.roles.1: value_error")
	s = with(t, gateway.Behavior{UnknownRole: gateway.UnknownRole400})
	user(s, "ann", fields{"roles": []string{"user", "developer"}}).Refused(400, `Unknown role "developer"`)
	s.Send("PUT", "/auth/users/"+s.User("ann"), fields{"roles": []string{"developer"}}).Refused(400, `Unknown role "developer"`)
}

func TestSelfProtection(t *testing.T) {
	harms := []fields{{"roles": []string{"user"}}, {"active": false}, nil}
	harm := func(s session, id string, how fields) reply {
		if how == nil {
			return s.Send("DELETE", "/auth/users/"+id, "")
		}
		return s.Send("PUT", "/auth/users/"+id, how)
	}
	for _, how := range harms {
		s := with(t, gateway.Behavior{SelfProtection: "403"})
		harm(s, s.Server.AdminID(), how).Refused(403, "You cannot delete, deactivate or demote yourself")
		second := s.User("second", "admin")
		harm(s, s.Server.AdminID(), how).Refused(403, "You cannot delete, deactivate or demote yourself")
		other := s.Login("second")
		harm(s, second, how).Want(200) // there is another
		harm(other, s.Server.AdminID(), how).Refused(403, "The last admin cannot be deleted, deactivated or demoted")
		harm(s, s.User("ann"), how).Want(200)

		free := with(t, gateway.Behavior{})
		harm(free, free.Server.AdminID(), how).Want(200)
	}
}

func TestUsernameReuse(t *testing.T) {
	for reuse, status := range map[gateway.Reuse]int{"": 201, gateway.ReuseCreates: 201, gateway.ReuseRevives: 201, gateway.ReuseRefused: 400} {
		s := with(t, gateway.Behavior{UsernameReuse: reuse})
		first := user(s, "ann", nil).Object()
		s.Send("DELETE", "/auth/users/"+text(first, "id"), "").Want(200)
		again := user(s, "ann", fields{"password": "another password"}).Want(status)
		if status != 201 {
			again.Refused(400, "Username already exists")
			login(s, "ann", password).Want(200)
			continue
		}
		second := again.Object()
		revived := second["id"] == first["id"] && second["linked_subject_id"] == first["linked_subject_id"]
		if revived != (reuse == gateway.ReuseRevives) || second["active"] != true || second["deleted"] != false {
			t.Errorf("%s: created %v after %v", reuse, second, first)
		}
		login(s, "ann", "another password").Want(200)
		login(s, "ann", password).Want(401)
	}
}

func TestInactive(t *testing.T) {
	for inactive, want := range map[gateway.Inactive]struct{ login, token int }{
		"": {401, 200}, gateway.InactiveLogin: {401, 200}, gateway.InactiveTokens: {401, 401}, gateway.InactiveNothing: {200, 200},
	} {
		s := with(t, gateway.Behavior{Inactive: inactive})
		path := "/auth/users/" + s.User("ann")
		tokens := login(s, "ann", password).Object()
		ann := s.As(text(tokens, "access_token"))
		pat, _ := created(t, ann.Send("POST", "/auth/pats", ""))
		if got := s.Send("PUT", path, fields{"active": false}).Object(); got["active"] != false || got["deleted"] != false {
			t.Errorf("inactive is %v", got)
		}
		login(s, "ann", password).Want(want.login)
		ann.Send("GET", "/auth/users/me", "").Want(want.token)
		s.As(pat).Send("GET", "/auth/users/me", "").Want(want.token)
		s.Send("POST", "/auth/refresh?refresh_token="+text(tokens, "refresh_token"), "").Want(want.login)
		s.Send("PUT", path, fields{"active": true}).Want(200)
		login(s, "ann", password).Want(200)
	}
}

func TestExternalUsers(t *testing.T) {
	s := with(t, gateway.Behavior{})
	id := s.Server.AddExternalUser("ann", "ann@example.com")
	got := s.Send("GET", "/auth/users/"+id, "").Object()
	if got["is_external"] != true || got["username"] != "ann" {
		t.Errorf("external user %v", got)
	}
	var list []gateway.User
	if s.Send("GET", "/auth/users/", "").Want(200).Decode(&list); len(list) != 2 {
		t.Errorf("list %+v", list)
	}
	s.Send("PUT", "/auth/users/"+id, fields{"roles": []string{"viewer"}}).Want(200)
	s.Send("DELETE", "/auth/users/"+id, "").Want(200)

	s = with(t, gateway.Behavior{ExternalHidden: true, ExternalFixed: "409"})
	id = s.Server.AddExternalUser("ann", "ann@example.com")
	if s.Send("GET", "/auth/users/", "").Want(200).Decode(&list); len(list) != 1 {
		t.Errorf("list %+v", list)
	}
	s.Send("PUT", "/auth/users/"+id, fields{"roles": []string{"viewer"}}).Refused(409, "Users of an identity provider cannot be changed")
	s.Send("DELETE", "/auth/users/"+id, "").Refused(409, "Users of an identity provider cannot be deleted")
	s.Send("POST", "/auth/users/"+id+"/password", fields{"new_password": password}).Want(409)
	login(s, "ann", password).Want(401)
}

func TestReadLag(t *testing.T) {
	now := newClock()
	s := start(t, authserver.Config{Now: now.Now, API: gateway.Behavior{ReadLag: time.Second}})
	id := s.User("ann")
	s.Send("GET", "/auth/users/"+id, "").Want(404)
	g := group(s, "g")
	s.Send("POST", g+"/members", fields{"user_id": "x"}).Want(204)
	login(s, "ann", password).Want(200)
	now.Add(time.Second)
	s.Send("GET", "/auth/users/"+id, "").Want(200)
	equal(t, "members", members(s, g), []string{"x"})
}

func TestTrimText(t *testing.T) {
	s := with(t, gateway.Behavior{TrimText: true})
	got := user(s, " ann ", fields{"email": " ann@example.com ", "password": "  " + password + "  "}).Object()
	if got["username"] != "ann" || got["email"] != "ann@example.com" {
		t.Errorf("created %v", got)
	}
	login(s, "ann", "  "+password+"  ").Want(200)
	s.Send("POST", "/auth/users/"+text(got, "id")+"/password", fields{"new_password": " another password "}).Want(200)
	login(s, "ann", " another password ").Want(200)
}

func TestTrailingSlashes(t *testing.T) {
	wrong := []struct{ method, path, right string }{
		{"GET", "/auth/users", "/auth/users/"},
		{"POST", "/auth/users/local/", "/auth/users/local"},
		{"POST", "/auth/pats/?name=a%2Fb", "/auth/pats?name=a%2Fb"},
		{"GET", "/authz/groups", "/authz/groups/"},
		{"DELETE", "/authz/groups/x/members/a%2Fb/", "/authz/groups/x/members/a%2Fb"},
		{"GET", "/auth", "/auth/"},
		{"POST", "/auth/tuples/object/", "/auth/tuples/object"},
		{"GET", "/authz/group-mappings/?issuer=a%2Fb", "/authz/group-mappings?issuer=a%2Fb"},
		{"POST", "/workrooms", "/workrooms/"},
		{"GET", "/admin/workrooms", "/admin/workrooms/"},
		{"PUT", "/authz/subjects/a%2Fb/", "/authz/subjects/a%2Fb"},
		{"GET", "/cluster/attribute-schema/", "/cluster/attribute-schema"},
	}
	s := with(t, gateway.Behavior{})
	for _, test := range wrong {
		got := s.Send(test.method, test.path, "").Want(307)
		if location := got.Header.Get("Location"); location != s.URL+test.right {
			t.Errorf("%s %s: Location %s, want %s", test.method, test.path, location, s.URL+test.right)
		}
	}
	s = with(t, gateway.Behavior{NoSlashRedirect: true})
	for _, test := range wrong {
		s.Send(test.method, test.path, "").Refused(404, "Not Found")
	}
	s.Send("GET", "/auth/tuples", "").Refused(405, "Method Not Allowed") // is another path than that of the list
}
