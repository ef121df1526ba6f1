package assignment

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
)

var _ function.Function = (*parseIDFunction)(nil)

type parseIDFunction struct{}

// NewParseIDFunction returns the function parse_id.
func NewParseIDFunction() function.Function { return parseIDFunction{} }

func (parseIDFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "parse_id"
}

func (parseIDFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "Splits the id of an assignment into its two ids",
		MarkdownDescription: "Splits the id of a `kamiwaza_group_member`, `kamiwaza_group_role` or `kamiwaza_role_right`, which is also its import id, " +
			"into its two ids: `\"<first>/<second>\"` becomes `{ from = \"<first>\", to = \"<second>\" }`. Other values are errors, so the function " +
			"also validates an id.",
		Parameters: []function.Parameter{
			function.StringParameter{
				Name:                "id",
				MarkdownDescription: "The id of an assignment: two UUIDs in lower case, with a slash between them.",
			},
		},
		Return: function.ObjectReturn{AttributeTypes: assignmentEndsTypes},
	}
}

func (parseIDFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var id string
	if resp.Error = req.Arguments.Get(ctx, &id); resp.Error != nil {
		return
	}
	const form = "The id of an assignment is <first>/<second>: two UUIDs with a slash between them" // Terraform adds the full stop.
	ends := strings.Split(id, "/")
	switch len(ends) {
	case 2:
	case 1:
		resp.Error = function.NewArgumentFuncError(0, fmt.Sprintf("%q has no slash. %s", id, form))
		return
	default:
		resp.Error = function.NewArgumentFuncError(0, fmt.Sprintf("%q has %d slashes instead of one. %s", id, len(ends)-1, form))
		return
	}
	for i, end := range ends {
		if problem := framework.UUIDProblem(end); problem != "" {
			resp.Error = function.NewArgumentFuncError(0, fmt.Sprintf("The %s id is not valid: %s. %s", []string{"first", "second"}[i], problem, form))
			return
		}
	}
	resp.Error = resp.Result.Set(ctx, assignmentEnds{types.StringValue(ends[0]), types.StringValue(ends[1])})
}
