package provider_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
)

const mocksFile = "../../examples/module-test/tests/mocks/kamiwaza.tfmock.hcl"

// TestAccModuleWithMocks runs the tests that need no platform, without the address of one.
func TestAccModuleWithMocks(t *testing.T) {
	t.Parallel()
	run := acctest.NewCLI(t)
	var files []string
	for _, file := range []string{
		"main.tf", "tests/people/main.tf", "tests/access/main.tf", "tests/mocked/team.tftest.hcl", "tests/mocks/kamiwaza.tfmock.hcl",
	} {
		files = append(files, filepath.Join("module-test", filepath.FromSlash(file)))
	}
	w := module(t, run, files)
	if w.IsTofu() {
		withMocksInline(t, w)
	}
	w.Environment = slices.DeleteFunc(slices.Clone(w.Environment), func(variable string) bool { return strings.HasPrefix(variable, "KAMIWAZA_") })
	w = initialized(t, w, "-test-directory=tests/mocked")
	test := []string{"test", "-test-directory=tests/mocked"}
	if out := w.Terraform(t, 0, test...); !strings.Contains(out, "4 passed, 0 failed") {
		t.Errorf("not all was tested:\n%s", out)
	}

	edit(t, w, "main.tf", "  right_ids = [for right in kamiwaza_right.team : right.id]\n", "  right_ids = []\n")
	if out := w.Failure(t, test...); !strings.Contains(out, "The role of the team lacks rights.") {
		t.Errorf("the test does not find that the team may do nothing:\n%s", out)
	}
	edit(t, w, "main.tf", "  right_ids = []\n", "  right_ids = [\"no id\"]\n")
	if out := w.Failure(t, test...); !strings.Contains(out, "Invalid id") {
		t.Errorf("the mocked provider does not validate the configuration:\n%s", out)
	}
}

// withMocksInline does what the guide says about OpenTofu, which cannot read mocks from a file.
func withMocksInline(t *testing.T, w acctest.Workdir) {
	t.Helper()
	mocks, err := os.ReadFile(filepath.Join(w.Dir, "tests", "mocks", "kamiwaza.tfmock.hcl"))
	acctest.Must(t, err)
	path := filepath.Join(w.Dir, "tests", "mocked", "team.tftest.hcl")
	tests, err := os.ReadFile(path)
	acctest.Must(t, err)
	own := strings.Replace(string(mocks), "    username        = \"amara\"\n", "", 1) // main.tf sets it
	if own == string(mocks) {
		t.Fatalf("%s has no username of a user", mocksFile)
	}
	inline := strings.Replace(string(tests), "  source = \"./tests/mocks\"\n", own, 1)
	acctest.Must(t, os.WriteFile(strings.Replace(path, ".tftest.", ".tofutest.", 1), []byte(inline), 0o600))
}

// namedTypes are the types whose ids are, or consist of, names.
var namedTypes = []string{
	"kamiwaza_attribute", "kamiwaza_identity_provider", "kamiwaza_relationship_tuple", "kamiwaza_resource_grant", "kamiwaza_resource_grants",
}

// TestMocksAreComplete holds the mocks to the schema: each type has an entry, with each string that the platform computes, because
// Terraform makes up what is left out, and each id is one.
func TestMocksAreComplete(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile(mocksFile)
	acctest.Must(t, err)
	mocks := map[string]string{}
	for _, match := range regexp.MustCompile(`(?ms)^(mock_\w+ "\w+") \{$(.*?)^\}$`).FindAllStringSubmatch(string(content), -1) {
		mocks[match[1]] = match[2]
	}
	server, err := acctest.Factories["kamiwaza"]()
	acctest.Must(t, err)
	schema, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	acctest.Must(t, err)
	for block, schemas := range map[string]map[string]*tfprotov6.Schema{"mock_resource": schema.ResourceSchemas, "mock_data": schema.DataSourceSchemas} {
		for name, schema := range schemas {
			entry := block + ` "` + name + `"`
			mock, ok := mocks[entry]
			if !ok {
				t.Errorf("%s has no %s", mocksFile, entry)
				continue
			}
			delete(mocks, entry)
			for _, attribute := range schema.Block.Attributes {
				value := regexp.MustCompile(`(?m)^    ` + attribute.Name + ` += (.*)$`).FindStringSubmatch(mock)
				if value == nil {
					if attribute.Computed && (attribute.NestedType != nil || attribute.Type.Is(tftypes.String) || attribute.Type.Is(tftypes.Bool)) {
						t.Errorf("%s has no %s in %s", mocksFile, attribute.Name, entry)
					}
					continue
				}
				isID := attribute.Name == "id" && !slices.Contains(namedTypes, name) || strings.HasSuffix(attribute.Name, "_id") && !slices.Contains([]string{"external_id", "tenant_id", "surface_id"}, attribute.Name)
				if isID && !regexp.MustCompile(`^"`+anImportID.String()+`"$`).MatchString(value[1]) {
					t.Errorf("%s has the invalid %s %s in %s", mocksFile, attribute.Name, value[1], entry)
				}
			}
		}
	}
	for entry := range mocks {
		t.Errorf("%s has %s, which the provider does not have", mocksFile, entry)
	}
}
