package provider_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
)

// gatewayAccess has, beside gatewayCompany, one of each type about who may use what.
const gatewayAccess = `
resource "kamiwaza_relationship_tuple" "cleared" {
  subject  = { namespace = "user", id = kamiwaza_user.ada.subject_id }
  relation = "cleared_for"
  object   = { namespace = "mission", id = "north" }
}
resource "kamiwaza_resource_grant" "model" {
  subject  = { namespace = "user", id = kamiwaza_user.ada.subject_id }
  relation = "viewer"
  object   = { namespace = "model", id = "forecast/7b 100%" }
}
resource "kamiwaza_resource_grants" "data" {
  object = { namespace = "dataset", id = "urn:li:dataset:(urn:li:dataPlatform:s3,sales,PROD)" }
  grants = {
    editor = { user = [kamiwaza_user.ada.subject_id] }
    viewer = { user = [kamiwaza_user.ada.subject_id, kamiwaza_user.bela.subject_id], role = ["viewer"] }
  }
}
resource "kamiwaza_identity_provider" "company" {
  alias                    = "larkspur"
  kind                     = "oidc"
  issuer                   = "https://login.example.com"
  client_id                = "kamiwaza"
  client_secret_wo         = "correct horse"
  client_secret_wo_version = "1"
  scopes                   = ["openid", "email"]
}
resource "kamiwaza_group_mapping" "crew" {
  issuer           = kamiwaza_identity_provider.company.issuer
  idp_group_path   = "/crew"
  local_group_name = kamiwaza_group.crew.name
}
resource "kamiwaza_workroom" "forecasts" {
  name                = "Forecasts"
  description         = "Quarterly forecasts"
  labels              = ["b", "a"]
  deletion_protection = false
}
resource "kamiwaza_workroom_members" "forecasts" {
  workroom_id = kamiwaza_workroom.forecasts.id
  members     = { (kamiwaza_user.ada.email) = "editor" }
}
resource "kamiwaza_workroom" "reviews" {
  name                = "Reviews"
  deletion_protection = false
}
resource "kamiwaza_workroom_member" "reviews" {
  workroom_id = kamiwaza_workroom.reviews.id
  email       = kamiwaza_user.ada.email
}
resource "kamiwaza_attribute" "clearance" {
  name           = "clearance"
  type           = "string"
  force_withdraw = true
}
resource "kamiwaza_subject" "robot" {
  username            = "robot"
  attributes          = jsonencode({ clearance = "north" })
  deletion_protection = false
  depends_on          = [kamiwaza_attribute.clearance]
}
`

// TestAccGatewayTypes creates one of each type: the plans after it are empty, each is imported by its id and its identity, and
// each that is gone leaves the state with a warning that names it.
func TestAccGatewayTypes(t *testing.T) {
	t.Parallel()
	s := acctest.StartGateway(t, authserver.Config{})
	before := s.Population()
	const token = "resource \"kamiwaza_personal_access_token\""
	company, tail, _ := strings.Cut(gatewayCompany, token)
	w := acctest.WorkdirFor(t, s, company+gatewayAccess)
	acctest.RejectWords(t, strings.ReplaceAll(w.Terraform(t, 0, "apply", "-auto-approve"), "Warning: Provider development overrides", ""), "Warning:")
	w.Terraform(t, 0, "plan", "-detailed-exitcode")
	for range 3 { // Terraform keeps some things in random order.
		w.Terraform(t, 0, "plan", "-refresh-only", "-detailed-exitcode")
	}
	w.Write(t, company+token+tail+gatewayAccess) // Terraform 1.11 takes a number in a state for a change.
	w.Terraform(t, 0, "apply", "-auto-approve")
	instances := gatewayInstances(t, s, w)
	w.Terraform(t, 0, "destroy", "-auto-approve")
	if after := s.Population(); after != before {
		t.Errorf("destroy left %s; before there were %s", after, before)
	}

	delete(instances, "kamiwaza_resource_grants.data") // An object on which nothing is granted is one like any other.
	for address, i := range instances {
		t.Run(address+" gone", func(t *testing.T) {
			t.Parallel()
			p := acctest.NewProtocol(t, s) // A run reads each object once.
			read := p.Read(i.TypeName, i.State, nil, i.Private)
			if state := p.Texts(p.StateType(i.TypeName), read.NewState); state != nil {
				t.Errorf("the state is %v, want it removed", state)
			}
			read.Diagnostics = slices.DeleteFunc(read.Diagnostics, func(d *tfprotov6.Diagnostic) bool { return d.Summary == "Is base_url right?" })
			if len(read.Diagnostics) != 1 || !strings.Contains(read.Diagnostics[0].Summary, "no longer") {
				t.Errorf("the warnings are %s, want one that says that it no longer exists", acctest.Written(read.Diagnostics))
			}
		})
	}
}

// gatewayInstances imports the objects of a state, each by its id and by its identity, and wants one of each type.
func gatewayInstances(t *testing.T, s acctest.Gateway, w acctest.Workdir) map[string]acctest.Instance {
	t.Helper()
	instances := map[string]acctest.Instance{}
	seen := map[string]bool{}
	for address, object := range w.Objects(t) {
		typeName, _, _ := strings.Cut(address, ".")
		if typeName == "data" {
			continue
		}
		seen[typeName] = true
		p := acctest.NewProtocol(t, s)
		resp, err := p.Server.ImportResourceState(t.Context(), &tfprotov6.ImportResourceStateRequest{TypeName: typeName, ID: object["id"].(string)})
		acctest.Must(t, err)
		p.NoErrors(resp.Diagnostics)
		byID := resp.ImportedResources[0]
		read := p.Read(typeName, byID.State, byID.Identity, byID.Private)
		identity := p.Texts(p.IdentityType(typeName), read.NewIdentity.IdentityData)
		byIdentity, problems := p.ImportByIdentity(typeName, identity)
		p.NoErrors(problems)
		again := p.Read(typeName, byIdentity.State, byIdentity.Identity, byIdentity.Private)
		if got := p.Texts(p.IdentityType(typeName), again.NewIdentity.IdentityData); !maps.Equal(got, identity) {
			t.Errorf("%s: imported by the identity %v, the identity is %v", address, identity, got)
		}
		want, got := p.Texts(p.StateType(typeName), read.NewState), p.Texts(p.StateType(typeName), again.NewState)
		if !maps.Equal(got, want) || want["id"] != object["id"] {
			t.Errorf("%s: imported by the id %s it is\n%v\nand by the identity\n%v", address, object["id"], want, got)
		}
		instances[address] = acctest.Instance{TypeName: typeName, State: read.NewState, Private: read.Private}
	}
	for _, typeName := range gatewayOnly {
		if !seen[typeName] {
			t.Errorf("there is no %s", typeName)
		}
	}
	return instances
}

// TestAccGatewayHostileAnswers reads one of each type through something that garbles answers. No such answer is taken for the end
// of an object, and each is an error that names the request.
func TestAccGatewayHostileAnswers(t *testing.T) {
	t.Parallel()
	s := acctest.StartGateway(t, authserver.Config{})
	w := acctest.WorkdirFor(t, s, gatewayCompany+gatewayAccess)
	w.Terraform(t, 0, "apply", "-auto-approve")
	instances := gatewayInstances(t, s, w)

	target, err := url.Parse(strings.TrimSuffix(s.Address(), "/api"))
	acctest.Must(t, err)
	for name, answer := range map[string]struct {
		status    int
		mediaType string
		body      string
	}{
		"null":             {200, "application/json", "null"},
		"a text":           {200, "application/json", `"fine"`},
		"a number":         {200, "application/json", "7"},
		"an empty object":  {200, "application/json", "{}"},
		"nothing":          {200, "application/json", ""},
		"half an answer":   {200, "application/json", `[{"id": "`},
		"a list of null":   {200, "application/json", "[null]"},
		"a list of {}":     {200, "application/json", "[{}]"},
		"items of {}":      {200, "application/json", `{"items": [{}], "total": 1, "users": [{}], "groups": [{}], "tuples": [{}]}`},
		"a page":           {200, "text/html", "<html>log in</html>"},
		"a proxy's 404":    {404, "text/html", "<html>404 page not found</html>"},
		"a router's 404":   {404, "application/json", `{"detail": "Not Found"}`},
		"an outage":        {500, "application/json", `{"detail": "boom"}`},
		"rebac off":        {503, "application/json", `{"detail": {"error": "rebac_disabled"}}`},
		"may not be shown": {403, "application/json", `{"detail": "Admin role required"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			proxy := httputil.NewSingleHostReverseProxy(target)
			front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method != http.MethodGet || r.URL.Path == "/api/auth/health" || r.URL.Path == "/api/auth/users/me" {
					proxy.ServeHTTP(w, r)
					return
				}
				w.Header().Set("Content-Type", answer.mediaType)
				w.WriteHeader(answer.status)
				_, _ = w.Write([]byte(answer.body))
			}))
			t.Cleanup(front.Close)
			for _, address := range slices.Sorted(maps.Keys(instances)) {
				i := instances[address]
				p := acctest.NewProtocol(t, s, "base_url", front.URL+"/api")
				read := p.TryRead(i.TypeName, i.State, nil, i.Private)
				before, err := i.State.Unmarshal(p.StateType(i.TypeName))
				acctest.Must(t, err)
				after, err := read.NewState.Unmarshal(p.StateType(i.TypeName))
				acctest.Must(t, err)
				if !after.Equal(before) {
					t.Errorf("%s: the state is %v, was %v", address, p.Texts(p.StateType(i.TypeName), read.NewState), p.AttributesOf(i))
				}
				if text := acctest.Written(read.Diagnostics); !strings.Contains(text, "ERROR") || !strings.Contains(text, "GET /") && !strings.Contains(text, "The server's answer leaves out") {
					t.Errorf("%s: %s", address, text)
				}
			}
		})
	}
}
