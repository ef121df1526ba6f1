package user_test

import (
	"maps"
	"reflect"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	rbacserver "github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/rbac"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
)

// What a refused create leads to: who is adopted, and otherwise what the error says and that nothing was changed.
func TestProtocol_adoption(t *testing.T) {
	t.Parallel()
	adopting := acctest.Fields{"adopt_existing": true, "is_superuser": true, "email": "new@example.com"}
	for name, test := range map[string]struct {
		behavior rbacserver.Behavior
		existing rbac.UserCreate
		refusal  string // of the create, by a fault
		status   int
		config   acctest.Fields
		adopted  bool
		want     []string
		not      []string
	}{
		"a name that differs in case": {
			existing: rbac.UserCreate{Username: "ada"}, status: 400, refusal: "Password too weak", config: acctest.UserFields("Ada", adopting),
			want: []string{"Password too weak", "differs from \"Ada\" in upper and lower case"},
		},
		"a name that the server folds": {
			behavior: rbacserver.Behavior{Case: rbacserver.CaseFoldCompare}, existing: rbac.UserCreate{Username: "ada"}, config: acctest.UserFields("Ada", adopting),
			want: []string{"409 Conflict", `set username = "ada"`},
		},
		"a weak password": {
			existing: rbac.UserCreate{Username: "ada"}, status: 400, refusal: "Password too weak", config: acctest.UserFields("ada", adopting),
			want: []string{"Password too weak", "the refusal is not about the username"}, not: []string{"import {", "No user with"},
		},
		"an address of somebody else": {
			behavior: rbacserver.Behavior{UniqueEmails: true}, existing: rbac.UserCreate{Username: "ada"}, status: 409, refusal: "Email already registered",
			config: acctest.UserFields("ada", acctest.Fields{"adopt_existing": true, "email": "admin@example.com"}),
			want:   []string{"Email already registered", `"admin@example.com" belongs to the user "admin"`},
		},
		"an address of nobody": {
			existing: rbac.UserCreate{Username: "ada"}, status: 400, refusal: "This e-mail address is blocked", config: acctest.UserFields("ada", adopting),
			want: []string{"the refusal is not about the username"}, not: []string{"belongs to"},
		},
		"an address of her own": {
			existing: rbac.UserCreate{Username: "ada"}, status: 409, refusal: "Email already registered",
			config: acctest.UserFields("ada", acctest.Fields{"adopt_existing": true, "is_superuser": true}), adopted: true,
		},
		"a weak password for nobody": {
			existing: rbac.UserCreate{Username: "bob"}, status: 400, refusal: "Password too weak", config: acctest.UserFields("ada", adopting),
			want: []string{"Password too weak"}, not: []string{"No user with", "name is taken"},
		},
		"a list that fails": {
			existing: rbac.UserCreate{Username: "ada"}, config: acctest.UserFields("ada", adopting),
			want: []string{"409 Conflict", "exists could not be found out"}, not: []string{"No user with"},
		},
		"a taken address": {
			behavior: rbacserver.Behavior{UniqueEmails: true}, existing: rbac.UserCreate{Username: "bob", Email: "ada@example.com"}, config: acctest.UserFields("ada", nil),
			want: []string{"Email already registered", `The e-mail address "ada@example.com" belongs to the user "bob"`}, not: []string{"user of that name", "import {"},
		},
		"without the argument": {
			existing: rbac.UserCreate{Username: "ada"}, config: acctest.UserFields("ada", nil), want: []string{"The user exists already", "terraform untaint ADDRESS"},
		},
		"a duplicate": {existing: rbac.UserCreate{Username: "ada"}, config: acctest.UserFields("ada", adopting), adopted: true},
		"a duplicate, answered with 400": {
			behavior: rbacserver.Behavior{DuplicateStatus: 400}, existing: rbac.UserCreate{Username: "ada"}, config: acctest.UserFields("ada", adopting), adopted: true,
		},
		"an external id that is left out": {
			existing: rbac.UserCreate{Username: "ada", ExternalID: "hr-1"}, config: acctest.UserFields("ada", adopting), adopted: true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := acctest.Start(t, authserver.Config{API: test.behavior})
			existing := s.NewUser(t, test.existing)
			before := s.MustUser(t, test.existing.Username)
			if name == "a list that fails" {
				s.Server.Inject(authserver.Fault{Method: "GET", Route: "/auth/users/", Status: 403})
			}
			if test.refusal != "" {
				s.Server.Inject(authserver.Fault{Method: "POST", Route: "/auth/users/local", Status: test.status, Body: `{"detail": "` + test.refusal + `"}`})
			}
			p := acctest.NewProtocol(t, s)
			made, diagnostics := p.Made("kamiwaza_user", test.config)
			out := acctest.Written(diagnostics)
			after := s.MustUser(t, test.existing.Username)
			if !test.adopted {
				if acctest.ErrorsIn(diagnostics) != 1 || p.AttributesOf(made) != nil || !reflect.DeepEqual(before, after) || len(s.Server.Snapshot().Users) != 2 {
					t.Errorf("%d errors, state %v, the server had %+v and has %+v", acctest.ErrorsIn(diagnostics), p.AttributesOf(made), before, after)
				}
				acctest.WantWords(t, out, test.want...)
				acctest.RejectWords(t, out, test.not...)
				return
			}
			p.NoErrors(diagnostics)
			state := p.AttributesOf(made)
			if state["id"] != existing.ID || !after.IsSuperuser || after.Email != test.config["email"] || state["external_id"] != existing.ExternalID {
				t.Errorf("the state has %v, the server %+v", state, after)
			}
			if planned := acctest.NewProtocol(t, s).PlanOf(made, test.config); len(planned.Diagnostics) > 0 || !reflect.DeepEqual(p.Texts(p.StateType("kamiwaza_user"), planned.PlannedState), state) {
				t.Errorf("the next plan has %v, want the state, %v\n%s", p.Texts(p.StateType("kamiwaza_user"), planned.PlannedState), state, acctest.Written(planned.Diagnostics))
			}
		})
	}
}

// What the plan says before anybody is adopted.
func TestProtocol_adoptionPlan(t *testing.T) {
	s := acctest.Start(t, authserver.Config{})
	ada := s.NewUser(t, rbac.UserCreate{Username: "ada", ExternalID: "hr-1"})
	bob := s.NewUser(t, rbac.UserCreate{Username: "bob"})
	s.Put(t, "/auth/users/"+bob.ID, `{"is_active": false}`)
	adopting := func(username string, changes acctest.Fields) acctest.Fields {
		config := acctest.UserFields(username, acctest.Fields{"adopt_existing": true})
		maps.Copy(config, changes)
		return config
	}
	label := `user "ada" (` + ada.ID + `)`
	const user = "kamiwaza_user"
	for name, test := range map[string]struct {
		config    acctest.Fields
		want, not []string
		errors    int
	}{
		"nobody":                   {config: adopting("zoe", nil), not: []string{"adopt"}},
		"another case":             {config: adopting("Ada", nil), not: []string{"adopt"}},
		"somebody":                 {config: adopting("ada", nil), want: []string{"This adopts the existing " + label}, not: []string{"log in again"}},
		"somebody inactive":        {config: adopting("bob", nil), want: []string{"This adopts the existing user \"bob\"", "lets it log in again"}},
		"who stays inactive":       {config: adopting("bob", acctest.Fields{"is_active": false}), want: []string{"This adopts"}, not: []string{"log in again"}},
		"without the argument":     {config: acctest.UserFields("ada", nil), not: []string{"adopt"}},
		"another external id":      {config: adopting("ada", acctest.Fields{"external_id": "hr-2"}), errors: 1, want: []string{`ERROR at "external_id"`, `Its external_id is "hr-1"`}},
		"no external id":           {config: adopting("ada", acctest.Fields{"external_id": ""}), errors: 1, want: []string{`Its external_id is "hr-1"`}},
		"the same external id":     {config: adopting("ada", acctest.Fields{"external_id": "hr-1"}), want: []string{"This adopts"}},
		"oneself, demoted":         {config: adopting("admin", nil), errors: 1, want: []string{"The provider would lock itself out", "takes the superuser flag"}},
		"oneself, deactivated":     {config: adopting("admin", acctest.Fields{"is_superuser": true, "is_active": false}), errors: 1, want: []string{"The provider would lock itself out", "deactivates"}},
		"oneself, left a user":     {config: adopting("admin", acctest.Fields{"is_superuser": true}), want: []string{"This adopts"}},
		"a name to come":           {config: adopting("ada", acctest.Fields{"username": acctest.Unknown{}}), not: []string{"adopt"}},
		"without a password":       {config: adopting("ada", acctest.Fields{"password": nil}), errors: 1, want: []string{"A new user needs a password"}},
		"an external id to come":   {config: adopting("ada", acctest.Fields{"external_id": acctest.Unknown{}}), want: []string{"This adopts"}},
		"a superuser flag to come": {config: adopting("admin", acctest.Fields{"is_superuser": acctest.Unknown{}}), want: []string{"This adopts"}, not: []string{"lock itself out"}},
	} {
		t.Run(name, func(t *testing.T) {
			resp := acctest.NewProtocol(t, s).PlanOf(acctest.Instance{TypeName: user}, test.config)
			out := acctest.Written(resp.Diagnostics)
			if n := acctest.ErrorsIn(resp.Diagnostics); n != test.errors {
				t.Errorf("%d errors, want %d:\n%s", n, test.errors, out)
			}
			acctest.WantWords(t, out, test.want...)
			acctest.RejectWords(t, out, test.not...)
		})
	}

	// What was not known at plan time must not lock the provider out during the apply.
	p, objectType := acctest.NewProtocol(t, s), acctest.NewProtocol(t, s).StateType(user)
	config := adopting("admin", nil)
	plan := p.PlanOf(acctest.Instance{TypeName: user}, adopting("zoe", nil))
	p.NoErrors(plan.Diagnostics)
	value, err := plan.PlannedState.Unmarshal(objectType)
	acctest.Must(t, err)
	var planned map[string]tftypes.Value
	acctest.Must(t, value.As(&planned))
	planned["username"], planned["email"] = tftypes.NewValue(tftypes.String, "admin"), tftypes.NewValue(tftypes.String, "admin@example.com")
	plan.PlannedState = p.Encoded(objectType, tftypes.NewValue(objectType, planned))
	_, diagnostics := p.ApplyOf(acctest.Instance{TypeName: user}, plan, config)
	acctest.WantWords(t, acctest.Written(diagnostics), "The provider would lock itself out", "The existing user was not adopted")
	if !s.MustUser(t, "admin").IsSuperuser {
		t.Error("the administrator is no superuser any more")
	}

	// Two resources with one username, in each order; keep is one that has the user already.
	owned := acctest.NewProtocol(t, s).Imported(user, bob.ID)
	kept := acctest.UserFields("bob", acctest.Fields{"is_active": false, "password": nil})
	taking := adopting("bob", nil)
	plans := map[string]func(p acctest.Protocol) string{
		"create": func(p acctest.Protocol) string {
			return acctest.Written(p.PlanOf(acctest.Instance{TypeName: user}, taking).Diagnostics)
		},
		"keep": func(p acctest.Protocol) string {
			p.Refreshed(owned)
			return acctest.Written(p.PlanOf(owned, kept).Diagnostics)
		},
		"destroy": func(p acctest.Protocol) string { return acctest.Written(p.PlanOf(owned, nil).Diagnostics) },
		"replace": func(p acctest.Protocol) string {
			return acctest.Written(p.PlanOf(owned, acctest.UserFields("bill", nil)).Diagnostics)
		},
	}
	for _, pair := range []struct{ first, second, want string }{
		{"create", "keep", "error at \"\": Two resources would manage user \"bob\""},
		{"keep", "create", "error at \"\": Two resources would manage user \"bob\""},
		{"create", "create", "error at \"\": Two resources would manage user \"bob\""},
		{"create", "destroy", "One resource adopts user \"bob\""},
		{"destroy", "create", "One resource adopts user \"bob\""},
		{"create", "replace", "One resource adopts user \"bob\""},
		{"replace", "create", "One resource adopts user \"bob\""},
	} {
		p := acctest.NewProtocol(t, s)
		first, second := plans[pair.first](p), plans[pair.second](p)
		if out := strings.ToLower(second); !acctest.Says(strings.ToLower(pair.want)).MatchString(out) {
			t.Errorf("%s, then %s:\n%s\n%s\nwant %q", pair.first, pair.second, first, second, pair.want)
		}
	}
}

// Two resources with one username, of which nobody knows at plan time: the second is an error.
func TestProtocol_adoptsNoneOfItsOwn(t *testing.T) {
	s := acctest.Start(t, authserver.Config{})
	config := acctest.UserFields("ada", acctest.Fields{"adopt_existing": true})
	p := acctest.NewProtocol(t, s)
	first, diagnostics := p.Made("kamiwaza_user", config)
	p.NoErrors(diagnostics)
	before := s.MustUser(t, "ada")
	plan := acctest.NewProtocol(t, s).PlanOf(acctest.Instance{TypeName: "kamiwaza_user"}, config) // by a run that has not created her
	second, diagnostics := p.ApplyOf(acctest.Instance{TypeName: "kamiwaza_user"}, plan, config)
	acctest.WantWords(t, acctest.Written(diagnostics), p.AttributesOf(first)["id"], "another resource of this configuration manages it")
	if p.AttributesOf(second) != nil || !reflect.DeepEqual(before, s.MustUser(t, "ada")) {
		t.Errorf("the second has %v", p.AttributesOf(second))
	}
}

// A destruction and an adoption of one user at the same time, as often as it takes to meet in each order.
func TestProtocol_adoptionMeetsDestruction(t *testing.T) {
	s := acctest.Start(t, authserver.Config{})
	for _, onDestroy := range []string{"delete", "deactivate"} {
		for range 20 {
			config := acctest.UserFields("ada", acctest.Fields{"on_destroy": onDestroy, "adopt_existing": true})
			owner := acctest.NewProtocol(t, s)
			old, diagnostics := owner.Made("kamiwaza_user", config)
			owner.NoErrors(diagnostics)
			planned := acctest.NewProtocol(t, s)
			destroy := planned.PlanOf(old, nil) // first, and so it knows nothing of the other
			create := planned.PlanOf(acctest.Instance{TypeName: "kamiwaza_user"}, config)
			applied := acctest.NewProtocol(t, s)
			done := make(chan struct{})
			go func() {
				defer close(done)
				applied.ApplyOf(old, destroy, nil)
			}()
			made, diagnostics := applied.ApplyOf(acctest.Instance{TypeName: "kamiwaza_user"}, create, config)
			<-done
			applied.NoErrors(diagnostics)
			if user := s.MustUser(t, "ada"); user.ID != applied.AttributesOf(made)["id"] || !user.IsActive {
				t.Fatalf("the state has %v, the server %+v", applied.AttributesOf(made), user)
			}
			acctest.Must(t, s.API.Users.Delete(t.Context(), s.MustUser(t, "ada").ID))
		}
	}
}
