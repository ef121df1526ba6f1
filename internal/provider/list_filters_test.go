package provider_test

import (
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/gateway"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
)

// filtered is a list with a configuration: the names in it, or what the error says.
type filtered struct {
	typeName string
	config   acctest.Fields
	want     []string
	says     []string
}

func wantFiltered(t *testing.T, s acctest.Addressed, tests []filtered) {
	t.Helper()
	for _, test := range tests {
		all, diagnostics := acctest.NewProtocol(t, s).List(test.typeName, test.config, 0)
		if text := acctest.Written(diagnostics); (text == "") != (test.says == nil) || !acctest.Says(test.says...).MatchString(text) {
			t.Errorf("%s %v says %q, want %q", test.typeName, test.config, text, test.says)
		}
		if names := acctest.Names(all); !slices.Equal(names, test.want) {
			t.Errorf("%s %v lists %q, want %q", test.typeName, test.config, names, test.want)
		}
	}
}

// TestProtocol_listFilters filters the lists of the RBAC API.
func TestProtocol_listFilters(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, authserver.Config{})
	ctx := t.Context()
	seeded := acctest.Seed(t, s).Identities
	idle, err := s.API.Rights.Create(ctx, rbac.RightCreate{Name: "idle"})
	acctest.Must(t, err)
	spare, err := s.API.Roles.Create(ctx, rbac.RoleCreate{Name: "spare", Rights: []string{idle.ID}})
	acctest.Must(t, err)
	empty, err := s.API.Groups.Create(ctx, rbac.GroupCreate{Name: "empty", Roles: []string{spare.ID}})
	acctest.Must(t, err)
	slashes, err := s.API.Groups.Create(ctx, rbac.GroupCreate{Name: "a/b 100%"})
	acctest.Must(t, err)
	zoe := s.NewUser(t, rbac.UserCreate{Username: "zoe", Email: "zoe@example.com", Groups: []string{slashes.ID}})
	admins, ada, operator := seeded["kamiwaza_group"]["id"], seeded["kamiwaza_user"]["id"], seeded["kamiwaza_role"]["id"]
	restart := seeded["kamiwaza_right"]["id"]
	const nobody = "00000000-0000-4000-8000-000000000000"

	wantFiltered(t, s, []filtered{
		{"kamiwaza_group", nil, []string{"a/b 100%", "admins"}, nil},
		{"kamiwaza_group", acctest.Fields{"name_regex": "^ad"}, []string{"admins"}, nil},
		{"kamiwaza_group", acctest.Fields{"ids": []any{empty.ID, admins}}, []string{"a/b 100%", "admins", "empty"}, nil},
		{"kamiwaza_group", acctest.Fields{"ids": []any{empty.ID}, "name_regex": "y$"}, []string{"empty"}, nil},
		{"kamiwaza_group", acctest.Fields{"ids": []any{nobody}}, nil, []string{"Could not list groups", "group " + nobody, "Group not found"}},
		{"kamiwaza_role", acctest.Fields{"ids": []any{spare.ID}}, []string{"operator", "spare"}, nil},
		{"kamiwaza_right", acctest.Fields{"ids": []any{idle.ID}}, []string{"idle", "restart"}, nil},
		{"kamiwaza_organization", acctest.Fields{"name_regex": "x"}, nil, nil},

		{"kamiwaza_group_member", nil, []string{"a%2Fb 100%25/zoe", "admins/ada"}, nil},
		{"kamiwaza_group_member", acctest.Fields{"group_id": admins}, []string{"admins/ada"}, nil},
		{"kamiwaza_group_member", acctest.Fields{"user_id": zoe.ID}, []string{"a%2Fb 100%25/zoe"}, nil},
		{"kamiwaza_group_member", acctest.Fields{"group_id": admins, "user_id": zoe.ID}, nil, nil},
		{"kamiwaza_group_member", acctest.Fields{"group_id": "admins"}, nil, []string{"Could not list members of groups", "Invalid id: group_id"}},
		{"kamiwaza_group_role", acctest.Fields{"group_id": empty.ID}, []string{empty.ID + "/" + spare.ID}, nil},
		{"kamiwaza_group_role", acctest.Fields{"role_id": operator}, []string{"admins/operator"}, nil},
		{"kamiwaza_group_role", acctest.Fields{"group_id": nobody}, nil, []string{"Could not list roles of groups", "Group not found"}},
		{"kamiwaza_role_right", acctest.Fields{"right_id": restart}, []string{"operator/restart"}, nil},
		{"kamiwaza_role_right", acctest.Fields{"role_id": spare.ID}, []string{spare.ID + "/" + idle.ID}, nil},

		{"kamiwaza_group_members", nil, []string{"a/b 100%", "admins"}, nil},
		{"kamiwaza_group_members", acctest.Fields{"user_id": ada}, []string{"admins"}, nil},
		{"kamiwaza_group_members", acctest.Fields{"group_id": empty.ID}, []string{empty.ID}, nil},
		{"kamiwaza_group_members", acctest.Fields{"group_id": nobody}, nil, []string{"Could not list sets of users", "Group not found"}},
		{"kamiwaza_user_groups", acctest.Fields{"group_id": admins}, []string{"ada"}, nil},
		{"kamiwaza_user_groups", acctest.Fields{"user_id": zoe.ID}, []string{"zoe"}, nil},
		{"kamiwaza_group_roles", acctest.Fields{"role_id": operator}, []string{"admins"}, nil},
		{"kamiwaza_role_rights", acctest.Fields{"role_id": spare.ID, "right_id": idle.ID}, []string{spare.ID}, nil},
	})
	p := acctest.NewProtocol(t, s)
	for _, typeName := range []string{"kamiwaza_group", "kamiwaza_group_member", "kamiwaza_group_members"} {
		all, diagnostics := p.List(typeName, nil, 0)
		p.NoErrors(diagnostics)
		wantImportable(t, p, typeName, all) // names with slashes, too
	}
}

// TestProtocol_listsAreWhole fails where part of the walk cannot be read, instead of listing less.
func TestProtocol_listsAreWhole(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, authserver.Config{})
	acctest.Seed(t, s)
	s.Server.Inject(authserver.Fault{Method: "GET", Route: "/auth/roles/{role_id}", Status: 403, Body: `{"detail": "Only on weekdays"}`})
	for _, typeName := range []string{"kamiwaza_role", "kamiwaza_right", "kamiwaza_group_role", "kamiwaza_role_right", "kamiwaza_role_rights"} {
		all, diagnostics := acctest.NewProtocol(t, s).List(typeName, nil, 0)
		if len(all) > 0 || !acctest.Says("Could not list", "Only on weekdays").MatchString(acctest.Written(diagnostics)) {
			t.Errorf("%s lists %q and says %q", typeName, acctest.Names(all), acctest.Written(diagnostics))
		}
	}
}

// TestProtocol_rowsFail reports an object that cannot be read as an error in its place.
func TestProtocol_rowsFail(t *testing.T) {
	t.Parallel()
	s := acctest.StartGateway(t, authserver.Config{})
	acctest.SeedGateway(t, s)
	s.Server.Inject(authserver.Fault{Method: "GET", Route: "/authz/groups/{group_id}/members", Status: 403, Body: `{"detail": "Only on weekdays"}`})
	all, diagnostics := acctest.NewProtocol(t, s).List("kamiwaza_group_members", nil, 0)
	if len(all) > 0 || !acctest.Says("Could not read set of users", "Only on weekdays").MatchString(acctest.Written(diagnostics)) {
		t.Errorf("the list has %q and says %q", acctest.Names(all), acctest.Written(diagnostics))
	}
}

// TestProtocol_gatewayListFilters filters the lists of the gateway API.
func TestProtocol_gatewayListFilters(t *testing.T) {
	t.Parallel()
	s := acctest.StartGateway(t, authserver.Config{})
	acctest.SeedGateway(t, s)
	s.User("bela")
	ada, bela := s.SubjectID(t, "ada"), s.SubjectID(t, "bela")
	s.Send("POST", "/authz/groups/", map[string]any{"name": "empty"})
	room := s.Server.Snapshot().Workrooms[0].ID
	s.Send("POST", "/workrooms/", map[string]any{"name": "Scratch", "type": "ephemeral"})
	theirs := s.Login("bela")
	theirs.Send("POST", "/workrooms/", map[string]any{"name": "Theirs", "type": "persistent"})
	s.Send("POST", "/auth/idp/register", map[string]any{"provider": "oidc", "oidc": map[string]any{
		"alias": "other", "issuer": "https://other.example.com", "client_id": "kamiwaza", "client_secret": "secret",
	}})
	tuple := func(subject, relation, namespace, id string) {
		s.Send("POST", "/auth/tuples", map[string]any{
			"subject": map[string]any{"namespace": "user", "id": subject}, "relation": relation, "object": map[string]any{"namespace": namespace, "id": id},
		})
	}
	tuple(bela, "owner", "model", "forecast/7b")
	s.Send("PUT", "/cluster/attribute-schema/retired", map[string]any{"type": "string"})
	s.Send("DELETE", "/cluster/attribute-schema/retired", nil)
	s.Send("POST", "/auth/pats", map[string]any{"name": "old", "ttl_seconds": 3600, "scope": "read"})
	group, pat := "", ""
	for _, g := range s.Server.Snapshot().Groups {
		if g.Name == "analysts" {
			group = g.ID
		}
	}
	tuple(ada, "member", "group", group) // as the platform may keep members
	for _, token := range s.Server.Snapshot().PATs {
		if acctest.Text(token.Name) == "old" {
			s.Send("DELETE", "/auth/pats/"+token.JTI, nil)
		} else {
			pat = token.JTI
		}
	}
	viewer := "dataset/urn:li:dataset:sales/user/" + ada + "/viewer"
	viewerTuple := "__default__/user:" + ada + "/viewer/dataset:urn:li:dataset:sales"
	ownerTuple := "__default__/user:" + bela + "/owner/model:forecast%2F7b"
	memberTuple := "__default__/user:" + ada + "/member/group:" + group

	wantFiltered(t, s, []filtered{
		{"kamiwaza_group", acctest.Fields{"name_regex": "^an"}, []string{"analysts"}, nil},
		{"kamiwaza_group", acctest.Fields{"ids": []any{"00000000-0000-4000-8000-000000000000"}}, nil, []string{"ids is not available", "lists all groups"}},
		{"kamiwaza_group_member", acctest.Fields{"user_id": ada}, []string{"analysts/ada"}, nil},
		{"kamiwaza_group_member", acctest.Fields{"user_id": bela}, nil, nil},
		{"kamiwaza_group_members", nil, []string{"analysts", "empty"}, nil},
		{"kamiwaza_group_members", acctest.Fields{"user_id": ada}, []string{"analysts"}, nil},
		{"kamiwaza_group_members", acctest.Fields{"group_id": "nothing"}, nil, []string{"Could not list sets of users", "404"}},

		{"kamiwaza_group_mapping", acctest.Fields{"idp_group_path": "/engineering/ml"}, []string{"https:%2F%2Flogin.example.com/%2Fengineering%2Fml/analysts"}, nil},
		{"kamiwaza_group_mapping", acctest.Fields{"local_group_name": "empty"}, nil, nil},
		{"kamiwaza_group_mapping", acctest.Fields{"issuer": "https://other.example.com"}, nil, nil},
		{"kamiwaza_identity_provider", acctest.Fields{"name_regex": "^lark"}, []string{"larkspur"}, nil},
		{"kamiwaza_attribute", nil, []string{"clearance"}, nil},
		{"kamiwaza_attribute", acctest.Fields{"name_regex": "x"}, nil, nil},
		{"kamiwaza_personal_access_token", nil, []string{pat}, nil},
		{"kamiwaza_personal_access_token", acctest.Fields{"name_regex": "old"}, nil, nil},

		{"kamiwaza_relationship_tuple", nil, slices.Sorted(slices.Values([]string{viewerTuple, ownerTuple})), nil},
		{"kamiwaza_relationship_tuple", acctest.Fields{"object_namespace": "group"}, []string{memberTuple}, nil},
		{"kamiwaza_relationship_tuple", acctest.Fields{"relation": "owner"}, []string{ownerTuple}, nil},
		{"kamiwaza_relationship_tuple", acctest.Fields{"subject_id": ada}, []string{viewerTuple}, nil},
		{"kamiwaza_relationship_tuple", acctest.Fields{"tenant": "another"}, nil, nil},
		{"kamiwaza_resource_grant", acctest.Fields{"object_namespace": "dataset", "object_id": "urn:li:dataset:sales"}, []string{viewer}, nil},
		{"kamiwaza_resource_grant", acctest.Fields{"relation": "viewer"}, []string{viewer}, nil},
		{"kamiwaza_resource_grant", acctest.Fields{"subject_id": bela}, []string{"model/forecast%2F7b/user/" + bela + "/owner"}, nil},
		{"kamiwaza_resource_grant", acctest.Fields{"object_id": "urn:li:dataset:sales"}, nil, []string{"Object_id needs object_namespace"}},
		{"kamiwaza_resource_grants", nil, []string{"dataset/urn:li:dataset:sales"}, nil},
		{"kamiwaza_resource_grants", acctest.Fields{"subject_id": bela}, nil, nil},

		{"kamiwaza_workroom", nil, []string{"Forecasts"}, nil},
		{"kamiwaza_workroom", acctest.Fields{"all_users": true}, []string{"Forecasts", "Theirs"}, nil},
		{"kamiwaza_workroom", acctest.Fields{"all_users": true, "name_regex": "^T"}, []string{"Theirs"}, nil},
		{"kamiwaza_workroom_member", acctest.Fields{"workroom_id": room}, []string{"Forecasts/ada@example.com"}, nil},
		{"kamiwaza_workroom_member", acctest.Fields{"user_id": bela}, nil, nil},
		{"kamiwaza_workroom_member", acctest.Fields{"workroom_id": "00000000-0000-4000-8000-000000000000"}, nil, []string{"Could not list members of workrooms", "in no persistent workroom"}},
		{"kamiwaza_workroom_members", acctest.Fields{"user_id": ada}, []string{"Forecasts"}, nil},
		{"kamiwaza_workroom_members", acctest.Fields{"user_id": bela}, nil, nil},
	})
}

// TestProtocol_listsOfEarlierPlatforms says what a platform lacks.
func TestProtocol_listsOfEarlierPlatforms(t *testing.T) {
	t.Parallel()
	s := acctest.StartGateway(t, authserver.Config{API: gateway.Behavior{Platform: gateway.Platform102}})
	wantFiltered(t, s, []filtered{
		{"kamiwaza_group", nil, nil, []string{"Could not list groups", "1.2 and later have them"}},
		{"kamiwaza_group_mapping", nil, nil, []string{"Could not list group mappings", "Group mappings need platform 1.2 and later"}},
	})
}

// TestProtocol_listValidation finds mistakes before anything is listed.
func TestProtocol_listValidation(t *testing.T) {
	t.Parallel()
	p := acctest.Unconfigured(t)
	server := p.Server.(tfprotov6.ListResourceServer)
	for typeName, test := range map[string]struct {
		config acctest.Fields
		says   string
	}{
		"kamiwaza_user":         {acctest.Fields{"username_regex": "("}, "Invalid regular expression"},
		"kamiwaza_group":        {acctest.Fields{"name_regex": "("}, "Invalid regular expression"},
		"kamiwaza_role":         {acctest.Fields{"ids": []any{"operator"}}, "Invalid id"},
		"kamiwaza_role_right":   {acctest.Fields{"role_id": "operator"}, "Invalid id"},
		"kamiwaza_group_member": {acctest.Fields{"user_id": ""}, "string length must be at least 1"},
	} {
		objectType := p.Schemas.ListResourceSchemas[typeName].ValueType()
		resp, err := server.ValidateListResourceConfig(t.Context(), &tfprotov6.ValidateListResourceConfigRequest{
			TypeName: typeName, Config: p.Encoded(objectType, acctest.Encode(t, objectType, test.config)),
		})
		acctest.Must(t, err)
		if !acctest.Says(test.says).MatchString(acctest.Written(resp.Diagnostics)) {
			t.Errorf("%s %v: %s", typeName, test.config, acctest.Written(resp.Diagnostics))
		}
	}
}

// TestProtocol_listsLeaveOut leaves out what the platform manages itself.
func TestProtocol_listsLeaveOut(t *testing.T) {
	t.Parallel()
	s := acctest.StartGateway(t, authserver.Config{})
	s.Server.Inject(authserver.Fault{Method: "GET", Route: "/auth/idp/providers", Status: 200, Body: `{"idp_management_enabled": true, "providers": [
		{"alias": "federation-north", "provider_id": "oidc", "enabled": true}, {"alias": "larkspur", "provider_id": "oidc", "enabled": true}]}`})
	s.Server.Inject(authserver.Fault{Method: "GET", Route: "/workrooms/", Status: 200, Body: `{"items": [
		{"id": "ffffffff-ffff-ffff-ffff-ffffffffffff", "name": "Global", "type": "persistent", "status": "active", "owner_user_id": "system", "tenant_id": "__default__"},
		{"id": "11111111-1111-4111-8111-111111111111", "name": "Ours", "type": "persistent", "status": "active", "owner_user_id": "a", "tenant_id": "__default__"}],
		"total": 2}`})
	for typeName, want := range map[string]string{"kamiwaza_identity_provider": "larkspur", "kamiwaza_workroom": "Ours"} {
		all, _ := acctest.NewProtocol(t, s).List(typeName, nil, 0)
		names := acctest.Names(all)
		if !slices.Equal(names, []string{want}) {
			t.Errorf("%s lists %q, want %q", typeName, names, want)
		}
	}
}
