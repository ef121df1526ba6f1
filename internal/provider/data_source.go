package provider

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
)

// dataModel is the configuration and the result of a data source; label is how messages name what it looks for.
type dataModel interface{ label() string }

// readData turns what the configuration asks for into what the server holds. That there is no such object is an
// error here, unlike with resources.
func readData[M dataModel](ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse, call func(config M) (M, error)) {
	var config M
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	state, err := call(config)
	switch {
	case errors.Is(err, client.ErrNotFound):
		resp.Diagnostics.AddError("Could not find "+config.label(), capitalize(err.Error())+".\n\nA data source reads what exists already. Check the "+
			"value that it looks for. If this configuration creates the object, use the resource's own attribute here, so that it is created first.")
	case err != nil:
		addError(&resp.Diagnostics, "read", subject{text: config.label()}, err)
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

func textOrNull(server string) types.String {
	return framework.OptionalText(types.StringNull(), server)
}

func computedText(description string) schema.StringAttribute {
	return schema.StringAttribute{Computed: true, MarkdownDescription: description}
}

func computedTime(description string) schema.StringAttribute {
	return computedText(description + ". UTC, in the form of RFC 3339.")
}

// wantedID is the argument of data sources that look for one object by its id.
func wantedID(noun string) schema.StringAttribute {
	return schema.StringAttribute{
		Required:            true,
		MarkdownDescription: fmt.Sprintf("The id of the %s, a UUID.", noun),
		Validators:          []validator.String{framework.UUIDValidator{}},
	}
}

// lookupText is an argument of data sources that look for one object in several ways.
func lookupText(description string, validators ...validator.String) schema.StringAttribute {
	return schema.StringAttribute{
		Optional: true, Computed: true,
		MarkdownDescription: description,
		Validators:          append(validators, stringvalidator.LengthAtLeast(1)),
	}
}

// namedDataAttributes are those that organizations, groups, roles and rights have in common.
func namedDataAttributes(noun string) map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"id":          wantedID(noun),
		"name":        computedText(fmt.Sprintf("The name of the %s.", noun)),
		"description": computedText(fmt.Sprintf("What the %s is for; null if not set.", noun)),
		"created_at":  computedTime(fmt.Sprintf("When the %s was created", noun)),
		"updated_at":  computedTime(fmt.Sprintf("When the %s was last changed; null if the server does not say", noun)),
	}
}
