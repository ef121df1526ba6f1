package snapshot_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/authservertest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/connection"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/snapshot"
)

// read reads a service with an API key or as a user.
func read(t *testing.T, config client.Config, options snapshot.Options) (snapshot.Snapshot, error) {
	t.Helper()
	c, err := client.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return snapshot.Read(t.Context(), c, connection.New(c, connection.Configuration{API: "auto"}), options)
}

func mustRead(t *testing.T, config client.Config, options snapshot.Options) snapshot.Snapshot {
	t.Helper()
	s, err := read(t, config, options)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestRead_rbac(t *testing.T) {
	t.Parallel()
	s := authservertest.Start(t, authserver.Config{})
	caller := authservertest.NewCaller(t, s.URL)
	right := caller.Send("POST", "/auth/rights/", authservertest.Fields{"name": "restart"}).ID()
	role := caller.Send("POST", "/auth/roles/", authservertest.Fields{"name": "operator", "rights": []string{right}}).ID()
	group := caller.Send("POST", "/auth/groups/", authservertest.Fields{"name": "platform", "roles": []string{role}}).ID()
	organization := caller.Send("POST", "/auth/organizations/", authservertest.Fields{
		"name": "acme", "idp_config": authservertest.Fields{"provider": "okta", "domain": "d", "client_id": "c", "additional_config": authservertest.Fields{"secret": "s"}},
	}).ID()
	caller.Send("POST", "/auth/users/local", authservertest.Fields{
		"username": "ada", "email": "ada@example.com", "password": "correct horse battery", "groups": []string{group}, "organization_id": organization,
	}).ID()

	for name, config := range map[string]client.Config{
		"with an API key": {BaseURL: s.URL, APIKey: authservertest.APIKey},
		"as a user":       {BaseURL: s.URL, Username: authservertest.AdminUsername, Password: authservertest.AdminPassword},
	} {
		got := mustRead(t, config, snapshot.Options{})
		if got.Generation != connection.RBAC || len(got.Users) != 2 || got.Users[0].Username != "ada" || got.Users[0].Groups[0] != group || got.Self != s.Server.AdminID() ||
			len(got.Groups) != 1 || got.Groups[0].Roles[0] != role || len(got.Roles) != 1 || got.Roles[0].Rights[0] != right || len(got.Rights) != 1 ||
			len(got.Organizations) != 1 || *got.Organizations[0].IDP != (snapshot.IDP{Provider: "okta", Domain: "d", ClientID: "c"}) || len(got.Lost) != 0 {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// What may not be read of single objects is lost; anything else is an error.
func TestRead_lost(t *testing.T) {
	t.Parallel()
	s := authservertest.Start(t, authserver.Config{})
	caller := authservertest.NewCaller(t, s.URL)
	group := caller.Send("POST", "/auth/groups/", authservertest.Fields{"name": "platform"}).ID()
	config := client.Config{BaseURL: s.URL, APIKey: authservertest.APIKey}
	also := snapshot.Options{Also: snapshot.Seeds{snapshot.KindGroup: {group, authservertest.Nobody}}}

	got := mustRead(t, config, also)
	if len(got.Groups) != 1 || len(got.Lost) != 1 || got.Lost[0].ID != authservertest.Nobody || !got.Lost[0].Gone || got.Lost[0].Kind != snapshot.KindGroup {
		t.Errorf("got %+v", got)
	}
	s.Server.Inject(authserver.Fault{Method: "GET", Route: "/auth/groups/" + group, Status: 403, Body: `{"detail": "No"}`})
	if got := mustRead(t, config, also); len(got.Groups) != 0 || len(got.Lost) != 2 {
		t.Errorf("got %+v", got)
	}
	s.Server.ClearFaults()
	s.Server.Inject(authserver.Fault{Method: "GET", Route: "/auth/groups/" + group, Status: 403, Body: "<!doctype html>", ContentType: "text/html"})
	if _, err := read(t, config, also); !errors.Is(err, client.ErrForbidden) || !strings.Contains(err.Error(), "could not read the group "+group) {
		t.Errorf("a web page of a proxy: %v", err)
	}
	s.Server.ClearFaults()
	s.Server.Inject(authserver.Fault{Method: "GET", Route: "/auth/users/", Status: 403, Body: `{"detail": "No"}`})
	if _, err := read(t, config, also); !errors.Is(err, client.ErrForbidden) || !strings.Contains(err.Error(), "could not list the users") {
		t.Errorf("no list of users: %v", err)
	}
}

func TestRead_gateway(t *testing.T) {
	t.Parallel()
	s := authservertest.StartGateway(t, authserver.Config{})
	session := authservertest.GatewaySession{Caller: authservertest.NewCaller(t, s.URL), Server: s.Server}
	session.User("ada")
	subject := s.Server.Snapshot().Users[len(s.Server.Snapshot().Users)-1].SubjectID
	group := session.Send("POST", "/authz/groups/", authservertest.Fields{"name": "platform"}).ID()
	session.Send("POST", "/authz/groups/"+group+"/members", authservertest.Fields{"user_id": subject}).Want(204)
	session.Login("ada").Send("POST", "/workrooms/", authservertest.Fields{"name": "hers", "type": "persistent"}).ID()
	config := client.Config{BaseURL: s.URL, Username: authservertest.AdminUsername, Password: authservertest.AdminPassword}

	got := mustRead(t, config, snapshot.Options{})
	if got.Generation != connection.Gateway || len(got.Users) != 2 || got.Self != s.Server.AdminID() || len(got.Groups) != 1 || got.Groups[0].Members[0] != subject ||
		len(got.Workrooms) != 1 || got.Workrooms[0].Members != nil || len(got.Lost) != 1 || !got.Lost[0].Stranger || got.Lost[0].What != "members" {
		t.Errorf("got %+v", got)
	}
	got = mustRead(t, config, snapshot.Options{WithoutMembers: true})
	if got.Groups[0].Members != nil || len(got.Lost) != 0 {
		t.Errorf("without members: %+v", got)
	}
}
