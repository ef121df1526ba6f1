package provider_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/importid"
)

// uuidForm is the form of ids, written down a second time.
var uuidForm = regexp.MustCompile(`\A[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\z`)

func isEdgeID(id string) bool {
	from, to, _ := strings.Cut(id, "/")
	return uuidForm.MatchString(from) && uuidForm.MatchString(to)
}

var wrongIDs = []string{
	"", " ", "/", "//", "ada", "Ada", someID, strings.ToUpper(someID), " " + someID, someID + "\n", someID + "/", "/" + someID, someID + "/" + otherID,
	someID + "/" + otherID + "/", someID + "/" + strings.ToUpper(otherID), someID + "%2F" + otherID, "{" + someID + "}", "urn:uuid:" + someID, "../users/me",
	"a\x00b", "\xff", "ada?x=1#y", strings.Repeat("a", 10_000),
}

// FuzzImportID imports every type by every id. An import ends in a state that has this id, or in an error that names
// what is wrong. Any other text is a name, and the only one that the server has is that of the administrator.
func FuzzImportID(f *testing.F) {
	s := acctest.Start(f, authserver.Config{})
	p := acctest.NewProtocol(f, s)
	var types []string
	for typeName := range p.Schemas.ResourceSchemas {
		if !slices.Contains(gatewayOnly, typeName) { // whose ids are free text
			types = append(types, typeName)
		}
	}
	slices.Sort(types)
	for i := range types {
		for _, id := range wrongIDs {
			f.Add(uint8(i), id)
		}
		for _, id := range []string{"admin", "ADMIN", someID + "/admin", someID + "/%61dmin", "admin/admin", "a/b/c", "%36" + someID[1:] + "/" + otherID} {
			f.Add(uint8(i), id)
		}
	}
	f.Fuzz(func(t *testing.T, which uint8, id string) {
		p := p
		p.T = t
		typeName := types[int(which)%len(types)]
		resp, err := p.Server.ImportResourceState(t.Context(), &tfprotov6.ImportResourceStateRequest{TypeName: typeName, ID: id})
		acctest.Must(t, err)
		if id == "" {
			return // Terraform sends no empty id, and without one the identity counts.
		}
		isEdge := slices.Contains([]string{"kamiwaza_group_member", "kamiwaza_group_role", "kamiwaza_role_right"}, typeName)
		want := id
		if isEdge {
			from, to, _ := strings.Cut(id, "/")
			from, to = importid.Unescape(from), importid.Unescape(to)
			if typeName == "kamiwaza_group_member" && strings.EqualFold(to, "admin") {
				to = s.Server.AdminID()
			}
			want = from + "/" + to
		} else if (typeName == "kamiwaza_user" || typeName == "kamiwaza_user_groups") && strings.EqualFold(id, "admin") {
			want = s.Server.AdminID()
		}
		good := isEdge && isEdgeID(want) || !isEdge && uuidForm.MatchString(want)
		if failed := len(resp.Diagnostics) > 0; failed == good {
			t.Fatalf("%s %q: %v", typeName, id, resp.Diagnostics)
		}
		if !good {
			return
		}
		if state := p.Texts(p.StateType(typeName), resp.ImportedResources[0].State); state["id"] != want {
			t.Errorf("%s %q: the state is %v", typeName, id, state)
		}
	})
}

// FuzzParseID holds that parse_id takes apart what an import takes, and nothing else.
func FuzzParseID(f *testing.F) {
	for _, id := range wrongIDs {
		f.Add(id)
	}
	p := acctest.Unconfigured(f)
	f.Fuzz(func(t *testing.T, id string) {
		argument, err := tfprotov6.NewDynamicValue(tftypes.String, tftypes.NewValue(tftypes.String, id))
		acctest.Must(t, err)
		resp, err := p.Server.CallFunction(t.Context(), &tfprotov6.CallFunctionRequest{Name: "parse_id", Arguments: []*tfprotov6.DynamicValue{&argument}})
		acctest.Must(t, err)
		if good := isEdgeID(id); good != (resp.Error == nil) {
			t.Fatalf("%q: %v", id, resp.Error)
		} else if !good {
			return
		}
		ends := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"from": tftypes.String, "to": tftypes.String}}
		p := p
		p.T = t
		if got := p.Texts(ends, resp.Result); got["from"]+"/"+got["to"] != id {
			t.Errorf("%q becomes %v", id, got)
		}
	})
}
