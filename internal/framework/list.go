package framework

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"golang.org/x/sync/errgroup"
)

// Row is one object of a list.
type Row struct {
	// Name is the display name: what an import takes for the object, by name where that is possible.
	Name string
	// Identify writes the resource identity.
	Identify func(ctx context.Context, identity Writer, diags *diag.Diagnostics)
	// Fill writes the state as it is after an import. It is only called if the caller wants the state.
	Fill func(ctx context.Context, state *tfsdk.Resource, diags *diag.Diagnostics)
}

// ObjectRow is the row of one object of the noun, whose state read returns.
func ObjectRow[M Model](noun Noun, id, name string, read func(context.Context) (M, error)) Row {
	return Row{
		Name: name,
		Identify: func(ctx context.Context, identity Writer, diags *diag.Diagnostics) {
			diags.Append(identity.SetAttribute(ctx, path.Root("id"), id)...)
		},
		Fill: func(ctx context.Context, state *tfsdk.Resource, diags *diag.Diagnostics) {
			model, err := read(ctx)
			if err != nil {
				AddFailure(diags, "read", Subject{Noun: noun.Name, Text: noun.Label(types.StringValue(id), types.StringValue(name)), Advice: noun.Advice}, err)
				return
			}
			diags.Append(state.Set(ctx, model)...)
		},
	}
}

// ListRows answers with the rows, sorted by name; nouns is how messages call them. The warning that there are more than the
// limit comes first, because Terraform says nothing of it and reads no further than the limit.
func ListRows(ctx context.Context, nouns string, rows []Row, req list.ListRequest, stream *list.ListResultsStream) {
	slices.SortStableFunc(rows, func(a, b Row) int { return cmp.Compare(a.Name, b.Name) })
	var warnings diag.Diagnostics
	if all := len(rows); req.Limit > 0 && int64(all) > req.Limit {
		rows = rows[:req.Limit]
		warnings.AddWarning(fmt.Sprintf("Only %d of %d %s are listed", len(rows), all, nouns),
			"The limit of a list block is 100 by default. To list all of them, set limit in the list block, for example limit = 10000.")
	}
	// Some rows take a request each, so they are filled at the same time, as many as the client lets through.
	results := make([]list.ListResult, len(rows))
	var tasks errgroup.Group
	for i, row := range rows {
		tasks.Go(func() error {
			results[i] = row.result(ctx, req)
			return nil
		})
	}
	_ = tasks.Wait() // Errors are in the results.
	stream.Results = func(push func(list.ListResult) bool) {
		if len(warnings) > 0 && !push(list.ListResult{Diagnostics: warnings}) {
			return
		}
		for _, result := range results {
			if !push(result) {
				return
			}
		}
	}
}

// result encodes the row. One with an error has nothing else.
func (r Row) result(ctx context.Context, req list.ListRequest) list.ListResult {
	result := req.NewListResult(ctx)
	result.DisplayName = r.Name
	r.Identify(ctx, result.Identity, &result.Diagnostics)
	if req.IncludeResource && !result.Diagnostics.HasError() {
		r.Fill(ctx, result.Resource, &result.Diagnostics)
		hideSecrets(ctx, result.Resource, &result.Diagnostics)
	}
	if result.Diagnostics.HasError() {
		return list.ListResult{Diagnostics: result.Diagnostics}
	}
	return result
}

// hideSecrets makes sensitive attributes null: "terraform query -json" prints them in clear, though "terraform plan" does not.
func hideSecrets(ctx context.Context, state *tfsdk.Resource, diags *diag.Diagnostics) {
	hidden, err := tftypes.Transform(state.Raw, func(at *tftypes.AttributePath, value tftypes.Value) (tftypes.Value, error) {
		attribute, err := state.Schema.AttributeAtTerraformPath(ctx, at)
		if err == nil && attribute.IsSensitive() { // An error says that this is an element of an attribute.
			return tftypes.NewValue(value.Type(), nil), nil
		}
		return value, nil
	})
	if err != nil {
		diags.AddError("Could not hide the secrets of a listed object", err.Error())
		return
	}
	state.Raw = hidden
}
