package provider_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	gatewayserver "github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/gateway"
)

// accessChanges are what review and diff print as JSON, as far as both tell the same.
type accessChanges struct {
	Accounts []struct {
		Holder struct{ ID, Name string }
		Effect string
	}
	Changes []struct {
		Holder     struct{ ID, Name string }
		Effect     string
		Permission struct{ Kind, ID, Name string }
		Ways       [][]struct{ Kind, ID, Name string }
		WaysCount  int `json:"ways_count"`
	}
	Unknown []struct{ Address, Argument, Reason string }
}

func changesOf(t *testing.T, output string) accessChanges {
	t.Helper()
	var c accessChanges
	acctest.Must(t, json.Unmarshal([]byte(output), &c))
	return c
}

// wantReviewIsRight plans the configuration, reviews the plan, applies it, and compares the review with the difference of snapshots taken before and
// after. It returns how much the plan changes.
func wantReviewIsRight(t *testing.T, w acctest.Workdir, e companion) int {
	t.Helper()
	w.Terraform(t, 0, "plan", "-out=plan")
	file := filepath.Join(w.Dir, "plan.json")
	acctest.Must(t, os.WriteFile(file, []byte(w.Terraform(t, 0, "show", "-json", "plan")), 0o600))
	before, after := filepath.Join(w.Dir, "before.json"), filepath.Join(w.Dir, "after.json")
	snapshot := func(to string) {
		out, _ := e.run(t, 0, "snapshot", "-quiet")
		acctest.Must(t, os.WriteFile(to, []byte(out), 0o600))
	}
	snapshot(before)
	reviewed, _ := e.run(t, 0, "review", "-quiet", "-format=json", file)
	again, _ := e.run(t, 0, "review", "-quiet", "-format=json", file)
	if again != reviewed {
		t.Errorf("another review of the same plan differs:\n%s\n%s", reviewed, again)
	}
	w.Terraform(t, 0, "apply", "plan")
	snapshot(after)
	compared, _ := e.run(t, 0, "diff", "-format=json", before, after)
	since, _ := e.run(t, 0, "diff", "-quiet", "-format=json", before)
	if since != compared {
		t.Errorf("the difference between a snapshot and now is not that between two snapshots:\n%s\n%s", since, compared)
	}
	got, want := changesOf(t, reviewed), changesOf(t, compared)
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("the review said\n%s\nbut the apply did\n%s", reviewed, compared)
	}
	return len(want.Changes) + len(want.Accounts)
}

// mutate changes who has what in a company that was exported as YAML.
func mutate(company map[string]any, random *rand.Rand) {
	section := func(name string) map[string]any { entries, _ := company[name].(map[string]any); return entries }
	pick := func(entries map[string]any) (string, map[string]any) {
		names := slices.Sorted(maps.Keys(entries))
		if len(names) == 0 {
			return "", nil
		}
		name := names[random.IntN(len(names))]
		entry, _ := entries[name].(map[string]any)
		return name, entry
	}
	// toggle takes a name out of a list, or puts one in.
	toggle := func(entry map[string]any, list string, from map[string]any) {
		names, _ := entry[list].([]any)
		if name, _ := pick(from); name != "" && entry != nil {
			if at := slices.Index(names, any(name)); at >= 0 {
				entry[list] = slices.Delete(slices.Clone(names), at, at+1)
			} else {
				entry[list] = append(slices.Clone(names), name)
			}
		}
	}
	for range 1 + random.IntN(8) {
		_, person := pick(section("people"))
		_, group := pick(section("groups"))
		_, role := pick(section("roles"))
		_, room := pick(section("workrooms"))
		switch random.IntN(8) {
		case 0:
			isActive, given := person["active"].(bool)
			person["active"] = given && !isActive
		case 1:
			if company["rights"] != nil || company["roles"] != nil {
				superuser, _ := person["superuser"].(bool)
				person["superuser"] = !superuser
			} else {
				person["roles"] = [][]any{{"user"}, {"viewer", "user"}, {"admin"}}[random.IntN(3)]
			}
		case 2, 3:
			if _, has := person["groups"]; has {
				toggle(person, "groups", section("groups"))
			} else {
				toggle(group, "members", section("people"))
			}
		case 4:
			if role != nil {
				toggle(group, "roles", section("roles"))
			}
		case 5:
			if role != nil {
				toggle(role, "rights", section("rights"))
			}
		case 6:
			if tuples, _ := company["relationship_tuples"].(map[string]any); len(tuples) > 0 {
				name, _ := pick(tuples)
				delete(tuples, name)
			}
		case 7:
			if members, _ := room["members"].(map[string]any); len(members) > 0 {
				name, _ := pick(members)
				if random.IntN(2) == 0 {
					delete(members, name)
				}
			}
		}
	}
}

// wantReviewsAreRight exports a company, and changes it several times.
func wantReviewsAreRight(t *testing.T, cli acctest.CLI, s acctest.Addressed, seed uint64) {
	t.Helper()
	e := newCompanion(t, s)
	w := workdirOf(t, cli, exporter{e}, s, "-style=yaml")
	w.Terraform(t, 0, "apply", "-auto-approve")
	acctest.Must(t, os.Remove(filepath.Join(w.Dir, "imports.tf")))
	file := filepath.Join(w.Dir, "access.yaml")
	random := rand.New(rand.NewPCG(seed, 3))
	changed := 0
	for range 3 {
		text, err := os.ReadFile(file)
		acctest.Must(t, err)
		var company map[string]any
		acctest.Must(t, yaml.Unmarshal(text, &company))
		mutate(company, random)
		text, err = json.Marshal(company) // which is YAML, too
		acctest.Must(t, err)
		acctest.Must(t, os.WriteFile(file, text, 0o600))
		changed += wantReviewIsRight(t, w, e)
	}
	t.Logf("%d changes", changed)
}

func TestAccReview_rbac(t *testing.T) {
	t.Parallel()
	cli := acctest.NewCLI(t)
	for _, seed := range chaosSeeds(t, 3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			s := acctest.Start(t, authserver.Config{})
			growRBAC(t, s, uint64(seed), 1)
			wantReviewsAreRight(t, cli, s, uint64(seed))
		})
	}
}

func TestAccReview_gateway(t *testing.T) {
	t.Parallel()
	cli := acctest.NewCLI(t)
	for _, seed := range chaosSeeds(t, 3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			s := acctest.StartGateway(t, authserver.Config{API: gatewayserver.Behavior{}})
			growGateway(t, s, uint64(seed), 1, "")
			wantReviewsAreRight(t, cli, s, uint64(seed))
		})
	}
}

var _ = strings.Contains
