package provider_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/querycheck"
	"github.com/hashicorp/terraform-plugin-testing/querycheck/queryfilter"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/authservertest"
)

// query runs the list blocks of an example on a service that has one of each type: without a CLI, and with one that has queries.
func query(t *testing.T, r acctest.CLI, file string) {
	t.Helper()
	var s acctest.Addressed
	if name := filepath.Base(filepath.Dir(file)); slices.Contains(gatewayExamples, name) || strings.HasSuffix(name, "gateway") {
		gateway := acctest.StartGateway(t, authserver.Config{})
		acctest.SeedGateway(t, gateway)
		s = gateway
	} else {
		rbac := acctest.Start(t, authserver.Config{})
		acctest.Seed(t, rbac)
		s = rbac
	}
	p := acctest.NewProtocol(t, s)
	listed := 0
	for _, block := range bodyOf(t, file).Blocks {
		if block.Type != "list" || block.Body.Attributes["for_each"] != nil { // The elements come from other lists.
			continue
		}
		var config acctest.Fields
		for _, inner := range block.Body.Blocks {
			config = fieldsOf(t, inner.Body)
		}
		all, diagnostics := p.List(block.Labels[0], config, 0)
		if len(all) == 0 || len(diagnostics) > 0 {
			t.Errorf("list.%s lists %q and says %s", strings.Join(block.Labels, "."), acctest.Names(all), acctest.Written(diagnostics))
		}
		listed++
	}
	if listed == 0 {
		t.Error("there is no list block")
	}
	t.Run("CLI", func(t *testing.T) {
		w := r.Prepare(t, file)
		w.Environment = append(slices.Clone(w.Environment),
			"KAMIWAZA_BASE_URL="+s.Address(), "KAMIWAZA_USERNAME="+authservertest.AdminUsername, "KAMIWAZA_PASSWORD="+authservertest.AdminPassword)
		w.Terraform(t, 0, "validate", "-query")
		out := w.Terraform(t, 0, "query")
		if found := strings.Count(out, "list.kamiwaza_"); found < listed || strings.Contains(strings.ReplaceAll(out, "Warning: Provider development overrides", ""), "Warning: ") {
			t.Errorf("%d list blocks list:\n%s", listed, out)
		}
	})
}

// fieldsOf are the values of a block of constants.
func fieldsOf(t *testing.T, body *hclsyntax.Body) acctest.Fields {
	t.Helper()
	fields := acctest.Fields{}
	for name, attribute := range body.Attributes {
		value, diags := attribute.Expr.Value(nil)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		fields[name] = plain(value)
	}
	return fields
}

// unlistable are the types that no API can list.
var unlistable = []string{"kamiwaza_subject"}

// TestProtocol_lists lists the types of the RBAC API, and imports what is listed.
func TestProtocol_lists(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, acctest.AuthserverDefaults)
	seeded := acctest.Seed(t, s)
	organization := seeded.Identities["kamiwaza_organization"]["id"]
	s.Put(t, "/auth/organizations/"+organization, `{"idp_config": {"provider": "okta", "domain": "acme.okta.com", "client_id": "0oa1",
		"additional_config": {"client_secret": "correct horse"}}}`)
	p := acctest.NewProtocol(t, s)
	for typeName := range p.Schemas.ListResourceSchemas {
		if slices.Contains(gatewayOnly, typeName) {
			wantRefusal(t, p, typeName, "gateway API", "RBAC API")
			continue
		}
		all, diagnostics := p.List(typeName, nil, 0)
		p.NoErrors(diagnostics)
		wantImportable(t, p, typeName, all)
		wantGenerated(t, p, typeName, all)
		if len(all) == 0 || typeName != "kamiwaza_user_groups" && len(all) != 1 { // The administrator has groups, too: none.
			t.Errorf("%s: the list has %q", typeName, acctest.Names(all))
		}
		if !slices.ContainsFunc(all, func(listed acctest.Listed) bool { return maps.Equal(listed.Identity, seeded.Identities[typeName]) }) {
			t.Errorf("%s: the list has %v, want %v", typeName, all, seeded.Identities[typeName])
		}
	}
	wantListed(t, p)
}

// TestProtocol_gatewayLists lists the types of the gateway API, and imports what is listed.
func TestProtocol_gatewayLists(t *testing.T) {
	t.Parallel()
	s := acctest.StartGateway(t, authserver.Config{})
	acctest.SeedGateway(t, s)
	p := acctest.NewProtocol(t, s)
	both := []string{"kamiwaza_user", "kamiwaza_group", "kamiwaza_group_member", "kamiwaza_group_members"}
	for typeName := range p.Schemas.ListResourceSchemas {
		if !slices.Contains(gatewayOnly, typeName) && !slices.Contains(both, typeName) {
			wantRefusal(t, p, typeName, "RBAC API", "gateway API")
			continue
		}
		all, diagnostics := p.List(typeName, nil, 0)
		p.NoErrors(diagnostics)
		wantImportable(t, p, typeName, all)
		wantGenerated(t, p, typeName, all)
		if len(all) != 1 {
			t.Errorf("%s: the list has %q", typeName, acctest.Names(all))
		}
	}
}

// TestProtocol_listsShareOneWalk counts the requests of a query for everything: each object is read once.
func TestProtocol_listsShareOneWalk(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, acctest.AuthserverDefaults)
	seeded := acctest.Seed(t, s)
	s.Asked()
	p := acctest.NewProtocol(t, s)
	for typeName := range seeded.Identities {
		_, diagnostics := p.List(typeName, nil, 0)
		p.NoErrors(diagnostics)
	}
	acctest.WantCounts(t, s.Asked(), map[string]int{
		"POST /auth/token": 1, "GET /auth/users/me": 1, "GET /auth/users/": 1, "GET /auth/organizations/{org_id}": 1, "GET /auth/groups/{group_id}": 1,
		"GET /auth/roles/{role_id}": 1, "GET /auth/rights/{right_id}": 1,
	})
}

// wantListed wants each type to have a list, unless it cannot be listed.
func wantListed(t *testing.T, p acctest.Protocol) {
	t.Helper()
	for typeName := range p.Schemas.ResourceSchemas {
		if p.Schemas.ListResourceSchemas[typeName] == nil && !slices.Contains(unlistable, typeName) {
			t.Errorf("%s has no list", typeName)
		}
	}
}

// wantRefusal wants the list of a type that the platform does not have to say so.
func wantRefusal(t *testing.T, p acctest.Protocol, typeName, needs, has string) {
	t.Helper()
	all, diagnostics := p.List(typeName, nil, 0)
	if len(all) > 0 || !acctest.Says(typeName+" is not available on this platform", needs, has).MatchString(acctest.Written(diagnostics)) {
		t.Errorf("%s: the list has %q and says %s", typeName, acctest.Names(all), acctest.Written(diagnostics))
	}
}

// wantImportable imports what a list has, by identity and by the display name: both lead to the same object, whose state is the one in
// the list, but for secrets, which no list has.
func wantImportable(t *testing.T, p acctest.Protocol, typeName string, all []acctest.Listed) {
	t.Helper()
	if names := acctest.Names(all); !slices.IsSorted(names) {
		t.Errorf("%s: the names are not in order: %q", typeName, names)
	}
	secrets := secretsOf(p.Schemas.ResourceSchemas[typeName].Block.Attributes, tftypes.NewAttributePath())
	for _, listed := range all {
		imported, problems := p.ImportByIdentity(typeName, listed.Identity)
		p.NoErrors(problems)
		read := p.Read(typeName, imported.State, imported.Identity, imported.Private)
		want, err := read.NewState.Unmarshal(p.StateType(typeName))
		acctest.Must(t, err)
		want, err = tftypes.Transform(want, func(at *tftypes.AttributePath, value tftypes.Value) (tftypes.Value, error) {
			if slices.ContainsFunc(secrets, at.Equal) {
				return tftypes.NewValue(value.Type(), nil), nil
			}
			return value, nil
		})
		acctest.Must(t, err)
		if got := tftypes.NewValue(p.StateType(typeName), listed.State); !got.Equal(want) {
			t.Errorf("%s %s: the list has\n%s\nand an import brings\n%s", typeName, listed.Name, got, want)
		}

		byName, err := p.Server.ImportResourceState(t.Context(), &tfprotov6.ImportResourceStateRequest{TypeName: typeName, ID: listed.Name})
		acctest.Must(t, err)
		if len(byName.ImportedResources) != 1 {
			t.Errorf("%s: an import does not take the display name %q: %s", typeName, listed.Name, acctest.Written(byName.Diagnostics))
		} else if got := p.Texts(p.IdentityType(typeName), byName.ImportedResources[0].Identity.IdentityData); !maps.Equal(got, listed.Identity) {
			t.Errorf("%s: the display name %q imports %v, want %v", typeName, listed.Name, got, listed.Identity)
		}
	}
}

// wantGenerated generates the configuration of what a list has. Planned after an import, it changes nothing, and it has no default.
func wantGenerated(t *testing.T, p acctest.Protocol, typeName string, all []acctest.Listed) {
	t.Helper()
	for _, listed := range all {
		state := p.Encoded(p.StateType(typeName), tftypes.NewValue(p.StateType(typeName), listed.State))
		config := p.Generated(acctest.Instance{TypeName: typeName, State: state})
		imported, problems := p.ImportByIdentity(typeName, listed.Identity)
		p.NoErrors(problems)
		read := p.Read(typeName, imported.State, imported.Identity, imported.Private)
		before, err := read.NewState.Unmarshal(p.StateType(typeName))
		acctest.Must(t, err)
		plan := p.PlanValue(acctest.Instance{TypeName: typeName, State: read.NewState, Private: read.Private}, config)
		p.NoErrors(plan.Diagnostics)
		after, err := plan.PlannedState.Unmarshal(p.StateType(typeName))
		acctest.Must(t, err)
		if !after.Equal(before) || len(plan.RequiresReplace) > 0 {
			t.Errorf("%s %s: the configuration\n%s\nplans\n%s\nafter an import of\n%s", typeName, listed.Name, config, after, before)
		}
		var values map[string]tftypes.Value
		acctest.Must(t, config.As(&values))
		for _, standard := range standards {
			if value, ok := values[standard]; ok && !value.IsNull() {
				t.Errorf("%s %s: the configuration has the default %s = %s", typeName, listed.Name, standard, value)
			}
		}
	}
}

// standards are arguments that have their defaults in all that these tests list.
var standards = []string{
	"adopt_existing", "deletion_protection", "on_destroy", "is_active", "is_superuser", "force_detach", "archived", "enabled", "terminate_active_sessions",
	"tenant", "audience", "authority", "schema_version", "sensitive", "force_withdraw",
}

// TestAccLists queries every type with Terraform itself, and no secret is in what "terraform query -json" prints.
func TestAccLists(t *testing.T) {
	t.Parallel()
	rbac := acctest.Start(t, authserver.Config{})
	seeded := acctest.Seed(t, rbac).Identities
	rbac.Put(t, "/auth/organizations/"+seeded["kamiwaza_organization"]["id"], `{"idp_config": {"provider": "okta", "domain": "acme.okta.com", "client_id": "0oa1",
		"additional_config": {"client_secret": "`+secret+`"}}}`)
	gateway := acctest.StartGateway(t, authserver.Config{})
	acctest.SeedGateway(t, gateway)
	for name, s := range map[string]configured{"rbac": rbac, "gateway": gateway} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := acctest.NewProtocol(t, s)
			config, checks := "", []querycheck.QueryResultCheck{noSecret{}}
			for _, typeName := range slices.Sorted(maps.Keys(p.Schemas.ListResourceSchemas)) {
				all, diagnostics := p.List(typeName, nil, 0)
				if acctest.ErrorsIn(diagnostics) > 0 {
					continue // The platform does not have the type.
				}
				config += fmt.Sprintf("list %q \"all\" {\n  provider = kamiwaza\n  include_resource = true\n}\n", typeName)
				checks = append(checks, querycheck.ExpectLength(typeName+".all", len(all)))
				identity := map[string]knownvalue.Check{}
				for attribute, value := range all[0].Identity {
					identity[attribute] = knownvalue.StringExact(value)
				}
				checks = append(checks, querycheck.ExpectIdentity(typeName+".all", identity),
					querycheck.ExpectResourceDisplayName(typeName+".all", queryfilter.ByResourceIdentity(identity), knownvalue.StringExact(all[0].Name)))
			}
			resource.Test(t, resource.TestCase{
				TerraformVersionChecks:   []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_14_0)},
				ProtoV6ProviderFactories: acctest.Factories,
				Steps:                    []resource.TestStep{{Query: true, Config: s.Config(config), QueryResultChecks: checks}},
			})
		})
	}
}

// configured is a service of either generation.
type configured interface {
	acctest.Addressed
	Config(body string) string
}

const secret = "a secret of the identity provider"

// noSecret checks that no object has the secret.
type noSecret struct{}

func (noSecret) CheckQuery(_ context.Context, req querycheck.CheckQueryRequest, resp *querycheck.CheckQueryResponse) {
	text, err := json.Marshal(req.Query)
	if err == nil && strings.Contains(string(text), secret) {
		err = fmt.Errorf("the secret is listed: %s", text)
	}
	resp.Error = err
}

// secretsOf are the paths of the sensitive attributes.
func secretsOf(attributes []*tfprotov6.SchemaAttribute, at *tftypes.AttributePath) (secrets []*tftypes.AttributePath) {
	for _, attribute := range attributes {
		inner := at.WithAttributeName(attribute.Name)
		if attribute.Sensitive {
			secrets = append(secrets, inner)
		}
		if attribute.NestedType != nil {
			secrets = append(secrets, secretsOf(attribute.NestedType.Attributes, inner)...)
		}
	}
	return secrets
}
