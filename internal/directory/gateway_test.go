package directory_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/authservertest"
	gatewayserver "github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/gateway"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/gateway"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/directory"
)

// gatewayService is a development AuthService with the gateway API, and a directory of it.
type gatewayService struct {
	*directory.Gateway
	t      *testing.T
	server *gatewayserver.Server
	api    *gateway.API
}

func startGateway(t *testing.T, behavior gatewayserver.Behavior) gatewayService {
	t.Helper()
	instance := authservertest.StartGateway(t, authserver.Config{API: behavior})
	api, err := gateway.Connect(client.Config{BaseURL: instance.URL, APIKey: authservertest.APIKey, Sleep: noPause})
	must(t, err)
	return gatewayService{directory.NewGateway(api, directory.Shared), t, instance.Server, api}
}

func (s gatewayService) group(name string, members ...string) string {
	s.t.Helper()
	group, err := s.api.Groups.Create(s.t.Context(), gateway.GroupCreate{Name: name})
	must(s.t, err)
	for _, member := range members {
		must(s.t, s.api.Groups.AddMember(s.t.Context(), group.ID, member))
	}
	return group.ID
}

// wantAsked fails unless these, in any order, are all the routes that were asked for since the last call.
func (s gatewayService) wantAsked(want ...string) {
	s.t.Helper()
	var got []string
	for _, request := range s.server.Requests() {
		got = append(got, request.Method+" "+request.Route)
	}
	s.server.ResetRequests()
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		s.t.Errorf("the server was asked\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// wantMembers fails unless the server holds exactly these members.
func (s gatewayService) wantMembers(group string, want ...string) {
	s.t.Helper()
	groups := s.server.Snapshot().Groups
	i := slices.IndexFunc(groups, func(g gatewayserver.GroupData) bool { return g.ID == group })
	if got := slices.Sorted(slices.Values(groups[i].Members)); !slices.Equal(got, slices.Sorted(slices.Values(want))) {
		s.t.Errorf("the server has %v, want %v", got, want)
	}
}

// forAll does the same for all at the same time.
func forAll(t *testing.T, all []string, do func(context.Context, string) error) {
	t.Helper()
	var done sync.WaitGroup
	for _, one := range all {
		done.Go(func() {
			if err := do(t.Context(), one); err != nil {
				t.Error(err)
			}
		})
	}
	done.Wait()
}

func TestGatewayReadsAreShared(t *testing.T) {
	const n = 100
	s := startGateway(t, gatewayserver.Behavior{})
	var users, subjects, groups []string
	for i := range n {
		name := fmt.Sprintf("user%d", i)
		user, err := s.api.Users.Create(t.Context(), gateway.UserCreate{Username: name, Email: name + "@example.com", Password: "analytical engine"})
		must(t, err)
		users, subjects = append(users, user.ID), append(subjects, user.SubjectID())
		groups = append(groups, s.group(name))
	}
	for _, subject := range subjects {
		must(t, s.api.Groups.AddMember(t.Context(), groups[0], subject))
	}
	s.server.ResetRequests()

	for range 2 {
		forAll(t, users, func(ctx context.Context, id string) error { return second(s.Users.Get(ctx, id)) })
	}
	s.wantAsked("GET /auth/users/")
	for range 2 {
		forAll(t, groups, func(ctx context.Context, id string) error { return second(s.Groups.Get(ctx, id)) })
	}
	s.wantAsked("GET /authz/groups/")
	forAll(t, subjects, func(ctx context.Context, id string) error {
		is, err := s.GroupMembers.Has(ctx, groups[0], id)
		if err == nil && !is {
			err = fmt.Errorf("%s is no member", id)
		}
		return err
	})
	s.wantAsked("GET /authz/groups/{group_id}/members")
	forAll(t, subjects, func(ctx context.Context, id string) error { return second(s.Users.BySubject(ctx, id)) })
	s.wantAsked() // The list of users has them.
	for range 2 {
		must(t, second(s.Me(t.Context())))
		must(t, second(s.PATs.List(t.Context())))
	}
	s.wantAsked("GET /auth/users/me", "GET /auth/pats")
}

// What counts is what a group has, however the server answers what is so already.
func TestGatewayMembersAreAsWanted(t *testing.T) {
	for _, outcome := range []gatewayserver.Outcome{authserver.OutcomeOK, "400", "404", "409"} {
		t.Run(string(outcome), func(t *testing.T) {
			behavior := gatewayserver.Behavior{RemoveAbsent: outcome}
			if outcome != "404" {
				behavior.AddTwice = outcome
			}
			s := startGateway(t, behavior)
			group := s.group("readers", "ada")
			must(t, s.GroupMembers.Add(t.Context(), group, "ada"))
			must(t, s.GroupMembers.Remove(t.Context(), group, "grace"))
			s.wantMembers(group, "ada")
			must(t, s.Groups.Delete(t.Context(), group))
			must(t, s.GroupMembers.Remove(t.Context(), group, "joan"))
			wantError(t, s.GroupMembers.Add(t.Context(), group, "joan"), client.ErrNotFound)
		})
	}
}

// A refactoring gives an assignment up in one resource and takes it over in another, in any order.
func TestGatewayMembersTakeOver(t *testing.T) {
	s, ctx := startGateway(t, gatewayserver.Behavior{}), t.Context()
	group := s.group("readers", "ada", "grace", "later")

	must(t, s.GroupMembers.Add(ctx, group, "ada"))
	must(t, s.GroupMembers.Remove(ctx, group, "ada"))
	must(t, s.GroupMembers.Change(ctx, group, []string{"ada"}, nil, []string{"ada"}))
	s.wantMembers(group, "ada", "grace", "later")

	must(t, s.GroupMembers.Remove(ctx, group, "grace"))
	s.wantMembers(group, "ada", "later")
	must(t, s.GroupMembers.Keep(ctx, group, "grace"))
	must(t, s.GroupMembers.Remove(ctx, group, "grace"))
	s.wantMembers(group, "ada", "grace", "later")

	want := []string{"a", "b", "c", "d", "e"}
	must(t, s.GroupMembers.Change(ctx, group, []string{"ada"}, want, nil))
	s.wantMembers(group, append(want, "ada", "grace", "later")...) // What came after the plan stays.
}

func TestGatewayMembersAreAddedBeforeOthersAreRemoved(t *testing.T) {
	const members = "/authz/groups/{group_id}/members"
	s := startGateway(t, gatewayserver.Behavior{})
	group := s.group("readers", "old1", "old2", "old3")
	s.server.Inject(authserver.Fault{Method: "POST", Route: members, After: 2, Status: 500})
	old := []string{"old1", "old2", "old3"}
	if err := s.GroupMembers.Change(t.Context(), group, old, []string{"new1", "new2", "new3"}, old); err == nil {
		t.Fatal("a change that failed in part counts as done")
	}
	for _, request := range s.server.Requests() {
		if request.Method == http.MethodDelete {
			t.Errorf("%s was removed, though not all new members are assigned", request.Path)
		}
	}
}

// What is switched off or not offered is not gone.
func TestGatewayMembersAreNotGoneWhereGroupsAreNotOffered(t *testing.T) {
	for kind, behavior := range map[error]gatewayserver.Behavior{
		client.ErrDisabled: {ReBACOff: true}, client.ErrUnsupported: {Platform: gatewayserver.Platform102},
	} {
		s := startGateway(t, behavior)
		wantError(t, s.GroupMembers.Remove(t.Context(), "g", "ada"), kind, client.ErrNotFound)
		wantError(t, s.GroupMembers.Add(t.Context(), "g", "ada"), kind, client.ErrNotFound)
		wantError(t, second(s.GroupMembers.List(t.Context(), "g")), kind, client.ErrNotFound)
		wantError(t, second(s.Groups.Get(t.Context(), "g")), kind, client.ErrNotFound)
	}
}

func TestGatewayMembersThatAreLeftOutAreUnknown(t *testing.T) {
	for _, body := range []string{`{}`, `{"members": null}`} {
		s := startGateway(t, gatewayserver.Behavior{})
		group := s.group("readers", "ada")
		s.server.Inject(authserver.Fault{Method: "GET", Route: "/authz/groups/{group_id}/members", Status: 200, Body: body})
		wantError(t, second(s.GroupMembers.List(t.Context(), group)), directory.ErrNoList)
	}
}

func TestGatewayTokensAreRevokedOnce(t *testing.T) {
	for _, outcome := range []gatewayserver.Outcome{authserver.OutcomeOK, "404", "409"} {
		s := startGateway(t, gatewayserver.Behavior{RevokeTwice: outcome})
		created, err := s.PATs.Create(t.Context(), gateway.PATCreate{Name: "ci"})
		must(t, err)
		for range 2 {
			must(t, s.PATs.Revoke(t.Context(), created.PAT.JTI))
		}
		pat, err := s.PATs.Get(t.Context(), created.PAT.JTI)
		must(t, err)
		if !pat.Revoked {
			t.Errorf("%s: the token is not revoked", outcome)
		}
	}
}
