package acctest

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
)

// Says matches an output that has all the phrases in this order, wherever Terraform breaks its lines.
func Says(phrases ...string) *regexp.Regexp {
	for i, phrase := range phrases {
		words := strings.Fields(phrase)
		for j, word := range words {
			words[j] = regexp.QuoteMeta(word)
		}
		phrases[i] = strings.Join(words, `\s+`)
	}
	return regexp.MustCompile("(?s)" + strings.Join(phrases, ".*"))
}

// Must fails the test at an error.
func Must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Text is a text that may be missing.
func Text(optional *string) string {
	if optional == nil {
		return ""
	}
	return *optional
}

// WantWords checks what was printed.
func WantWords(t *testing.T, out string, phrases ...string) {
	t.Helper()
	for _, phrase := range phrases {
		if !Says(phrase).MatchString(out) {
			t.Errorf("the output lacks %q:\n%s", phrase, out)
		}
	}
}

// RejectWords checks that none of the phrases was printed.
func RejectWords(t *testing.T, out string, phrases ...string) {
	t.Helper()
	for _, phrase := range phrases {
		if Says(phrase).MatchString(out) {
			t.Errorf("the output has %q:\n%s", phrase, out)
		}
	}
}

// Texts is a set or list of exactly these texts.
func Texts(texts ...string) knownvalue.Check {
	checks := make([]knownvalue.Check, len(texts))
	for i, text := range texts {
		checks[i] = knownvalue.StringExact(text)
	}
	return knownvalue.SetExact(checks)
}

// Holds checks attributes of one address.
func Holds(address string, attributes map[string]knownvalue.Check) (checks []statecheck.StateCheck) {
	for name, value := range attributes {
		checks = append(checks, statecheck.ExpectKnownValue(address, tfjsonpath.New(name), value))
	}
	return checks
}

var (
	AnyUUID      = knownvalue.StringRegexp(regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`))
	AnyTimestamp = knownvalue.StringRegexp(regexp.MustCompile(`^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$`))
)

// Warns tells whether the provider warns of something.
func Warns(out string) bool {
	return strings.Contains(strings.ReplaceAll(out, "Warning: Provider development overrides", ""), "Warning:")
}

// Plans expects what a plan does with one resource.
func Plans(address string, action plancheck.ResourceActionType) resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, action)}}
}

// ServiceHas expects what a service has, written as texts, in this order.
func ServiceHas(got func() []string, want ...string) resource.TestCheckFunc {
	return func(*terraform.State) error {
		if got := got(); !slices.Equal(got, want) {
			return fmt.Errorf("the service has\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
		}
		return nil
	}
}

// Check checks outside a step what a step would check.
func Check(t *testing.T, check resource.TestCheckFunc) {
	t.Helper()
	if err := check(nil); err != nil {
		t.Error(err)
	}
}
