package provider_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
)

// What an error says is about the call that failed and the object that it was for.
func TestProtocol_adviceOnSets(t *testing.T) {
	t.Parallel()
	acctest.EachSetKind(t, authserver.Config{}, func(t *testing.T, s acctest.Service, k acctest.SetKind) {
		t.Helper()
		owner := k.NewOwner("owner")
		elements := make([]string, 6)
		for i := range elements {
			elements[i] = k.NewElement(fmt.Sprintf("e%d", i))
		}
		typeName := "kamiwaza_" + k.TypeName
		for _, n := range []int{1, 6} { // one call, or all at once
			for _, test := range []struct {
				status   int
				body, at string
				want     string
			}{
				{409, `{"detail": "Owner is locked"}`, "none", "409 Conflict: Owner is locked."},
				{400, `{"detail": "Owner is locked"}`, "none", "400 Bad Request: Owner is locked."},
				{422, `{"detail": [{"loc": ["body", "` + k.Element + `s", 0], "msg": "Odd id"}]}`, k.Element + "_ids", "was refused: Odd id."},
			} {
				if test.status == 422 && (n == 1 || !k.One) {
					continue // has no body
				}
				p := acctest.NewProtocol(t, s)
				plan := p.PlanOf(acctest.Instance{TypeName: typeName}, k.Fields(owner, elements[:n]...))
				p.NoErrors(plan.Diagnostics)
				for _, method := range []string{"POST", "PUT"} {
					s.Server.Inject(authserver.Fault{Method: method, Status: test.status, Body: test.body})
				}
				_, diagnostics := p.ApplyOf(acctest.Instance{TypeName: typeName}, plan, k.Fields(owner, elements[:n]...))
				s.Server.ClearFaults()
				expect(t, diagnostics, test.at, test.want)
				acctest.RejectWords(t, acctest.Written(diagnostics), "name", "console", "still in use", "There probably is")
			}
		}
	})
	s := acctest.Start(t, authserver.Config{})
	made := acctest.Seed(t, s)
	for typeName, ends := range map[string][2]string{"kamiwaza_group_member": {"group", "user"}, "kamiwaza_group_role": {"group", "role"}, "kamiwaza_role_right": {"role", "right"}} {
		group, err := s.API.Groups.Create(t.Context(), rbac.GroupCreate{Name: typeName})
		acctest.Must(t, err)
		role, err := s.API.Roles.Create(t.Context(), rbac.RoleCreate{Name: typeName})
		acctest.Must(t, err)
		from := map[string]string{"group": group.ID, "role": role.ID}[ends[0]]
		config := acctest.Fields{ends[0] + "_id": from, ends[1] + "_id": made.Identities["kamiwaza_"+ends[1]]["id"]}
		for _, status := range []int{400, 409} {
			p := acctest.NewProtocol(t, s)
			plan := p.PlanOf(acctest.Instance{TypeName: typeName}, config)
			p.NoErrors(plan.Diagnostics)
			s.Server.Inject(authserver.Fault{Method: "POST", Status: status, Body: `{"detail": "Locked"}`})
			_, diagnostics := p.ApplyOf(acctest.Instance{TypeName: typeName}, plan, config)
			s.Server.ClearFaults()
			expect(t, diagnostics, "none", fmt.Sprintf("answered %d", status))
			acctest.RejectWords(t, acctest.Written(diagnostics), "name", "console", "There probably is")
		}
	}
}

func TestProtocol_advice(t *testing.T) {
	s := acctest.Start(t, authserver.Config{})
	const user, group = "kamiwaza_user", "kamiwaza_group"
	none := acctest.Instance{TypeName: user}
	planned := func(p acctest.Protocol, i acctest.Instance, config acctest.Fields) *tfprotov6.PlanResourceChangeResponse {
		t.Helper()
		plan := p.PlanOf(i, config)
		p.NoErrors(plan.Diagnostics)
		return plan
	}

	// The login's own refusal is not about the resource.
	p := acctest.NewProtocol(t, s)
	config := acctest.UserFields("ada", nil)
	plan := planned(p, none, config)
	s.Server.Inject(authserver.Fault{Method: "POST", Route: "/auth/token", Status: 422, Body: `{"detail": [{"loc": ["body", "username"], "msg": "Field required"}]}`})
	made, diagnostics := p.ApplyOf(none, plan, config)
	s.Server.ClearFaults()
	expect(t, diagnostics, "none", "Field required")
	acctest.WantWords(t, acctest.Written(diagnostics), "The provider could not log in. Check username, password and login_method in the provider's configuration")
	if len(diagnostics) != 1 || p.AttributesOf(made) != nil {
		t.Errorf("the state is %v:\n%s", p.AttributesOf(made), acctest.Written(diagnostics))
	}

	// A refusal of the second call of a create says that the first one succeeded, and the state has it.
	p = acctest.NewProtocol(t, s)
	config = acctest.UserFields("ada", acctest.Fields{"is_active": false})
	plan = planned(p, none, config)
	s.Server.Inject(authserver.Fault{Method: "PUT", Times: 1, Status: 422, Body: `{"detail": [{"loc": ["body", "is_active"], "msg": "Not now"}]}`})
	made, diagnostics = p.ApplyOf(none, plan, config)
	expect(t, diagnostics, "is_active", "The user was created, but is still active: PUT /auth/users/")
	if id := p.AttributesOf(made)["id"]; id != s.MustUser(t, "ada").ID {
		t.Errorf("the state has the id %q", id)
	}

	// Deleted between plan and apply.
	acctest.Must(t, s.API.Users.Delete(t.Context(), s.MustUser(t, "ada").ID))
	for typeName, config := range map[string]acctest.Fields{
		user: acctest.UserFields("bob", nil), group: {"name": "bob"}, "kamiwaza_role": {"name": "bob"}, "kamiwaza_right": {"name": "bob"}, "kamiwaza_organization": {"name": "bob"},
	} {
		p := acctest.NewProtocol(t, s)
		made, diagnostics := p.Made(typeName, config)
		p.NoErrors(diagnostics)
		change := with(config, "description", "x")
		if typeName == user {
			change = with(config, "full_name", "x")
		}
		plan := planned(acctest.NewProtocol(t, s), made, change)
		s.Clear(t)
		kept, diagnostics := acctest.NewProtocol(t, s).ApplyOf(made, plan, change)
		expect(t, diagnostics, "none", "deleted after the plan was made. Plan and apply again, which creates it anew.")
		if p.AttributesOf(kept)["id"] != p.AttributesOf(made)["id"] {
			t.Errorf("%s: the state has %v", typeName, p.AttributesOf(kept))
		}
	}

	// Two groups exchange their names; and a new one has the name of an old one.
	p = acctest.NewProtocol(t, s)
	one, diagnostics := p.Made(group, acctest.Fields{"name": "one"})
	p.NoErrors(diagnostics)
	two, diagnostics := p.Made(group, acctest.Fields{"name": "two"})
	p.NoErrors(diagnostics)
	for _, swap := range []struct {
		acctest.Instance
		name string
	}{{one, "two"}, {two, "one"}} {
		p := acctest.NewProtocol(t, s)
		config := acctest.Fields{"name": swap.name}
		_, diagnostics := p.ApplyOf(swap.Instance, planned(p, swap.Instance, config), config)
		expect(t, diagnostics, "none", "409 Conflict")
		acctest.WantWords(t, acctest.Written(diagnostics), "to swap the names of two objects, first apply a temporary name for one of them")
		acctest.RejectWords(t, acctest.Written(diagnostics), "import")
	}
	_, diagnostics = acctest.NewProtocol(t, s).Made(group, acctest.Fields{"name": "one"})
	acctest.WantWords(t, acctest.Written(diagnostics), "There probably is a group of that name already", "replaced with create_before_destroy, run: terraform untaint ADDRESS")
}

// Whom an import, or a data source, finds by what it is given.
func TestProtocol_usersByName(t *testing.T) {
	s := acctest.Start(t, authserver.Config{})
	const composed, decomposed = "Jos\u00e9", "Jose\u0301"
	jose := s.NewUser(t, rbac.UserCreate{Username: composed, Email: "jose@example.com"})
	uuidlike := s.NewUser(t, rbac.UserCreate{Username: someID, Email: "uuid@example.com"})
	upper := s.NewUser(t, rbac.UserCreate{Username: "6F1C2B9E-4D3A-4C55-9F0E-0A7D3F1B2C4F", Email: "upper@example.com"})
	p := acctest.NewProtocol(t, s)
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
		resp, err := p.Server.ImportResourceState(t.Context(), &tfprotov6.ImportResourceStateRequest{TypeName: "kamiwaza_user", ID: text})
		acctest.Must(t, err)
		if test.want != "" {
			expect(t, resp.Diagnostics, "none", test.want)
			continue
		}
		p.NoErrors(resp.Diagnostics)
		if got := p.Texts(p.StateType("kamiwaza_user"), resp.ImportedResources[0].State)["id"]; got != test.id {
			t.Errorf("the import of %q found %q", text, got)
		}
	}
	for typeName, argument := range map[string]string{"kamiwaza_user": "username", "kamiwaza_user_access": "username"} {
		objectType := p.Schemas.DataSourceSchemas[typeName].ValueType()
		resp, err := p.Server.ReadDataSource(t.Context(), &tfprotov6.ReadDataSourceRequest{
			TypeName: typeName, Config: p.Encoded(objectType, acctest.Encode(t, objectType, acctest.Fields{argument: decomposed})),
		})
		acctest.Must(t, err)
		expect(t, resp.Diagnostics, "none", "Could not find user")
		acctest.WantWords(t, acctest.Written(resp.Diagnostics), jose.ID+" looks the same, but is encoded differently")
	}
}

// What the server made otherwise than planned is named with both values, unless they are secret.
func TestProtocol_differsFromThePlan(t *testing.T) {
	s := acctest.Start(t, authserver.Config{})
	const id, at = someID, `"created_at": "2026-01-31T00:00:00", "updated_at": "2026-01-31T00:00:00"`
	answer := func(method, body string) {
		s.Server.Inject(authserver.Fault{Method: method, After: 1, Times: 1, Status: 200, Body: body})
	}
	userBody := func(id, email, name string, super bool) string {
		return fmt.Sprintf(`{"id": %q, "username": "ada", "email": %q, "full_name": %s, "organization_id": null, "is_superuser": %v, "is_active": true,
			"external_id": null, "groups": [], %s, "last_login": null}`, id, email, name, super, at)
	}
	p := acctest.NewProtocol(t, s)
	answer("POST", userBody(id, "eve@example.com", `"Eve"`, true)) // the first is the login
	made, diagnostics := p.Made("kamiwaza_user", acctest.UserFields("ada", nil))
	expect(t, diagnostics, "email", `User "ada" differs from the plan: The server reported success, but its value of email differs from the plan: planned was `+
		`"ada@example.com", and it returned "eve@example.com". The state has what the server holds.`)
	expect(t, diagnostics, "full_name", `planned was null, and it returned "Eve"`)
	expect(t, diagnostics, "is_superuser", "planned was false, and it returned true")
	acctest.RejectWords(t, acctest.Written(diagnostics), "from the configuration", "kept the old value")
	if state := p.AttributesOf(made); state["id"] != id || state["email"] != "eve@example.com" || len(diagnostics) != 3 {
		t.Errorf("the state has %v:\n%s", state, acctest.Written(diagnostics))
	}

	ada := s.NewUser(t, rbac.UserCreate{Username: "ada"})
	i := p.Imported("kamiwaza_user", ada.ID)
	config := with(acctest.UserFields("ada", acctest.Fields{"full_name": "Ada"}), "password", "never shown")
	plan := p.PlanOf(i, config)
	s.Server.Inject(authserver.Fault{Method: "PUT", Times: 1, Status: 200, Body: userBody(ada.ID, "ada@example.com", `"Eve"`, false)})
	_, diagnostics = p.ApplyOf(i, plan, config)
	expect(t, diagnostics, "full_name", `planned was "Ada", and it returned "Eve"`)
	acctest.RejectWords(t, acctest.Written(diagnostics), "never shown")

	config = acctest.Fields{"name": "acme", "idp_config": acctest.Fields{"provider": "okta", "domain": "d", "client_id": "c", "additional_config": `{"key": "planned secret"}`}}
	p = acctest.NewProtocol(t, s)
	answer("POST", fmt.Sprintf(`{"id": %q, "name": "acme", "description": "odd", "idp_config": {"provider": "okta", "domain": "d", "client_id": "c", "metadata_url": null,
		"additional_config": {"key": "other secret"}}, %s}`, id, at))
	_, diagnostics = p.Made("kamiwaza_organization", config)
	expect(t, diagnostics, "idp_config", "its value of idp_config differs from the plan. The state has")
	expect(t, diagnostics, "description", `planned was null, and it returned "odd"`)
	acctest.RejectWords(t, acctest.Written(diagnostics), "planned secret", "other secret")
}

// Terraform keeps several sensitive paths of one object in random order, and takes another order for a change.
func TestProtocol_oneSensitivePath(t *testing.T) {
	p := acctest.Unconfigured(t)
	for typeName, schema := range p.Schemas.ResourceSchemas {
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
	acctest.EachSetKind(t, authserver.Config{}, func(t *testing.T, s acctest.Service, k acctest.SetKind) {
		t.Helper()
		owner := k.NewOwner("owner")
		elements := make([]string, 6)
		for i := range elements {
			elements[i] = k.NewElement(fmt.Sprintf("e%d", i))
			if i < 2 {
				acctest.Must(t, k.Add(t.Context(), owner, elements[i]))
			}
		}
		typeName := "kamiwaza_" + k.TypeName
		none := acctest.Instance{TypeName: typeName}
		removes := "Creating this removes " + k.Element + "s that the " + k.Owner + " has"
		for name, test := range map[string]struct {
			ids  any
			want []string
		}{
			"all known":         {[]any{elements[0]}, []string{removes, "has 1 " + k.Element + "(s)", "This resource is authoritative, so the apply removes them: " + elements[1]}},
			"all known, kept":   {[]any{elements[0], elements[1]}, nil},
			"some known":        {[]any{elements[0], acctest.Unknown{}}, []string{removes, "unless they are among the 1 " + k.Element + "(s) that are still unknown: " + elements[1]}},
			"some known, kept":  {[]any{elements[0], elements[1], acctest.Unknown{}}, nil},
			"none known":        {[]any{acctest.Unknown{}, acctest.Unknown{}}, []string{removes, "has 2 " + k.Element + "(s)", "among the 2 " + k.Element + "(s)"}},
			"not even how many": {acctest.Unknown{}, nil},
		} {
			out := acctest.Written(acctest.NewProtocol(t, s).PlanOf(none, acctest.Fields{k.Owner + "_id": owner, k.Element + "_ids": test.ids}).Diagnostics)
			if acctest.WantWords(t, out, test.want...); test.want == nil && out != "" {
				t.Errorf("%s: %s", name, out)
			}
		}
		if plan := acctest.NewProtocol(t, s).PlanOf(none, acctest.Fields{k.Owner + "_id": acctest.Unknown{}, k.Element + "_ids": []any{acctest.Unknown{}}}); len(plan.Diagnostics) > 0 {
			t.Errorf("an owner to come: %s", acctest.Written(plan.Diagnostics))
		}

		p := acctest.NewProtocol(t, s)
		all := k.Fields(owner, elements...)
		made, diagnostics := p.Made(typeName, k.Fields(owner, elements[:2]...))
		p.NoErrors(diagnostics)
		plans := map[string]*tfprotov6.PlanResourceChangeResponse{
			"create": p.PlanOf(none, all), "update": p.PlanOf(made, all), "destroy": acctest.NewProtocol(t, s).PlanOf(made, nil),
		}
		silent := fmt.Sprintf(`{"id": %q, "name": "owner", "username": "owner", "email": "owner@example.com", "is_active": true, "created_at": "2026-01-31T00:00:00"}`, owner)
		reads := []authserver.Fault{{Method: "GET", Status: 200, Body: silent}, {Method: "PUT", Status: 200, Body: silent}}
		if k.TypeName == "group_members" {
			reads[0].Body = "[" + silent + "]"
			reads[0].Route, reads[1] = "/auth/users/", authserver.Fault{Method: "POST", Route: "/auth/users/{user_id}/groups/{group_id}", Status: 500}
		}
		before := k.Held(owner)
		ids := func(i acctest.Instance) []string { return p.Set(p.StateType(typeName), i.State, k.Element+"_ids") }
		for name, old := range map[string]acctest.Instance{"create": none, "update": made, "destroy": made} {
			p := acctest.NewProtocol(t, s)
			for _, fault := range reads {
				s.Server.Inject(fault)
			}
			left, diagnostics := p.ApplyOf(old, plans[name], map[string]acctest.Fields{"create": all, "update": all}[name])
			s.Server.ClearFaults()
			if acctest.ErrorsIn(diagnostics) != 1 {
				t.Errorf("%s: %s", name, acctest.Written(diagnostics))
			}
			switch value, err := left.State.Unmarshal(p.StateType(typeName)); {
			case err != nil || value.IsNull() != (name == "create"):
				t.Errorf("%s left the state %v", name, value)
			case name != "create" && !slices.Equal(ids(left), ids(made)):
				t.Errorf("%s left %v in the state", name, ids(left))
			}
			acctest.Must(t, k.ExpectHeld(owner, before...)(nil))
		}
		p = acctest.NewProtocol(t, s)
		s.Server.Inject(reads[0])
		read := p.TryRead(typeName, made.State, nil, made.Private)
		s.Server.ClearFaults()
		expect(t, read.Diagnostics, "none", "Could not read set of "+k.Element+"s")
		if value, err := read.NewState.Unmarshal(p.StateType(typeName)); err != nil || !slices.Equal(p.Set(p.StateType(typeName), read.NewState, k.Element+"_ids"), ids(made)) {
			t.Errorf("the read left %v", value)
		}
	})
}
