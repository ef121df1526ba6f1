package provider_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/authservertest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
)

// exampleModules are the directories in examples/ whose files belong together, and what runs them. Where nothing is
// said, the files are applied, planned again and destroyed.
var exampleModules = map[string]func(t *testing.T, w acctest.Workdir){
	"demo":                     nil,
	"getting-started":          nil,
	"gateway-team":             teamOnGateway,
	"gateway-access-from-yaml": gatewayAccessFromYAML,
	"gateway":                  onGateway,
	"access-as-code-from-yaml": accessFromYAML,
	"additive":                 additive,
	"authoritative":            authoritative,
	"discover-access":          discoverAccess,
	"ephemeral-password":       ephemeralPassword,
	"module-test":              testModule,
	"moving-from-restapi":      moveFromRESTAPI,
	"moving-to-gateway":        moveToGateway,
	"review-in-ci":             reviewInCI,
}

// onGateway leads a configuration of the gateway API through its life, and resets the passwords.
func onGateway(t *testing.T, w acctest.Workdir) {
	t.Helper()
	s := acctest.StartGateway(t, authserver.Config{})
	before := s.Population()
	w = at(w, s)
	applies(t, w)
	w.Environment = append(w.Environment, "TF_VAR_password_version=2")
	applies(t, w)
	w.Terraform(t, 0, "destroy", "-auto-approve")
	if after := s.Population(); after != before {
		t.Errorf("destroy left objects on the server: %s; before apply there were %s", after, before)
	}
}

// teamOnGateway gives a team access, and takes it away again.
func teamOnGateway(t *testing.T, w acctest.Workdir) {
	t.Helper()
	s := acctest.StartGateway(t, authserver.Config{})
	before := s.Population()
	w = at(w, s, "TF_VAR_oidc_client_secret=a secret of the provider", "TF_VAR_password=correct horse battery")
	applies(t, w)
	expectOutput(t, "grants on the sales data", grantsOn(s, "urn:li:dataset:(urn:li:dataPlatform:s3,sales,PROD)"), 5)
	w.Terraform(t, 0, "destroy", "-auto-approve")
	if after := s.Population(); after != before {
		t.Errorf("destroy left objects on the server: %s; before apply there were %s", after, before)
	}
}

// grantsOn counts the tuples and grants on an object.
func grantsOn(s acctest.Gateway, objectID string) (grants int) {
	for _, tuple := range s.Server.Snapshot().Tuples {
		if tuple.ResourceID == objectID {
			grants++
		}
	}
	return grants
}

// gatewayAccessFromYAML changes access in the file: it adds, moves and removes people, misspells names, and ends with an empty
// platform.
func gatewayAccessFromYAML(t *testing.T, w acctest.Workdir) {
	t.Helper()
	s := acctest.StartGateway(t, authserver.Config{})
	before := s.Population()
	w = at(w, s, "TF_VAR_password_seed=a seed of at least thirty-two characters")
	applies(t, w)
	expectOutput(t, "grants on the sales data", grantsOn(s, "sales"), 4)

	// Somebody joins, and chen moves to another group.
	edit(t, w, "access.yaml", "  hugo: # on leave\n", "  greta:\n    email: greta@larkspur.example.com\n    groups: [analytics]\n  hugo: # on leave\n")
	edit(t, w, "access.yaml", "    roles: [user]\n    groups: [analytics]\n", "    roles: [user]\n    groups: [platform]\n")
	edit(t, w, "access.yaml", "people: [bela, chen] }\n    editor", "people: [bela, greta] }\n    editor")
	w.Terraform(t, 2, "plan", "-detailed-exitcode")
	applies(t, w)
	expectOutput(t, "grants on the sales data after the change", grantsOn(s, "sales"), 4)

	// A grant that is not in the file goes, and that of an owner stays.
	for _, relation := range []string{"viewer", "owner"} {
		s.Send("POST", "/authz/resources/dataset/grants", map[string]any{
			"object_id": "sales", "relation": relation, "subject": map[string]string{"namespace": "user", "id": "somebody"},
		}).Want(http.StatusCreated)
	}
	w.Terraform(t, 2, "plan", "-detailed-exitcode")
	applies(t, w)
	expectOutput(t, "grants on the sales data, with the owner's", grantsOn(s, "sales"), 5)

	// A misspelt name is an error that says where it is.
	for _, mistake := range []struct{ old, replacement, want string }{
		{"members: { bela: editor", "members: { bella: editor", "rooms: Forecasts: members: bella is not under people"},
		{"chen: viewer }", "chen: reader }", "rooms: Forecasts: members: chen must be owner, editor or viewer"},
		{"groups: [analytics, platform]", "groups: [analytics, plattform]", "people: bela: groups: plattform is not under groups"},
		{"groups: [analytics], people: [bela, greta]", "groups: [analytic], people: [bela, greta]", "grants: dataset:sales: viewer: analytic is not under groups"},
		{"viewer: { people: [bela, chen] }", "viewer: { persons: [bela, chen] }", "grants: model:forecast-7b: viewer must be a mapping with the keys groups, people and roles"},
		{"  dataset:sales:\n", "  sales:\n", "grants: sales must be a namespace, a colon and an id"},
		{"    active: false\n", "    actve: false\n", "people: hugo: actve is not a key"},
		{"\nrooms:\n", "\nroms:\n", "roms is not a section"},
	} {
		edit(t, w, "access.yaml", mistake.old, mistake.replacement)
		if out := w.Failure(t, "plan"); !acctest.Says("access.yaml:", mistake.want).MatchString(out) {
			t.Errorf("not the error %q:\n%s", mistake.want, out)
		}
		edit(t, w, "access.yaml", mistake.replacement, mistake.old)
	}

	s.Send("DELETE", "/authz/resources/dataset/grants?object_id=sales&subject_namespace=user&subject_id=somebody&relation=owner", nil).Want(http.StatusOK)

	// Who leaves goes, with all access.
	edit(t, w, "access.yaml", "  greta:\n    email: greta@larkspur.example.com\n    groups: [analytics]\n", "")
	edit(t, w, "access.yaml", "people: [bela, greta] }\n    editor", "people: [bela] }\n    editor")
	applies(t, w)
	expectOutput(t, "grants on the sales data without greta's", grantsOn(s, "sales"), 3)

	// A workroom is protected until the file says otherwise.
	w.Terraform(t, 1, "destroy", "-auto-approve")
	edit(t, w, "access.yaml", "    description: Quarterly forecasts\n", "    description: Quarterly forecasts\n    protected: false\n")
	applies(t, w)
	w.Terraform(t, 0, "destroy", "-auto-approve")
	if after := s.Population(); after != before {
		t.Errorf("destroy left objects on the server: %s; before apply there were %s", after, before)
	}
}

// exampleFiles are the files of modules that are no configuration, and what runs them.
var exampleFiles = map[string]string{
	"access-as-code-from-yaml/access.yaml":        "main.tf reads it",
	"gateway-access-from-yaml/access.yaml":        "file.tf reads it",
	"module-test/tests/team.tftest.hcl":           "terraform test",
	"module-test/tests/mocked/team.tftest.hcl":    "TestAccModuleWithMocks",
	"module-test/tests/mocks/kamiwaza.tfmock.hcl": "TestAccModuleWithMocks",
	"module-test/.github/workflows/test.yml":      "make lint",
	"review-in-ci/.github/workflows/access.yml":   "make lint",
	"review-in-ci/policy/access.rego":             "make test-policy",
	"review-in-ci/policy/access_test.rego":        "make test-policy",
	"review-in-ci/review.json":                    "make test-policy",
}

// module copies the files of a module into a directory of their own.
func module(t *testing.T, r acctest.CLI, files []string) acctest.Workdir {
	t.Helper()
	w := acctest.Workdir{CLI: r, Dir: t.TempDir()}
	var all []byte
	for _, file := range files {
		content, err := os.ReadFile(filepath.Join(r.Examples, file))
		acctest.Must(t, err)
		_, inside, _ := strings.Cut(filepath.ToSlash(file), "/")
		path := filepath.Join(w.Dir, filepath.FromSlash(inside))
		acctest.Must(t, os.MkdirAll(filepath.Dir(path), 0o755))
		acctest.Must(t, os.WriteFile(path, content, 0o600))
		all = append(all, content...)
	}
	w.SkipIfTooOld(t, all)
	w.RequireProvider(t, all)
	return w
}

// initialized lets init find the provider, which a module of modules needs: development overrides are no installation.
func initialized(t *testing.T, w acctest.Workdir, arguments ...string) acctest.Workdir {
	t.Helper()
	mirror := t.TempDir()
	dir := filepath.Join(mirror, w.Registry, "kamiwaza-ai", "kamiwaza", "0.1.0", runtime.GOOS+"_"+runtime.GOARCH)
	acctest.Must(t, os.MkdirAll(dir, 0o755))
	acctest.Must(t, os.Link(w.Plugin, filepath.Join(dir, "terraform-provider-kamiwaza_v0.1.0")))
	settings := filepath.Join(mirror, "cli.tfrc")
	acctest.Must(t, os.WriteFile(settings, fmt.Appendf(nil, "provider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", mirror), 0o600))
	w.Environment = append(slices.Clone(w.Environment), "TF_CLI_CONFIG_FILE="+settings)
	w.Terraform(t, 0, append([]string{"init"}, arguments...)...)
	return w
}

// at lets the commands reach a service.
func at(w acctest.Workdir, s acctest.Addressed, variables ...string) acctest.Workdir {
	w.Environment = append(slices.Clone(w.Environment), "KAMIWAZA_BASE_URL="+s.Address(),
		"KAMIWAZA_USERNAME="+authservertest.AdminUsername, "KAMIWAZA_PASSWORD="+authservertest.AdminPassword)
	w.Environment = append(w.Environment, variables...)
	return w
}

// life applies, plans again and destroys.
func life(t *testing.T, w acctest.Workdir) {
	t.Helper()
	s := acctest.Start(t, authserver.Config{})
	before := acctest.Population(s)
	w = at(w, s)
	applies(t, w)
	w.Terraform(t, 0, "destroy", "-auto-approve")
	if after := acctest.Population(s); after != before {
		t.Errorf("destroy left objects on the server: %+v; before apply there were %+v", after, before)
	}
}

// applies makes the configuration so, and plans again.
func applies(t *testing.T, w acctest.Workdir) {
	t.Helper()
	w.Terraform(t, 0, "apply", "-auto-approve")
	w.Terraform(t, 0, "plan", "-detailed-exitcode")
}

// edit replaces a text in a file.
func edit(t *testing.T, w acctest.Workdir, file, old, replacement string) {
	t.Helper()
	path := filepath.Join(w.Dir, file)
	content, err := os.ReadFile(path)
	acctest.Must(t, err)
	if strings.Count(string(content), old) != 1 {
		t.Fatalf("%s does not have exactly one %q", file, old)
	}
	acctest.Must(t, os.WriteFile(path, []byte(strings.Replace(string(content), old, replacement, 1)), 0o600))
}

// may tells what a user may do, by the names of the rights, as the service itself answers it.
func may(t *testing.T, s acctest.Service, username, password string) []string {
	t.Helper()
	api, err := rbac.Connect(client.Config{BaseURL: s.URL, Username: username, Password: password, LoginMethod: client.LoginToken})
	acctest.Must(t, err)
	permissions, err := api.Users.MyPermissions(t.Context())
	acctest.Must(t, err)
	return slices.Sorted(slices.Values(permissions.Rights))
}

func expectOutput(t *testing.T, what string, got, want any) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func accessFromYAML(t *testing.T, w acctest.Workdir) {
	t.Helper()
	s := acctest.Start(t, authserver.Config{})
	before := acctest.Population(s)
	w = at(w, s)
	applies(t, w)
	expectOutput(t, "objects", acctest.Population(s), [5]int{before[0] + 4, 0, 3, 3, 4})

	// A change of the file is a change of access, and nothing else is.
	edit(t, w, "access.yaml", "    groups: [product]\n", "    groups: [product, audit]\n") // greta
	edit(t, w, "access.yaml", "rights: [audit.read, datasets.read]", "rights: [audit.read]")
	edit(t, w, "access.yaml", "  datasets.read: Read a data set\n", "")
	w.Terraform(t, 2, "plan", "-detailed-exitcode")
	applies(t, w)
	greta := s.MustUser(t, "greta")
	expectOutput(t, "greta's groups", len(greta.Groups), 2)
	expectOutput(t, "objects after the change", acctest.Population(s), [5]int{before[0] + 4, 0, 3, 3, 3})

	// Access that is not in the file goes.
	hugo := s.MustUser(t, "hugo")
	acctest.Must(t, s.API.Users.AddGroup(t.Context(), hugo.ID, greta.Groups[0]))
	w.Terraform(t, 2, "plan", "-detailed-exitcode")
	applies(t, w)
	hugo = s.MustUser(t, "hugo")
	expectOutput(t, "hugo's groups", len(hugo.Groups), 0)

	// Who leaves goes, and a misspelt name is an error that says where it is.
	edit(t, w, "access.yaml", "    groups: [platform]\n", "    groups: [plattform]\n") // bela
	if out := w.Failure(t, "plan"); !acctest.Says("access.yaml:", "people: bela: groups: plattform is not under groups").MatchString(out) {
		t.Errorf("a misspelt name is not explained:\n%s", out)
	}
	edit(t, w, "access.yaml", "  bela:\n    name: Béla Horváth\n    email: bela@larkspur.example.com\n    groups: [plattform]\n", "")
	applies(t, w)
	if _, ok := s.User("bela"); ok {
		t.Error("bela still exists")
	}
	w.Terraform(t, 0, "destroy", "-auto-approve")
	expectOutput(t, "objects after destroy", acctest.Population(s), before)
}

// sharedGroup is a group with one member and one role that Terraform does not manage, and a second role and a second user for it.
func sharedGroup(t *testing.T, s acctest.Service) (group rbac.Group, roles []string, variables []string) {
	t.Helper()
	for _, name := range []string{"operator", "viewer"} {
		role, err := s.API.Roles.Create(t.Context(), rbac.RoleCreate{Name: name})
		acctest.Must(t, err)
		roles = append(roles, role.ID)
	}
	group, err := s.API.Groups.Create(t.Context(), rbac.GroupCreate{Name: "platform", Roles: roles[:1]})
	acctest.Must(t, err)
	for _, name := range []string{"amara", "chen"} {
		user := rbac.UserCreate{Username: name, Email: name + "@larkspur.example.com", Password: "correct horse"}
		if name == "amara" {
			user.Groups = []string{group.ID}
		}
		_, err := s.API.Users.Create(t.Context(), user)
		acctest.Must(t, err)
	}
	return group, roles, []string{"TF_VAR_group_id=" + group.ID, `TF_VAR_usernames=["chen"]`}
}

// members counts the users in a group, and its roles.
func members(s acctest.Service, id string) (n [2]int) {
	data := s.Server.Snapshot()
	for _, user := range data.Users {
		if slices.Contains(user.Groups, id) {
			n[0]++
		}
	}
	for _, group := range data.Groups {
		if group.ID == id {
			n[1] = len(group.Roles)
		}
	}
	return n
}

func additive(t *testing.T, w acctest.Workdir) {
	t.Helper()
	s := acctest.Start(t, authserver.Config{})
	group, roles, variables := sharedGroup(t, s)
	w = at(w, s, append(variables, "TF_VAR_role_id="+roles[1])...)
	applies(t, w)
	expectOutput(t, "members and roles", members(s, group.ID), [2]int{2, 2})
	w.Terraform(t, 0, "destroy", "-auto-approve")
	expectOutput(t, "members and roles after destroy", members(s, group.ID), [2]int{1, 1})
}

func authoritative(t *testing.T, w acctest.Workdir) {
	t.Helper()
	s := acctest.Start(t, authserver.Config{})
	group, roles, variables := sharedGroup(t, s)
	w = at(w, s, append(variables, fmt.Sprintf("TF_VAR_role_ids=[%q]", roles[1]))...)
	applies(t, w)
	expectOutput(t, "members and roles", members(s, group.ID), [2]int{1, 1})
	amara := s.MustUser(t, "amara")
	expectOutput(t, "amara's groups", len(amara.Groups), 0)
	w.Terraform(t, 0, "destroy", "-auto-approve")
	expectOutput(t, "members and roles after destroy", members(s, group.ID), [2]int{0, 0})
}

// discoverAccess imports all that the example finds into an empty configuration, and Terraform writes the rest.
func discoverAccess(t *testing.T, w acctest.Workdir) {
	t.Helper()
	s := acctest.Start(t, authserver.Config{})
	acctest.Seed(t, s)
	w = at(w, s)
	w.Terraform(t, 0, "apply", "-auto-approve")
	imports := w.Terraform(t, 0, "output", "-raw", "imports")
	expectOutput(t, "import blocks", strings.Count(imports, "import {"), 8)

	adopted := at(w.Prepare(t), s)
	acctest.Must(t, os.WriteFile(filepath.Join(adopted.Dir, "imports.tf"), []byte(imports), 0o600))
	adopted.Terraform(t, 0, "plan", "-generate-config-out=generated.tf")
	if out := adopted.Terraform(t, 0, "apply", "-auto-approve"); !strings.Contains(out, "8 imported, 0 added, 0 changed, 0 destroyed") {
		t.Errorf("not a mere import:\n%s", out)
	}
	acctest.Must(t, os.Remove(filepath.Join(adopted.Dir, "imports.tf")))
	adopted.Terraform(t, 0, "plan", "-detailed-exitcode")
}

func ephemeralPassword(t *testing.T, w acctest.Workdir) {
	t.Helper()
	s := acctest.Start(t, authserver.Config{})
	w = at(w, s, `TF_VAR_keep_password=printf %s "$PASSWORD" >password`)
	applies(t, w)
	password, err := os.ReadFile(filepath.Join(w.Dir, "password"))
	acctest.Must(t, err)
	expectOutput(t, "length of the password", len(password), 32)
	expectOutput(t, "rights of ci", len(may(t, s, "ci", string(password))), 0) // it logs in
	state, err := os.ReadFile(filepath.Join(w.Dir, "terraform.tfstate"))
	acctest.Must(t, err)
	if bytes.Contains(state, password) {
		t.Error("the password is in the state")
	}
	w.Terraform(t, 0, "destroy", "-auto-approve")
}

func testModule(t *testing.T, w acctest.Workdir) {
	t.Helper()
	s := acctest.Start(t, authserver.Config{})
	before := acctest.Population(s)
	w = initialized(t, at(w, s))
	if out := w.Terraform(t, 0, "test"); !strings.Contains(out, "4 passed, 0 failed") {
		t.Errorf("not all was tested:\n%s", out)
	}
	expectOutput(t, "objects after the test", acctest.Population(s), before)

	edit(t, w, "main.tf", "  right_ids = [for right in kamiwaza_right.team : right.id]\n", "  right_ids = []\n")
	if out := w.Failure(t, "test"); !strings.Contains(out, "amara may do this: .") {
		t.Errorf("the test does not find that the team may do nothing:\n%s", out)
	}
	expectOutput(t, "objects after the failure", acctest.Population(s), before)
}

// moveFromRESTAPI begins with what a restapi_object leaves in a state; its provider is not at hand here.
func moveFromRESTAPI(t *testing.T, w acctest.Workdir) {
	t.Helper()
	s := acctest.Start(t, authserver.Config{})
	group, err := s.API.Groups.Create(t.Context(), rbac.GroupCreate{Name: "platform"})
	acctest.Must(t, err)
	state, err := json.Marshal(map[string]any{
		"version": 4, "serial": 1, "lineage": "00000000-0000-4000-8000-000000000000", "terraform_version": "1.11.4",
		"resources": []any{map[string]any{
			"mode": "managed", "type": "restapi_object", "name": "platform",
			"provider": fmt.Sprintf("provider[%q]", w.Registry+"/mastercard/restapi"),
			"instances": []any{map[string]any{
				"schema_version": 0,
				"attributes":     map[string]any{"id": group.ID, "path": "/auth/groups/", "data": `{"name":"platform"}`},
			}},
		}},
	})
	acctest.Must(t, err)
	acctest.Must(t, os.WriteFile(filepath.Join(w.Dir, "terraform.tfstate"), state, 0o600))
	w = at(w, s)
	if out := w.Terraform(t, 0, "plan"); !acctest.Says("restapi_object.platform has moved to kamiwaza_group.platform", "0 to add, 0 to change, 0 to destroy").MatchString(out) {
		t.Errorf("not a mere move:\n%s", out)
	}
	applies(t, w)
	w.Terraform(t, 0, "destroy", "-auto-approve")
	expectOutput(t, "groups", len(s.Server.Snapshot().Groups), 0)
}

// moveToGateway begins with the state of a platform with the RBAC API, and goes on where the platform has the gateway API.
func moveToGateway(t *testing.T, w acctest.Workdir) {
	t.Helper()
	before := w.Prepare(t)
	before.Write(t, `
resource "kamiwaza_role" "operator" { name = "operator" }

resource "kamiwaza_user" "amara" {
  username     = "amara"
  email        = "amara@example.com"
  is_superuser = true
  password     = "correct horse battery staple"
}

resource "kamiwaza_group" "platform" { name = "platform" }

resource "kamiwaza_group_role" "operator" {
  group_id = kamiwaza_group.platform.id
  role_id  = kamiwaza_role.operator.id
}

resource "kamiwaza_group_members" "platform" {
  group_id = kamiwaza_group.platform.id
  user_ids = [kamiwaza_user.amara.id]
}
`)
	before = at(before, acctest.Start(t, authserver.Config{}))
	applies(t, before)
	acctest.Must(t, os.Rename(filepath.Join(before.Dir, "terraform.tfstate"), filepath.Join(w.Dir, "terraform.tfstate")))

	s := acctest.StartGateway(t, authserver.Config{})
	subject := s.Send("GET", "/auth/users/"+s.User("amara", "admin"), nil).Object()["linked_subject_id"]
	group := s.Send("POST", "/authz/groups/", authservertest.Fields{"name": "platform"}).ID()
	s.Send("POST", "/authz/groups/"+group+"/members", authservertest.Fields{"user_id": subject})
	w = at(w, s)
	w.Command(t, 0, "sh", "-c", `terraform state list | grep kamiwaza_ | tr "\n" "\0" | xargs -0 terraform state rm`)
	if out := w.Terraform(t, 0, "apply", "-auto-approve"); !strings.Contains(out, "3 imported, 0 added, 0 changed, 0 destroyed") {
		t.Errorf("not a mere import:\n%s", out)
	}
	w.Terraform(t, 0, "plan", "-detailed-exitcode")
}

func reviewInCI(t *testing.T, w acctest.Workdir) {
	t.Helper()
	s := acctest.Start(t, authserver.Config{})
	acctest.Seed(t, s)
	w = at(w, s, `TF_VAR_superusers=["admin"]`, `TF_VAR_deletes_nothing=["ada"]`)
	if out := w.Terraform(t, 0, "apply", "-auto-approve"); strings.Contains(out, "Check block") {
		t.Errorf("a check fails:\n%s", out)
	}
	right, err := s.API.Rights.Create(t.Context(), rbac.RightCreate{Name: "models.delete"})
	acctest.Must(t, err)
	acctest.Must(t, s.API.Roles.AddRight(t.Context(), s.Server.Snapshot().Roles[0].ID, right.ID))
	ada := s.MustUser(t, "ada")
	_, err = s.API.Users.Update(t.Context(), ada.ID, rbac.UserUpdate{IsSuperuser: client.Set(true)})
	acctest.Must(t, err)
	out := w.Terraform(t, 0, "plan")
	for _, want := range []string{"Unexpected superusers: ada.", "ada may delete models: in admins, which is operator."} {
		if !acctest.Says(want).MatchString(strings.ReplaceAll(out, "│", "")) {
			t.Errorf("no warning %q:\n%s", want, out)
		}
	}
}
