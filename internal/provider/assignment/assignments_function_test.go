package assignment_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/assignment"
)

var fromTo = types.ObjectType{AttrTypes: map[string]attr.Type{"from": types.StringType, "to": types.StringType}}

// call runs a function of one argument. result is of the function's type.
func call(t *testing.T, f function.Function, argument, result attr.Value) (attr.Value, *function.FuncError) {
	t.Helper()
	resp := function.RunResponse{Result: function.NewResultData(result)}
	f.Run(t.Context(), function.RunRequest{Arguments: function.NewArgumentsData([]attr.Value{argument})}, &resp)
	return resp.Result.Value(), resp.Error
}

// wantFunctionError fails unless the error is about the first argument and says this.
func wantFunctionError(t *testing.T, err *function.FuncError, want *regexp.Regexp) {
	t.Helper()
	if err == nil || err.FunctionArgument == nil || *err.FunctionArgument != 0 || !want.MatchString(err.Text) {
		t.Errorf("the error is %v, want one at the argument that matches %q", err, want)
	} else if strings.HasSuffix(err.Text, ".") {
		t.Errorf("the error %q ends with a full stop, and Terraform adds another", err.Text)
	}
}

func fromToValue(from, to string) attr.Value {
	return types.ObjectValueMust(fromTo.AttrTypes, map[string]attr.Value{"from": types.StringValue(from), "to": types.StringValue(to)})
}

func TestAssignmentsFunction(t *testing.T) {
	set := types.SetType{ElemType: types.StringType}
	elements := func(texts ...string) attr.Value {
		values := make([]attr.Value, len(texts))
		for i, text := range texts {
			values[i] = types.StringValue(text)
		}
		return types.SetValueMust(types.StringType, values)
	}
	run := func(sets map[string]attr.Value) (attr.Value, *function.FuncError) {
		return call(t, assignment.NewAssignmentsFunction(), types.MapValueMust(set, sets), types.MapUnknown(fromTo))
	}

	for _, test := range []struct{ sets, want map[string]attr.Value }{
		{map[string]attr.Value{}, map[string]attr.Value{}},
		{map[string]attr.Value{"nobody": elements()}, map[string]attr.Value{}},
		{
			map[string]attr.Value{"admins": elements("r1", "r2"), "staff": elements("r1")},
			map[string]attr.Value{"admins/r1": fromToValue("admins", "r1"), "admins/r2": fromToValue("admins", "r2"), "staff/r1": fromToValue("staff", "r1")},
		},
		{ // the first slash of a result's key is always the one between the two
			map[string]attr.Value{"admins": elements("models/read")},
			map[string]attr.Value{"admins/models/read": fromToValue("admins", "models/read")},
		},
	} {
		got, err := run(test.sets)
		if want := types.MapValueMust(fromTo, test.want); err != nil || !got.Equal(want) {
			t.Errorf("%v: got %v (%v), want %v", test.sets, got, err, want)
		}
	}

	for _, test := range []struct {
		sets map[string]attr.Value
		want string
	}{
		{map[string]attr.Value{"staff": elements("r1"), "a/b": elements("r1")}, `The key "a/b" contains a slash`},
		{map[string]attr.Value{"a/b": elements()}, `The key "a/b" contains a slash`},
		{map[string]attr.Value{"": elements("r1")}, "One of the keys is empty"},
		{map[string]attr.Value{"admins": types.SetNull(types.StringType)}, `The set of "admins" is null`},
		{map[string]attr.Value{"admins": elements("r1", "")}, `The set of "admins" has an empty element`},
		{map[string]attr.Value{"admins": types.SetValueMust(types.StringType, []attr.Value{types.StringNull()})}, `The set of "admins" contains null`},
	} {
		_, err := run(test.sets)
		wantFunctionError(t, err, acctest.Says(test.want))
	}
}

func TestAccAssignmentsFunction(t *testing.T) {
	s := acctest.Start(t, authserver.Config{})
	const forEach = `
locals {
  roles = { admins = ["operator", "viewer"], staff = ["viewer"], guests = [] }
}
resource "kamiwaza_group" "all" {
  for_each = local.roles
  name     = each.key
}
resource "kamiwaza_role" "all" {
  for_each = toset(flatten(values(local.roles)))
  name     = each.key
}
resource "kamiwaza_group_role" "all" {
  for_each = provider::kamiwaza::assignments(local.roles)
  group_id = kamiwaza_group.all[each.value.from].id
  role_id  = kamiwaza_role.all[each.value.to].id
}
output "keys" {
  value = keys(kamiwaza_group_role.all)
}`
	output := func(sets string) string {
		return s.Config(`output "test" { value = provider::kamiwaza::assignments(` + sets + `) }`)
	}
	resource.ParallelTest(t, resource.TestCase{
		TerraformVersionChecks:   []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_8_0)},
		ProtoV6ProviderFactories: acctest.Factories,
		Steps: []resource.TestStep{
			{Config: output(`{ "a/b" = ["r1"] }`), ExpectError: acctest.Says(`Invalid value for "map_of_sets" parameter`, `The key "a/b" contains a slash`)},
			{Config: output(`{ admins = ["r1", null] }`), ExpectError: acctest.Says(`The set of "admins" contains null`)},
			{Config: output(`{ admins = null }`), ExpectError: acctest.Says(`The set of "admins" is null`)},
			{Config: output(`{ admins = [""] }`), ExpectError: acctest.Says(`The set of "admins" has an empty element. Leave it out, or give it a name.`)},
			{
				Config: s.Config(forEach),
				ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownOutputValue("keys", knownvalue.ListExact([]knownvalue.Check{
					knownvalue.StringExact("admins/operator"), knownvalue.StringExact("admins/viewer"), knownvalue.StringExact("staff/viewer"),
				}))},
			},
			{Config: s.Config("")}, // the test framework cannot destroy what for_each made
		},
	})
}
