package workroom_test

import (
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
)

// TestAccMoves changes which resource manages whom, in one apply: nobody loses access, and the plan after it is empty.
func TestAccMoves(t *testing.T) {
	t.Parallel()
	singles := single("ada", lab, "ada", "viewer") + single("bela", lab, "bela", "editor")
	whole := set("all", lab, "", roles{"ada": "viewer", "bela": "editor"})
	moves := map[string]struct{ from, to, warning string }{
		"an address changes":       {singles, single("other", lab, "ada", "viewer") + single("bela", lab, "bela", "editor"), "kamiwaza_workroom_member is destroyed, but kamiwaza_workroom_member keeps its assignments"},
		"the set's address does":   {whole, set("other", lab, "", roles{"ada": "viewer", "bela": "editor"}), "kamiwaza_workroom_members is destroyed, but kamiwaza_workroom_members keeps its assignments"},
		"single ones become a set": {singles, whole, "kamiwaza_workroom_member is destroyed, but kamiwaza_workroom_members keeps its assignments"},
		"a set becomes single":     {whole, singles, "kamiwaza_workroom_members is destroyed, but kamiwaza_workroom_member keeps its assignments"},
		"one of two goes":          {singles + single("twice", lab, "ada", "viewer"), singles, "kamiwaza_workroom_member is destroyed"},
	}
	for name, server := range acctest.Pairs(moves, behaviors) {
		move := moves[name]
		t.Run(name+" "+server, func(t *testing.T) {
			t.Parallel()
			s := start(t, behaviors[server])
			w := acctest.WorkdirFor(t, s, acctest.RequiredProviders+room("lab", "")+move.from)
			w.Terraform(t, 0, "apply", "-auto-approve")
			checkHeld(t, s, "lab: ada viewer", "lab: bela editor")
			w.Write(t, acctest.RequiredProviders+room("lab", "")+move.to)
			acctest.WantWords(t, w.Output(t, 2, "plan", "-detailed-exitcode", "-out=plan"), move.warning)
			w.Terraform(t, 0, "apply", "plan")
			checkHeld(t, s, "lab: ada viewer", "lab: bela editor")
			w.Terraform(t, 0, "plan", "-detailed-exitcode")
		})
	}
}
