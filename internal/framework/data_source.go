package framework

import (
	"context"
	"errors"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/english"
)

// DataModel is the configuration and the result of a data source; Label is how messages name what it looks for.
type DataModel interface{ Label() string }

// ReadData turns what the configuration asks for into what the server holds. That there is no such object is an
// error here, unlike with resources.
func ReadData[M DataModel](ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse, call func(config M) (M, error)) {
	var config M
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	state, err := call(config)
	switch {
	case errors.Is(err, client.ErrNotFound):
		resp.Diagnostics.AddError("Could not find "+config.Label(), english.Capitalize(err.Error())+".\n\nA data source reads what exists already. Check the "+
			"lookup value. If this configuration creates the object, refer to an attribute of the resource, so that Terraform creates it first.")
	case err != nil:
		AddFailure(&resp.Diagnostics, "read", Subject{Text: config.Label()}, err)
	default:
		resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
		if !resp.Diagnostics.HasError() {
			resp.State.Raw = setsAsLists(resp.State.Raw, &resp.Diagnostics)
		}
	}
}

// setsAsLists turns the sets among an object's attributes into lists. After each read, the framework compares the state with
// a copy of itself, and looks up each element of a set by comparing it with all others: that takes half a minute for 20,000
// names. On the way to Terraform, a set and a list are encoded alike, and the schema says which it is.
// See https://github.com/hashicorp/terraform-plugin-framework/issues/1322.
func setsAsLists(object tftypes.Value, diags *diag.Diagnostics) tftypes.Value {
	var attributes map[string]tftypes.Value
	if err := object.As(&attributes); err != nil {
		diags.AddError("Could not encode the data", err.Error())
		return object
	}
	attributes = maps.Clone(attributes) // It is the object's own.
	types := make(map[string]tftypes.Type, len(attributes))
	for name, attribute := range attributes {
		types[name] = attribute.Type()
		set, isSet := types[name].(tftypes.Set)
		var elements []tftypes.Value
		if isSet && !attribute.IsNull() && attribute.As(&elements) == nil {
			types[name] = tftypes.List{ElementType: set.ElementType}
			attributes[name] = tftypes.NewValue(types[name], elements)
		}
	}
	return tftypes.NewValue(tftypes.Object{AttributeTypes: types}, attributes)
}

// TextOrNull is a string of the server, null where it has none.
func TextOrNull(server string) types.String {
	return OptionalText(types.StringNull(), server)
}

// ComputedText is an attribute that only the server sets.
func ComputedText(description string) schema.StringAttribute {
	return schema.StringAttribute{Computed: true, MarkdownDescription: description}
}

// ComputedTime is the same for a time. The description gets its form and a full stop.
func ComputedTime(description string) schema.StringAttribute {
	return ComputedText(description + ", in UTC (RFC 3339).")
}

// LookupText is an argument of data sources that look for one object in several ways.
func LookupText(description string, validators ...validator.String) schema.StringAttribute {
	return schema.StringAttribute{
		Optional: true, Computed: true,
		MarkdownDescription: description,
		Validators:          append(validators, stringvalidator.LengthAtLeast(1)),
	}
}

// TextList is a list of strings, null where the server leaves it out.
func TextList(texts []string) types.List {
	if texts == nil {
		return types.ListNull(types.StringType)
	}
	elements := make([]attr.Value, len(texts))
	for i, text := range texts {
		elements[i] = types.StringValue(text)
	}
	return types.ListValueMust(types.StringType, elements)
}
