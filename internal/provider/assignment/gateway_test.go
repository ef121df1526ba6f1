package assignment_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/gateway"
)

// crew is a group and three users on a platform with the gateway API.
const crew = `
resource "kamiwaza_group" "crew" {
  name = "crew"
}
resource "kamiwaza_user" "crew" {
  count               = 3
  username            = ["ada", "bela", "chen"][count.index]
  email               = "${["ada", "bela", "chen"][count.index]}@example.com"
  password_wo         = "correct horse battery"
  password_wo_version = "1"
}
`

// wholeCrew manages all members as one set, and singleAda one membership.
const (
	wholeCrew = `
resource "kamiwaza_group_members" "crew" {
  group_id = kamiwaza_group.crew.id
  user_ids = kamiwaza_user.crew[*].subject_id
}
`
	singleAda = `
resource "kamiwaza_group_member" "ada" {
  group_id = kamiwaza_group.crew.id
  user_id  = kamiwaza_user.crew[0].subject_id
}
`
)

// members returns the usernames of the only group's members.
func members(s acctest.Gateway) (names []string) {
	data := s.Server.Snapshot()
	for _, group := range data.Groups {
		for _, member := range group.Members {
			name := member
			for _, user := range data.Users {
				if user.SubjectID == member && !user.Deleted {
					name = user.Username
				}
			}
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func wantMembers(s acctest.Gateway, want ...string) resource.TestCheckFunc {
	return acctest.ServiceHas(func() []string { return members(s) }, want...)
}

func TestAccGroupMember_gateway(t *testing.T) {
	t.Parallel()
	for name, behavior := range gatewayBehaviors {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := acctest.StartGateway(t, authserver.Config{API: behavior})
			const address = "kamiwaza_group_member.ada"
			group := func() string { return "/authz/groups/" + s.Server.Snapshot().Groups[0].ID + "/members" }
			resource.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: acctest.Factories,
				Steps: []resource.TestStep{
					{Config: s.Config(crew + singleAda), Check: wantMembers(s, "ada")},
					{ImportState: true, ResourceName: address, ImportStateVerify: true},
					{ // Somebody takes ada out, and puts bela in.
						PreConfig: func() {
							s.Send("DELETE", group()+"/"+s.SubjectID(t, "ada"), nil)
							s.Send("POST", group(), map[string]any{"user_id": s.SubjectID(t, "bela")})
						},
						Config: s.Config(crew + singleAda), Check: wantMembers(s, "ada", "bela"),
						ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, plancheck.ResourceActionCreate)}},
					},
					{Config: s.Config(crew), Check: wantMembers(s, "bela")},
				},
			})
		})
	}
}

// gatewayBehaviors are the answers that the contract leaves open.
var gatewayBehaviors = map[string]gateway.Behavior{
	"default":       {},
	"refuses twice": {AddTwice: "409", RemoveAbsent: "404", MemberIDs: gateway.MemberIDsSubject},
	"400":           {AddTwice: "400", RemoveAbsent: "400", MemberIDs: gateway.MemberIDsEither},
	"409":           {RemoveAbsent: "409", ErrorObjects: true},
	"lite":          {Lite: true},
	"external ids":  {SubjectIDs: gateway.SubjectIDsExternal},
}

func TestAccGroupMembers_gateway(t *testing.T) {
	t.Parallel()
	for name, behavior := range gatewayBehaviors {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := acctest.StartGateway(t, authserver.Config{API: behavior})
			const address = "kamiwaza_group_members.crew"
			resource.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: acctest.Factories,
				Steps: []resource.TestStep{
					{Config: s.Config(crew + wholeCrew), Check: wantMembers(s, "ada", "bela", "chen")},
					{ImportState: true, ResourceName: address, ImportStateVerify: true},
					{ // Somebody adds the administrator, and takes chen out.
						PreConfig: func() {
							group := "/authz/groups/" + s.Server.Snapshot().Groups[0].ID + "/members"
							s.Send("POST", group, map[string]any{"user_id": s.SubjectID(t, "admin")})
							s.Send("DELETE", group+"/"+s.SubjectID(t, "chen"), nil)
						},
						Config: s.Config(crew + wholeCrew), Check: wantMembers(s, "ada", "bela", "chen"),
						ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate)}},
					},
					// One resource gives ada up, and the other one takes her over.
					{Config: s.Config(crew + singleAda), Check: wantMembers(s, "ada")},
					{Config: s.Config(crew + wholeCrew), Check: wantMembers(s, "ada", "bela", "chen")},
					{Config: s.Config(crew), Check: wantMembers(s)},
				},
			})
		})
	}
}

// TestAccGroupMembers_gatewayRequests counts the requests of a refresh: one list of users, one of groups, and one of members
// for each group, however many users and memberships there are.
func TestAccGroupMembers_gatewayRequests(t *testing.T) {
	t.Parallel()
	s := acctest.StartGateway(t, authserver.Config{})
	const many = `
resource "kamiwaza_group" "many" {
  count = 5
  name  = "group ${count.index}"
}
resource "kamiwaza_user" "many" {
  count               = 8
  username            = "user${count.index}"
  email               = "user${count.index}@example.com"
  password_wo         = "correct horse battery"
  password_wo_version = "1"
}
resource "kamiwaza_group_member" "many" {
  count    = 20
  group_id = kamiwaza_group.many[count.index % 5].id
  user_id  = kamiwaza_user.many[count.index % 8].subject_id
}
`
	w := acctest.WorkdirFor(t, s, many)
	w.Terraform(t, 0, "apply", "-auto-approve")
	s.Server.ResetRequests()
	w.Terraform(t, 0, "plan", "-detailed-exitcode")
	counts := map[string]int{}
	for _, request := range s.Server.Requests() {
		counts[request.Method+" "+request.Route]++
	}
	want := map[string]int{
		"GET /auth/health": 1, "POST /auth/token": 1, "GET /auth/users/": 1, "GET /auth/users/{user_id}": 2,
		"GET /authz/groups/": 1, "GET /authz/groups/{group_id}": 2, "GET /authz/groups/{group_id}/members": 5,
	}
	for request, n := range counts {
		if n > want[request] {
			t.Errorf("a refresh made %d requests %s, want %d; all were %v", n, request, want[request], counts)
		}
	}
}

// TestProtocol_gatewayLocalID warns of a user's own id where the subject id is wanted.
func TestProtocol_gatewayLocalID(t *testing.T) {
	t.Parallel()
	s := acctest.StartGateway(t, authserver.Config{})
	p := acctest.NewProtocol(t, s)
	ada := s.User("ada")
	group := s.Send(http.MethodPost, "/authz/groups/", map[string]any{"name": "crew"}).ID()
	for typeName, fields := range map[string]acctest.Fields{
		"kamiwaza_group_member":  {"group_id": group, "user_id": ada},
		"kamiwaza_group_members": {"group_id": group, "user_ids": []any{ada}},
	} {
		plan := p.PlanOf(acctest.Instance{TypeName: typeName}, fields)
		warnings := strings.Join(p.Warnings(plan.Diagnostics), "\n")
		if !strings.Contains(warnings, ada+" is not the subject id of the user") || !strings.Contains(warnings, s.SubjectID(t, "ada")) {
			t.Errorf("%s: the plan warns %q", typeName, warnings)
		}
	}
}
