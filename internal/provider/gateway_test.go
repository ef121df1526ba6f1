package provider_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/gateway"
)

// bothGenerations uses only what both generations of the API have.
const bothGenerations = `
resource "kamiwaza_user" "crew" {
  count               = 3
  username            = "crew${count.index}"
  email               = "crew${count.index}@example.com"
  password_wo         = "correct horse battery"
  password_wo_version = "1"
}
resource "kamiwaza_group" "whole" {
  name        = "whole"
  description = "Managed as one set"
}
resource "kamiwaza_group" "single" {
  name = "single"
}
resource "kamiwaza_group_members" "whole" {
  group_id = kamiwaza_group.whole.id
  user_ids = kamiwaza_user.crew[*].subject_id
}
resource "kamiwaza_group_member" "single" {
  group_id = kamiwaza_group.single.id
  user_id  = kamiwaza_user.crew[0].subject_id
}
data "kamiwaza_user" "first" {
  username = kamiwaza_user.crew[0].username
}
data "kamiwaza_users" "crew" {
  username_regex = "^crew"
  depends_on     = [kamiwaza_user.crew]
}
data "kamiwaza_group" "whole" {
  id = kamiwaza_group.whole.id
}
data "kamiwaza_current_user" "me" {}
output "crew" {
  value = join(" ", sort(data.kamiwaza_users.crew.usernames))
}
`

// TestAccBothGenerations applies one configuration to a platform of each generation.
func TestAccBothGenerations(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]interface {
		acctest.Addressed
		Config(body string) string
	}{"rbac": acctest.Start(t, authserver.Config{}), "gateway": acctest.StartGateway(t, authserver.Config{})} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			resource.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: acctest.Factories,
				Steps: []resource.TestStep{
					{Config: s.Config(bothGenerations), Check: resource.TestCheckOutput("crew", "crew0 crew1 crew2")},
					{ResourceName: "kamiwaza_user.crew[0]", ImportState: true, ImportStateId: "crew0", ImportStateVerify: true, ImportStateVerifyIgnore: []string{"password_wo_version"}},
					{ResourceName: "kamiwaza_group_members.whole", ImportState: true, ImportStateVerify: true},
					{Config: s.Config(strings.ReplaceAll(bothGenerations, "@example.com", "@example.org"))},
				},
			})
		})
	}
}

// gatewayCompany has one of each type of the gateway API.
const gatewayCompany = `
resource "kamiwaza_user" "ada" {
  username            = "ada"
  email               = "ada@example.com"
  roles               = ["user", "viewer"]
  password_wo         = "correct horse battery"
  password_wo_version = "1"
}
resource "kamiwaza_user" "bela" {
  username  = "bela"
  email     = "bela@example.com"
  is_active = false
  password  = "correct horse battery"
}
resource "kamiwaza_group" "crew" {
  name    = "crew"
  cascade = "members"
}
resource "kamiwaza_group" "other" {
  name        = "other"
  description = "Others"
}
resource "kamiwaza_group_members" "crew" {
  group_id = kamiwaza_group.crew.id
  user_ids = [kamiwaza_user.ada.subject_id, kamiwaza_user.bela.subject_id]
}
resource "kamiwaza_group_member" "other" {
  group_id = kamiwaza_group.other.id
  user_id  = kamiwaza_user.ada.subject_id
}
resource "kamiwaza_personal_access_token" "ci" {
  name        = "ci"
  scope       = "admin"
  ttl_seconds = 3600
}
data "kamiwaza_groups" "all" {
  depends_on = [kamiwaza_group.crew, kamiwaza_group.other]
}
`

// TestAccEveryGatewayBehavior applies the company to servers that answer otherwise where the API's documentation leaves that
// open: the plan after it is empty, and so is the server after destroy.
func TestAccEveryGatewayBehavior(t *testing.T) {
	t.Parallel()
	for name, behavior := range map[string]gateway.Behavior{
		"default":              {},
		"lite":                 {Lite: true},
		"session store":        {SessionStore: true},
		"error objects":        {ErrorObjects: true},
		"external ids":         {SubjectIDs: gateway.SubjectIDsExternal},
		"ids in both":          {SubjectIDs: gateway.SubjectIDsBoth},
		"ids nowhere":          {SubjectIDs: gateway.SubjectIDsNone, MemberIDs: gateway.MemberIDsAny},
		"conflicts":            {DuplicateStatus: http.StatusConflict, InvalidStatus: http.StatusUnprocessableEntity},
		"lower case":           {Case: authserver.CaseFoldStore},
		"insensitive":          {Case: authserver.CaseFoldCompare},
		"merged roles":         {RolesMerge: true},
		"default roles":        {EmptyRolesDefault: true},
		"implied roles":        {ImpliedRoles: true},
		"self-protection":      {SelfProtection: "403"},
		"reuse revives":        {UsernameReuse: gateway.ReuseRevives},
		"inactive tokens":      {Inactive: gateway.InactiveTokens},
		"members by subject":   {MemberIDs: gateway.MemberIDsSubject, AddTwice: "409", RemoveAbsent: "404"},
		"members by either id": {MemberIDs: gateway.MemberIDsEither, AddTwice: "400", RemoveAbsent: "409"},
		"kept groups":          {GroupDelete: "409"},
		"folded names":         {GroupNames: gateway.GroupNamesFolded},
		"unique tokens":        {PATNamesUnique: true, RevokeTwice: "404"},
		"clamped tokens":       {PATLifetime: gateway.PATLifetimeClamped, RevokeTwice: "409"},
		"trimmed":              {TrimText: true, NullClears: true, EmptyClears: true},
		"no redirects":         {NoSlashRedirect: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := acctest.StartGateway(t, authserver.Config{API: behavior})
			resource.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: acctest.Factories,
				Steps:                    []resource.TestStep{{Config: s.Config(gatewayCompany)}, {Config: s.Config(gatewayCompany), PlanOnly: true}},
			})
			data := s.Server.Snapshot()
			users := slices.DeleteFunc(data.Users, func(user gateway.UserData) bool { return user.Deleted })
			tokens := slices.DeleteFunc(data.PATs, func(pat gateway.PAT) bool { return pat.Revoked })
			if len(users) != 1 || len(data.Groups) != 0 || len(tokens) != 0 {
				t.Errorf("after destroy the service has users %+v, groups %+v and tokens %+v", users, data.Groups, tokens)
			}
		})
	}
}

// TestAccGatewayReleases applies what each release of the platform has, and sees what it lacks refused.
func TestAccGatewayReleases(t *testing.T) {
	t.Parallel()
	const users = `
resource "kamiwaza_user" "ada" {
  username            = "ada"
  email               = "ada@example.com"
  password_wo         = "correct horse battery"
  password_wo_version = "1"
}
resource "kamiwaza_personal_access_token" "ci" {
  name = "ci"
}
data "kamiwaza_user" "ada" {
  subject_id = kamiwaza_user.ada.subject_id
}
`
	const group = `
resource "kamiwaza_group" "crew" {
  name = "crew"
}
`
	for release, hasGroups := range map[gateway.Platform]bool{gateway.Platform093: false, gateway.Platform012: false, gateway.Platform102: false, gateway.Platform12: true} {
		t.Run(fmt.Sprint(release), func(t *testing.T) {
			t.Parallel()
			s := acctest.StartGateway(t, authserver.Config{API: gateway.Behavior{Platform: release}})
			steps := []resource.TestStep{{Config: s.Config(users)}, {ResourceName: "kamiwaza_user.ada", ImportState: true, ImportStateId: "ada"}}
			if hasGroups {
				steps = append(steps, resource.TestStep{Config: s.Config(users + group)})
			} else {
				steps = append(steps, resource.TestStep{
					Config:      s.Config(users + group),
					ExpectError: acctest.Says(`Could not create group "crew"`, "does not offer this call", "Platform 0.7 to 1.0 has no groups"),
				})
			}
			resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: acctest.Factories, Steps: steps})
		})
	}
}

// aJWT is how all tokens of the service begin.
var aJWT = regexp.MustCompile(`eyJ[\w-]{20,}\.[\w-]{20,}\.`)

// TestAccGatewaySecrets looks for passwords and tokens in the state, the output and the trace log of runs on a server that
// repeats what it is sent.
func TestAccGatewaySecrets(t *testing.T) {
	t.Parallel()
	s := acctest.StartGateway(t, authserver.Config{API: gateway.Behavior{InvalidStatus: http.StatusUnprocessableEntity}})
	const first, second, short = "canary of the first password", "canary of the second password", "canary 3"
	config := func(password, version string) string {
		return fmt.Sprintf(`
resource "kamiwaza_user" "ada" {
  username            = "ada"
  email               = "ada@example.com"
  password_wo         = %[1]q
  password_wo_version = %[2]q
}
resource "kamiwaza_identity_provider" "company" {
  alias                    = "larkspur"
  kind                     = "oidc"
  issuer                   = "https://login.example.com"
  client_id                = "kamiwaza"
  client_secret_wo         = "secret of %[1]s"
  client_secret_wo_version = %[2]q
}
resource "kamiwaza_subject" "robot" {
  username            = "robot"
  password_wo         = "robot of %[1]s"
  password_wo_version = %[2]q
}
ephemeral "kamiwaza_personal_access_token" "run" {}
`, password, version)
	}
	w := acctest.WorkdirFor(t, s, config(first, "1"))
	log := filepath.Join(t.TempDir(), "trace.log")
	w.Environment = append(w.Environment, "TF_LOG=TRACE", "TF_LOG_PATH="+log)
	out := w.Terraform(t, 0, "apply", "-auto-approve")
	w.Write(t, config(second, "2"))
	out += w.Terraform(t, 0, "apply", "-auto-approve")
	w.Write(t, config(short, "3"))
	out += w.Failure(t, "apply", "-auto-approve")
	if !strings.Contains(out, "at least 12 characters") {
		t.Errorf("the server's refusal is not in the output:\n%s", out)
	}
	for _, file := range []string{log, filepath.Join(w.Dir, "terraform.tfstate")} {
		content, err := os.ReadFile(file)
		acctest.Must(t, err)
		out += string(content)
	}
	for _, secret := range []string{first, second, short} {
		if strings.Contains(out, secret) {
			t.Errorf("%q shows up", secret)
		}
	}
	if token := aJWT.FindString(out); token != "" {
		t.Errorf("a token shows up: %.40s…", token)
	}
	if !s.CanLogIn("ada", second) {
		t.Error("the second password is not the user's")
	}
}
