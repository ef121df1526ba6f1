package provider_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
)

// fields is a configuration of a whole set.
func (k setKind) fields(owner string, elements ...string) fields {
	ids := make([]any, len(elements))
	for i, element := range elements {
		ids[i] = element
	}
	return fields{k.owner + "_id": owner, k.element + "_ids": ids}
}

// What an error says is about the call that failed and the object that it was for.
func TestProtocol_adviceOnSets(t *testing.T) {
	t.Parallel()
	eachSetKind(t, authserver.Config{}, func(t *testing.T, s service, k setKind) {
		t.Helper()
		owner := k.newOwner("owner")
		elements := make([]string, 6)
		for i := range elements {
			elements[i] = k.newElement(fmt.Sprintf("e%d", i))
		}
		typeName := "kamiwaza_" + k.typeName
		for _, n := range []int{1, 6} { // one call, or all at once
			for _, test := range []struct {
				status   int
				body, at string
				want     string
			}{
				{409, `{"detail": "Owner is locked"}`, "none", "409 Conflict: Owner is locked."},
				{400, `{"detail": "Owner is locked"}`, "none", "400 Bad Request: Owner is locked."},
				{422, `{"detail": [{"loc": ["body", "` + k.element + `s", 0], "msg": "Odd id"}]}`, k.element + "_ids", "was refused: Odd id."},
			} {
				if test.status == 422 && (n == 1 || !k.one) {
					continue // has no body
				}
				p := newProtocol(t, s)
				plan := p.planOf(instance{typeName: typeName}, k.fields(owner, elements[:n]...))
				p.noErrors(plan.Diagnostics)
				for _, method := range []string{"POST", "PUT"} {
					s.Server.Inject(authserver.Fault{Method: method, Status: test.status, Body: test.body})
				}
				_, diagnostics := p.applyOf(instance{typeName: typeName}, plan, k.fields(owner, elements[:n]...))
				s.Server.ClearFaults()
				expect(t, diagnostics, test.at, test.want)
				rejectWords(t, written(diagnostics), "name", "console", "still in use", "There probably is")
			}
		}
	})
	s := start(t, authserver.Config{})
	made := seed(t, s)
	for typeName, ends := range map[string][2]string{"kamiwaza_group_member": {"group", "user"}, "kamiwaza_group_role": {"group", "role"}, "kamiwaza_role_right": {"role", "right"}} {
		group, err := s.api.Groups.Create(t.Context(), rbac.GroupCreate{Name: typeName})
		must(t, err)
		role, err := s.api.Roles.Create(t.Context(), rbac.RoleCreate{Name: typeName})
		must(t, err)
		from := map[string]string{"group": group.ID, "role": role.ID}[ends[0]]
		config := fields{ends[0] + "_id": from, ends[1] + "_id": made.identities["kamiwaza_"+ends[1]]["id"]}
		for _, status := range []int{400, 409} {
			p := newProtocol(t, s)
			plan := p.planOf(instance{typeName: typeName}, config)
			p.noErrors(plan.Diagnostics)
			s.Server.Inject(authserver.Fault{Method: "POST", Status: status, Body: `{"detail": "Locked"}`})
			_, diagnostics := p.applyOf(instance{typeName: typeName}, plan, config)
			s.Server.ClearFaults()
			expect(t, diagnostics, "none", fmt.Sprintf("answered %d", status))
			rejectWords(t, written(diagnostics), "name", "console", "There probably is")
		}
	}
}

func TestProtocol_advice(t *testing.T) {
	s := start(t, authserver.Config{})
	const user, group = "kamiwaza_user", "kamiwaza_group"
	none := instance{typeName: user}
	planned := func(p protocol, i instance, config fields) *tfprotov6.PlanResourceChangeResponse {
		t.Helper()
		plan := p.planOf(i, config)
		p.noErrors(plan.Diagnostics)
		return plan
	}

	// The login's own refusal is not about the resource.
	p := newProtocol(t, s)
	config := userFields("ada", nil)
	plan := planned(p, none, config)
	s.Server.Inject(authserver.Fault{Method: "POST", Route: "/auth/token", Status: 422, Body: `{"detail": [{"loc": ["body", "username"], "msg": "Field required"}]}`})
	made, diagnostics := p.applyOf(none, plan, config)
	s.Server.ClearFaults()
	expect(t, diagnostics, "none", "Field required")
	wantWords(t, written(diagnostics), "The provider could not log in. Check username, password and login_method in the provider's configuration")
	if len(diagnostics) != 1 || p.attributesOf(made) != nil {
		t.Errorf("the state is %v:\n%s", p.attributesOf(made), written(diagnostics))
	}

	// A refusal of the second call of a create says that the first one succeeded, and the state has it.
	p = newProtocol(t, s)
	config = userFields("ada", fields{"is_active": false})
	plan = planned(p, none, config)
	s.Server.Inject(authserver.Fault{Method: "PUT", Times: 1, Status: 422, Body: `{"detail": [{"loc": ["body", "is_active"], "msg": "Not now"}]}`})
	made, diagnostics = p.applyOf(none, plan, config)
	expect(t, diagnostics, "is_active", "The user was created, but is still active: PUT /auth/users/")
	if id := p.attributesOf(made)["id"]; id != s.mustUser(t, "ada").ID {
		t.Errorf("the state has the id %q", id)
	}

	// Deleted between plan and apply.
	must(t, s.api.Users.Delete(t.Context(), s.mustUser(t, "ada").ID))
	for typeName, config := range map[string]fields{
		user: userFields("bob", nil), group: {"name": "bob"}, "kamiwaza_role": {"name": "bob"}, "kamiwaza_right": {"name": "bob"}, "kamiwaza_organization": {"name": "bob"},
	} {
		p := newProtocol(t, s)
		made, diagnostics := p.made(typeName, config)
		p.noErrors(diagnostics)
		change := with(config, "description", "x")
		if typeName == user {
			change = with(config, "full_name", "x")
		}
		plan := planned(newProtocol(t, s), made, change)
		s.clear(t)
		kept, diagnostics := newProtocol(t, s).applyOf(made, plan, change)
		expect(t, diagnostics, "none", "deleted after the plan was made. Plan and apply again, which creates it anew.")
		if p.attributesOf(kept)["id"] != p.attributesOf(made)["id"] {
			t.Errorf("%s: the state has %v", typeName, p.attributesOf(kept))
		}
	}

	// Two groups exchange their names; and a new one has the name of an old one.
	p = newProtocol(t, s)
	one, diagnostics := p.made(group, fields{"name": "one"})
	p.noErrors(diagnostics)
	two, diagnostics := p.made(group, fields{"name": "two"})
	p.noErrors(diagnostics)
	for _, swap := range []struct {
		instance
		name string
	}{{one, "two"}, {two, "one"}} {
		p := newProtocol(t, s)
		config := fields{"name": swap.name}
		_, diagnostics := p.applyOf(swap.instance, planned(p, swap.instance, config), config)
		expect(t, diagnostics, "none", "409 Conflict")
		wantWords(t, written(diagnostics), "two objects that exchange their names need an apply in between")
		rejectWords(t, written(diagnostics), "import")
	}
	_, diagnostics = newProtocol(t, s).made(group, fields{"name": "one"})
	wantWords(t, written(diagnostics), "There probably is a group of that name already", "replaced with create_before_destroy, run: terraform untaint ADDRESS")
}

// Whom an import, or a data source, finds by what it is given.
func TestProtocol_usersByName(t *testing.T) {
	s := start(t, authserver.Config{})
	const composed, decomposed = "Jos\u00e9", "Jose\u0301"
	jose := s.newUser(t, rbac.UserCreate{Username: composed, Email: "jose@example.com"})
	uuidlike := s.newUser(t, rbac.UserCreate{Username: someID, Email: "uuid@example.com"})
	upper := s.newUser(t, rbac.UserCreate{Username: "6F1C2B9E-4D3A-4C55-9F0E-0A7D3F1B2C4F", Email: "upper@example.com"})
	p := newProtocol(t, s)
	for text, test := range map[string]struct{ id, want string }{
		composed:                                 {id: jose.ID},
		jose.ID:                                  {id: jose.ID},
		uuidlike.Username:                        {id: uuidlike.ID},
		upper.Username:                           {id: upper.ID},
		decomposed:                               {want: `of the user ` + jose.ID + ` looks the same, but is encoded differently in Unicode: use that user's id`},
		"Jos\u00eb":                              {want: "has the username \"Jos\u00eb\"."},
		"6F1C2B9E-4D3A-4C55-9F0E-0A7D3F1B2C4E":   {want: `must be written in lower case: "6f1c2b9e-4d3a-4c55-9f0e-0a7d3f1b2c4e"`},
		"6f1c2b9e-4d3a-4c55-9f0e-0a7d3f1b2c4e/x": {want: "is not an id (a UUID), and none of the server's 4 users has the username"},
	} {
		resp, err := p.server.ImportResourceState(t.Context(), &tfprotov6.ImportResourceStateRequest{TypeName: "kamiwaza_user", ID: text})
		must(t, err)
		if test.want != "" {
			expect(t, resp.Diagnostics, "none", test.want)
			continue
		}
		p.noErrors(resp.Diagnostics)
		if got := p.texts(p.stateType("kamiwaza_user"), resp.ImportedResources[0].State)["id"]; got != test.id {
			t.Errorf("the import of %q found %q", text, got)
		}
	}
	for typeName, argument := range map[string]string{"kamiwaza_user": "username", "kamiwaza_user_access": "username"} {
		objectType := p.schemas.DataSourceSchemas[typeName].ValueType()
		resp, err := p.server.ReadDataSource(t.Context(), &tfprotov6.ReadDataSourceRequest{
			TypeName: typeName, Config: p.encoded(objectType, encode(t, objectType, fields{argument: decomposed})),
		})
		must(t, err)
		expect(t, resp.Diagnostics, "none", "Could not find user")
		wantWords(t, written(resp.Diagnostics), jose.ID+" looks the same, but is encoded differently")
	}
}

// What the server made otherwise than planned is named with both values, unless they are secret.
func TestProtocol_differsFromThePlan(t *testing.T) {
	s := start(t, authserver.Config{})
	const id, at = someID, `"created_at": "2026-01-31T00:00:00", "updated_at": "2026-01-31T00:00:00"`
	answer := func(method, body string) {
		s.Server.Inject(authserver.Fault{Method: method, After: 1, Times: 1, Status: 200, Body: body})
	}
	userBody := func(id, email, name string, super bool) string {
		return fmt.Sprintf(`{"id": %q, "username": "ada", "email": %q, "full_name": %s, "organization_id": null, "is_superuser": %v, "is_active": true,
			"external_id": null, "groups": [], %s, "last_login": null}`, id, email, name, super, at)
	}
	p := newProtocol(t, s)
	answer("POST", userBody(id, "eve@example.com", `"Eve"`, true)) // the first is the login
	made, diagnostics := p.made("kamiwaza_user", userFields("ada", nil))
	expect(t, diagnostics, "email", `User "ada" differs from the plan: The server answered with success but holds another value of email than planned: planned was `+
		`"ada@example.com", and it returned "eve@example.com". The state has what the server holds.`)
	expect(t, diagnostics, "full_name", `planned was null, and it returned "Eve"`)
	expect(t, diagnostics, "is_superuser", "planned was false, and it returned true")
	rejectWords(t, written(diagnostics), "from the configuration", "kept the old value")
	if state := p.attributesOf(made); state["id"] != id || state["email"] != "eve@example.com" || len(diagnostics) != 3 {
		t.Errorf("the state has %v:\n%s", state, written(diagnostics))
	}

	ada := s.newUser(t, rbac.UserCreate{Username: "ada"})
	i := p.imported("kamiwaza_user", ada.ID)
	config := with(userFields("ada", fields{"full_name": "Ada"}), "password", "never shown")
	plan := p.planOf(i, config)
	s.Server.Inject(authserver.Fault{Method: "PUT", Times: 1, Status: 200, Body: userBody(ada.ID, "ada@example.com", `"Eve"`, false)})
	_, diagnostics = p.applyOf(i, plan, config)
	expect(t, diagnostics, "full_name", `planned was "Ada", and it returned "Eve"`)
	rejectWords(t, written(diagnostics), "never shown")

	config = fields{"name": "acme", "idp_config": fields{"provider": "okta", "domain": "d", "client_id": "c", "additional_config": `{"key": "planned secret"}`}}
	p = newProtocol(t, s)
	answer("POST", fmt.Sprintf(`{"id": %q, "name": "acme", "description": "odd", "idp_config": {"provider": "okta", "domain": "d", "client_id": "c", "metadata_url": null,
		"additional_config": {"key": "other secret"}}, %s}`, id, at))
	_, diagnostics = p.made("kamiwaza_organization", config)
	expect(t, diagnostics, "idp_config", "holds another value of idp_config than planned. The state has")
	expect(t, diagnostics, "description", `planned was null, and it returned "odd"`)
	rejectWords(t, written(diagnostics), "planned secret", "other secret")
}

// Terraform keeps several sensitive paths of one object in random order, and takes another order for a change.
func TestProtocol_oneSensitivePath(t *testing.T) {
	p := unconfigured(t)
	for typeName, schema := range p.schemas.ResourceSchemas {
		var sensitive []string
		for at, attribute := range arguments("", schema.Block.Attributes) {
			if attribute.Sensitive {
				sensitive = append(sensitive, at)
			}
			if attribute.NestedType != nil && attribute.NestedType.Nesting != tfprotov6.SchemaObjectNestingModeSingle {
				t.Errorf("%s.%s may have any number of elements, which this test does not look into", typeName, at)
			}
		}
		if len(schema.Block.BlockTypes) > 0 {
			t.Errorf("%s has blocks, which this test does not look into", typeName)
		}
		if len(sensitive) > 1 {
			t.Errorf("%s has several sensitive attributes: %s", typeName, slices.Sorted(slices.Values(sensitive)))
		}
	}
}

// A new set says what it takes away, also when some of its elements are not known yet; and answers that leave the list
// out are an error in each call, and never an empty set.
func TestProtocol_setsInTheDark(t *testing.T) {
	t.Parallel()
	eachSetKind(t, authserver.Config{}, func(t *testing.T, s service, k setKind) {
		t.Helper()
		owner := k.newOwner("owner")
		elements := make([]string, 6)
		for i := range elements {
			elements[i] = k.newElement(fmt.Sprintf("e%d", i))
			if i < 2 {
				must(t, k.add(t.Context(), owner, elements[i]))
			}
		}
		typeName := "kamiwaza_" + k.typeName
		none := instance{typeName: typeName}
		removes := "Creating this removes " + k.element + "s that the " + k.owner + " has"
		for name, test := range map[string]struct {
			ids  any
			want []string
		}{
			"all known":         {[]any{elements[0]}, []string{removes, "has 1 " + k.element + "(s)", "They will be removed: " + elements[1]}},
			"all known, kept":   {[]any{elements[0], elements[1]}, nil},
			"some known":        {[]any{elements[0], unknown{}}, []string{removes, "unless they are among the 1 " + k.element + "(s) that are not known yet: " + elements[1]}},
			"some known, kept":  {[]any{elements[0], elements[1], unknown{}}, nil},
			"none known":        {[]any{unknown{}, unknown{}}, []string{removes, "has 2 " + k.element + "(s)", "among the 2 " + k.element + "(s)"}},
			"not even how many": {unknown{}, nil},
		} {
			out := written(newProtocol(t, s).planOf(none, fields{k.owner + "_id": owner, k.element + "_ids": test.ids}).Diagnostics)
			if wantWords(t, out, test.want...); test.want == nil && out != "" {
				t.Errorf("%s: %s", name, out)
			}
		}
		if plan := newProtocol(t, s).planOf(none, fields{k.owner + "_id": unknown{}, k.element + "_ids": []any{unknown{}}}); len(plan.Diagnostics) > 0 {
			t.Errorf("an owner to come: %s", written(plan.Diagnostics))
		}

		p := newProtocol(t, s)
		all := k.fields(owner, elements...)
		made, diagnostics := p.made(typeName, k.fields(owner, elements[:2]...))
		p.noErrors(diagnostics)
		plans := map[string]*tfprotov6.PlanResourceChangeResponse{
			"create": p.planOf(none, all), "update": p.planOf(made, all), "destroy": newProtocol(t, s).planOf(made, nil),
		}
		silent := fmt.Sprintf(`{"id": %q, "name": "owner", "username": "owner", "email": "owner@example.com", "is_active": true, "created_at": "2026-01-31T00:00:00"}`, owner)
		reads := []authserver.Fault{{Method: "GET", Status: 200, Body: silent}, {Method: "PUT", Status: 200, Body: silent}}
		if k.typeName == "group_members" {
			reads[0].Body = "[" + silent + "]"
			reads[0].Route, reads[1] = "/auth/users/", authserver.Fault{Method: "POST", Route: "/auth/users/{user_id}/groups/{group_id}", Status: 500}
		}
		before := k.held(owner)
		ids := func(i instance) []string { return p.set(p.stateType(typeName), i.state, k.element+"_ids") }
		for name, old := range map[string]instance{"create": none, "update": made, "destroy": made} {
			p := newProtocol(t, s)
			for _, fault := range reads {
				s.Server.Inject(fault)
			}
			left, diagnostics := p.applyOf(old, plans[name], map[string]fields{"create": all, "update": all}[name])
			s.Server.ClearFaults()
			if errorsIn(diagnostics) != 1 {
				t.Errorf("%s: %s", name, written(diagnostics))
			}
			switch value, err := left.state.Unmarshal(p.stateType(typeName)); {
			case err != nil || value.IsNull() != (name == "create"):
				t.Errorf("%s left the state %v", name, value)
			case name != "create" && !slices.Equal(ids(left), ids(made)):
				t.Errorf("%s left %v in the state", name, ids(left))
			}
			must(t, k.expectHeld(owner, before...)(nil))
		}
		p = newProtocol(t, s)
		s.Server.Inject(reads[0])
		read := p.tryRead(typeName, made.state, nil, made.private)
		s.Server.ClearFaults()
		expect(t, read.Diagnostics, "none", "Could not read set of "+k.element+"s")
		if value, err := read.NewState.Unmarshal(p.stateType(typeName)); err != nil || !slices.Equal(p.set(p.stateType(typeName), read.NewState, k.element+"_ids"), ids(made)) {
			t.Errorf("the read left %v", value)
		}
	})
}
