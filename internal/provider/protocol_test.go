package provider_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
)

func TestProtocol_schemaIsValid(t *testing.T) {
	server, err := acctest.Factories["kamiwaza"]()
	acctest.Must(t, err)
	resp, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	acctest.Must(t, err)
	if len(resp.Diagnostics) != 0 {
		t.Fatalf("%s: %s", resp.Diagnostics[0].Summary, resp.Diagnostics[0].Detail)
	}
	schemas := map[string]*tfprotov6.Schema{"provider": resp.Provider}
	maps.Copy(schemas, resp.ResourceSchemas)
	for typeName, schema := range resp.DataSourceSchemas {
		schemas["data."+typeName] = schema
	}
	for typeName, schema := range resp.EphemeralResourceSchemas {
		schemas["ephemeral."+typeName] = schema
	}
	for typeName, schema := range schemas {
		if schema.Block.Description == "" {
			t.Errorf("%s has no description", typeName)
		}
		checkDescriptions(t, typeName, schema.Block.Attributes)
	}
	for name, function := range resp.Functions {
		if function.Summary == "" || function.Description == "" {
			t.Errorf("the function %s has no summary or no description", name)
		}
		for _, parameter := range function.Parameters {
			if parameter.Description == "" {
				t.Errorf("the parameter %s of the function %s has no description", parameter.Name, name)
			}
		}
	}
}

func checkDescriptions(t *testing.T, at string, attributes []*tfprotov6.SchemaAttribute) {
	t.Helper()
	for _, attribute := range attributes {
		if attribute.Description == "" {
			t.Errorf("%s.%s has no description", at, attribute.Name)
		}
		if attribute.NestedType != nil {
			checkDescriptions(t, at+"."+attribute.Name, attribute.NestedType.Attributes)
		}
	}
}

// gatewayOnly are the types that the RBAC API does not have: see TestAccGatewayTypes, and the tests in their packages.
var gatewayOnly = []string{
	"kamiwaza_attribute", "kamiwaza_group_mapping", "kamiwaza_identity_provider", "kamiwaza_personal_access_token", "kamiwaza_relationship_tuple",
	"kamiwaza_resource_grant", "kamiwaza_resource_grants", "kamiwaza_subject", "kamiwaza_workroom", "kamiwaza_workroom_member",
	"kamiwaza_workroom_members",
}

// For each type: created by Terraform, imported by identity, read by Terraform of any version, and gone.
func TestProtocol_identity(t *testing.T) {
	s := acctest.Start(t, acctest.AuthserverDefaults)
	p := acctest.NewProtocol(t, s)
	objects := acctest.Seed(t, s)
	for typeName := range p.Schemas.ResourceSchemas {
		if objects.Identities[typeName] == nil && !slices.Contains(gatewayOnly, typeName) {
			t.Errorf("there is no %s to import", typeName)
		}
	}
	for _, typeName := range slices.Sorted(maps.Keys(objects.Identities)) {
		t.Run(typeName, func(t *testing.T) {
			p := p
			p.T = t
			identity := objects.Identities[typeName]
			imported, diagnostics := p.ImportByIdentity(typeName, identity)
			p.NoErrors(diagnostics)
			if got := p.Texts(p.IdentityType(typeName), imported.Identity.IdentityData); !maps.Equal(got, identity) {
				t.Errorf("the imported identity is %v, want %v", got, identity)
			}

			read := p.Read(typeName, imported.State, imported.Identity, imported.Private)
			state := p.Texts(p.StateType(typeName), read.NewState)
			for name, want := range identity {
				if state[name] != want {
					t.Errorf("after the import, %s is %q, want %q", name, state[name], want)
				}
			}
			if name := objects.Names[typeName]; name != "" && state["name"] != name && state["username"] != name {
				t.Errorf("after the import, the state is %v, want the name %q", state, name)
			}

			again := p.Read(typeName, read.NewState, nil, nil)
			if got := p.Texts(p.IdentityType(typeName), again.NewIdentity.IdentityData); !maps.Equal(got, identity) {
				t.Errorf("without a stored identity, the identity read is %v, want %v", got, identity)
			}
			if len(again.Diagnostics) != 0 {
				t.Errorf("unexpected: %s", again.Diagnostics[0].Summary)
			}
		})
	}

	s.Clear(t)
	p = acctest.NewProtocol(t, s) // A run reads each object once.
	for _, typeName := range slices.Sorted(maps.Keys(objects.Identities)) {
		t.Run(typeName+" gone", func(t *testing.T) {
			p := p
			p.T = t
			texts := maps.Clone(objects.Identities[typeName])
			switch typeName {
			case "kamiwaza_user":
				texts["username"] = objects.Names[typeName]
			default:
				if name := objects.Names[typeName]; name != "" {
					texts["name"] = name
				}
			}
			read := p.Read(typeName, p.Object(p.StateType(typeName), texts), nil, nil)
			if state := p.Texts(p.StateType(typeName), read.NewState); state != nil {
				t.Errorf("the state is %v, want it removed", state)
			}
			read.Diagnostics = slices.DeleteFunc(read.Diagnostics, func(d *tfprotov6.Diagnostic) bool { return d.Summary == "Is base_url right?" })
			if len(read.Diagnostics) != 1 || !acctest.Says("no longer exists").MatchString(read.Diagnostics[0].Summary) {
				t.Fatalf("the warnings are %v, want one that says that it no longer exists", read.Diagnostics)
			}
			for _, want := range append(slices.Collect(maps.Values(objects.Identities[typeName])), objects.Names[typeName]) {
				if !acctest.Says(want).MatchString(read.Diagnostics[0].Summary) {
					t.Errorf("the warning %q does not name %q", read.Diagnostics[0].Summary, want)
				}
			}
		})
	}
}

func TestProtocol_importByWrongIdentity(t *testing.T) {
	p := acctest.NewProtocol(t, acctest.Start(t, acctest.AuthserverDefaults))
	for _, test := range []struct {
		typeName string
		identity map[string]string
		want     string
	}{
		{"kamiwaza_role", map[string]string{"id": "admins"}, `The import id of a role is its id: "admins" is not a UUID`},
		{"kamiwaza_user", map[string]string{"id": "ada"}, `The import id of a user is its id: "ada" is not a UUID`},
		{"kamiwaza_group_member", map[string]string{"group_id": "admins", "user_id": "00000000-0000-4000-8000-000000000000"}, `the id of the group is wrong: "admins" is not a UUID`},
	} {
		_, diagnostics := p.ImportByIdentity(test.typeName, test.identity)
		if len(diagnostics) != 1 || !acctest.Says(test.want).MatchString(diagnostics[0].Detail) {
			t.Errorf("%s %v: %s, want %q", test.typeName, test.identity, fmt.Sprint(diagnostics), test.want)
		}
	}
}
