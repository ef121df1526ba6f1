package grant_test

import (
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
)

// moving is one way from a configuration to another one with the same access on the dataset d.
type moving struct {
	from, to string
	warning  string   // of the plan
	held     []string // afterwards; by default, what there was before
}

var both = []string{dataset("d", "editor", "bela"), dataset("d", "viewer", "ada")}

// movings are all ways in which access goes from one resource to another.
func movings() map[string]moving {
	tuples := single(tupleType, "ada", "d", "viewer", "ada") + single(tupleType, "bela", "d", "editor", "bela")
	grants := single(grantType, "ada", "d", "viewer", "ada") + single(grantType, "bela", "d", "editor", "bela")
	whole := set("d", "d", "", users{"viewer": {"ada"}, "editor": {"bela"}})
	return map[string]moving{
		"a tuple's address changes": {
			from: tuples, to: single(tupleType, "other", "d", "viewer", "ada") + single(tupleType, "bela", "d", "editor", "bela"),
			warning: "kamiwaza_relationship_tuple is destroyed, but kamiwaza_relationship_tuple keeps its assignments",
		},
		"a grant's address changes": {
			from: grants, to: single(grantType, "other", "d", "viewer", "ada") + single(grantType, "bela", "d", "editor", "bela"),
			warning: "kamiwaza_resource_grant is destroyed, but kamiwaza_resource_grant keeps its assignments",
		},
		"a set's address changes": {
			from: whole, to: set("other", "d", "", users{"viewer": {"ada"}, "editor": {"bela"}}),
			warning: "kamiwaza_resource_grants is destroyed, but kamiwaza_resource_grants keeps its assignments",
		},
		"grants become a set":   {from: grants, to: whole, warning: "kamiwaza_resource_grant is destroyed, but kamiwaza_resource_grants keeps its assignments"},
		"a set becomes grants":  {from: whole, to: grants, warning: "kamiwaza_resource_grants is destroyed, but kamiwaza_resource_grant keeps its assignments"},
		"tuples become a set":   {from: tuples, to: whole, warning: "kamiwaza_relationship_tuple is destroyed, but kamiwaza_resource_grants keeps its assignments"},
		"a set becomes tuples":  {from: whole, to: tuples, warning: "kamiwaza_resource_grants is destroyed, but kamiwaza_relationship_tuple keeps its assignments"},
		"tuples become grants":  {from: tuples, to: grants, warning: "kamiwaza_relationship_tuple is destroyed, but kamiwaza_resource_grant keeps its assignments"},
		"grants become tuples":  {from: grants, to: tuples, warning: "kamiwaza_resource_grant is destroyed, but kamiwaza_relationship_tuple keeps its assignments"},
		"a set splits in two":   {from: whole, to: set("v", "d", `relations = ["viewer"]`, users{"viewer": {"ada"}}) + set("e", "d", `relations = ["editor"]`, users{"editor": {"bela"}})},
		"a set gives one grant": {from: whole, to: set("d", "d", `relations = ["viewer"]`, users{"viewer": {"ada"}}) + single(grantType, "bela", "d", "editor", "bela")},
		"a set takes one grant": {
			from: set("d", "d", `relations = ["viewer"]`, users{"viewer": {"ada"}}) + single(grantType, "bela", "d", "editor", "bela"), to: whole,
		},
		"a set is narrowed":         {from: whole, to: set("d", "d", `relations = ["viewer"]`, users{"viewer": {"ada"}})},
		"a set is only forgotten":   {from: whole, to: "", held: []string{}},
		"grants are only forgotten": {from: grants, to: "", held: []string{}},
	}
}

// TestAccMoves changes which resource manages what, in one apply: nobody loses access, and the plan after it is empty.
func TestAccMoves(t *testing.T) {
	t.Parallel()
	moves := movings()
	for name, server := range acctest.Pairs(moves, behaviors) {
		move := moves[name]
		t.Run(name+" "+server, func(t *testing.T) {
			t.Parallel()
			s := acctest.StartGateway(t, authserver.Config{API: behaviors[server]})
			w := acctest.WorkdirFor(t, s, acctest.RequiredProviders+move.from)
			w.Terraform(t, 0, "apply", "-auto-approve")
			checkHeld(t, s, both...)
			w.Write(t, acctest.RequiredProviders+move.to)
			out := w.Output(t, 2, "plan", "-detailed-exitcode", "-out=plan")
			if move.warning != "" {
				acctest.WantWords(t, out, move.warning)
			}
			w.Terraform(t, 0, "apply", "plan")
			want := both
			if move.held != nil {
				want = move.held
			}
			checkHeld(t, s, want...)
			w.Terraform(t, 0, "plan", "-detailed-exitcode")
			w.Age(t)
			w.Terraform(t, 0, "plan", "-detailed-exitcode")
		})
	}
}
