package assignment

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

var _ function.Function = (*assignmentsFunction)(nil)

type assignmentsFunction struct{}

// NewAssignmentsFunction returns the function assignments.
func NewAssignmentsFunction() function.Function { return assignmentsFunction{} }

// assignmentEnds are the two ends of one assignment.
type assignmentEnds struct {
	From types.String `tfsdk:"from"`
	To   types.String `tfsdk:"to"`
}

var assignmentEndsTypes = map[string]attr.Type{"from": types.StringType, "to": types.StringType}

func (assignmentsFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "assignments"
}

func (assignmentsFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "Converts a map of sets to single assignments for for_each",
		MarkdownDescription: "Converts a map of sets, such as the roles of each group, to a map with one element for each assignment, for the `for_each` of " +
			"`kamiwaza_group_member`, `kamiwaza_group_role` or `kamiwaza_role_right`: `{ admins = [\"operator\", \"viewer\"] }` becomes " +
			"`{ \"admins/operator\" = { from = \"admins\", to = \"operator\" }, \"admins/viewer\" = { from = \"admins\", to = \"viewer\" } }`.\n\n" +
			"Use names or other known strings instead of the ids of objects in the same configuration, because the keys of `for_each` must be " +
			"known at plan time. To get an id, use a reference such as `kamiwaza_group.all[each.value.from].id`.\n\n" +
			"Keep the result in a local value, as below, and not in `for_each` itself. Terraform evaluates `for_each` again for each instance, but " +
			"a local value only once. With many assignments, this makes plans much faster.",
		Parameters: []function.Parameter{
			function.MapParameter{
				Name:        "map_of_sets",
				ElementType: types.SetType{ElemType: types.StringType},
				MarkdownDescription: "The elements that are assigned to each key, such as the roles of each group. Keys must not contain a slash, because the keys of the result are " +
					"`<key>/<element>`. Keys and elements must not be empty or null.",
			},
		},
		Return: function.MapReturn{ElementType: types.ObjectType{AttrTypes: assignmentEndsTypes}},
	}
}

func (assignmentsFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var sets map[string][]*string
	if resp.Error = req.Arguments.Get(ctx, &sets); resp.Error != nil {
		return
	}
	// Values and not structs, which the framework converts slowly: Terraform may call this for each instance.
	assignments := map[string]attr.Value{}
	// Terraform ends the error with a full stop of its own.
	for _, from := range slices.Sorted(maps.Keys(sets)) {
		problem := ""
		switch {
		case from == "":
			problem = "One of the keys is empty. A key is the name of what something is assigned to"
		case strings.Contains(from, "/"):
			problem = fmt.Sprintf("The key %q contains a slash, which makes the keys of the result, <key>/<element>, ambiguous. Use a key without a slash", from)
		case sets[from] == nil:
			problem = fmt.Sprintf("The set of %q is null. Write [] for no assignments", from)
		case slices.Contains(sets[from], nil):
			problem = fmt.Sprintf("The set of %q contains null. Remove it", from)
		}
		if problem != "" {
			resp.Error = function.NewArgumentFuncError(0, problem)
			return
		}
		for _, to := range sets[from] {
			if *to == "" {
				resp.Error = function.NewArgumentFuncError(0, fmt.Sprintf("The set of %q has an empty element. Leave it out, or give it a name", from))
				return
			}
			assignments[from+"/"+*to] = types.ObjectValueMust(assignmentEndsTypes, map[string]attr.Value{
				"from": types.StringValue(from), "to": types.StringValue(*to),
			})
		}
	}
	resp.Error = resp.Result.Set(ctx, types.MapValueMust(types.ObjectType{AttrTypes: assignmentEndsTypes}, assignments))
}
