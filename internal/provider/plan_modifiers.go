package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
)

// ignoreCase plans no change where only upper and lower case differ, or white space at the ends.
type ignoreCase struct{}

func (ignoreCase) Description(context.Context) string               { return "ignores a change of case alone" }
func (m ignoreCase) MarkdownDescription(ctx context.Context) string { return m.Description(ctx) }

func (ignoreCase) PlanModifyString(_ context.Context, req planmodifier.StringRequest, resp *planmodifier.StringResponse) {
	if !req.StateValue.IsNull() && !req.PlanValue.IsUnknown() && sameButCase(req.StateValue.ValueString(), req.PlanValue.ValueString()) {
		resp.PlanValue = req.StateValue
	}
}

// replaceIfOtherText replaces the object when the text becomes another one; "" and null are one and the same here. One
// that is not known yet may turn out to be the same.
func replaceIfOtherText() planmodifier.String {
	const description = "another value replaces the object"
	return stringplanmodifier.RequiresReplaceIf(
		func(_ context.Context, req planmodifier.StringRequest, resp *stringplanmodifier.RequiresReplaceIfFuncResponse) {
			resp.RequiresReplace = !req.PlanValue.IsUnknown() && req.PlanValue.ValueString() != req.StateValue.ValueString()
		}, description, description)
}

// keepIfOmitted leaves alone what the configuration leaves out. A new object gets none.
type keepIfOmitted struct{}

func (keepIfOmitted) Description(context.Context) string               { return "omitting it leaves it as it is" }
func (m keepIfOmitted) MarkdownDescription(ctx context.Context) string { return m.Description(ctx) }

func (keepIfOmitted) PlanModifyString(_ context.Context, req planmodifier.StringRequest, resp *planmodifier.StringResponse) {
	if req.ConfigValue.IsNull() {
		resp.PlanValue = req.StateValue // null for a new object
	}
}

// keepSameJSON does the same for a JSON object, and plans no change where only its spelling differs.
type keepSameJSON struct{}

func (keepSameJSON) Description(context.Context) string {
	return "omitting it leaves it as it is, and its spelling does not matter"
}
func (m keepSameJSON) MarkdownDescription(ctx context.Context) string { return m.Description(ctx) }

func (keepSameJSON) PlanModifyString(_ context.Context, req planmodifier.StringRequest, resp *planmodifier.StringResponse) {
	same := !req.StateValue.IsNull() && !req.ConfigValue.IsUnknown() && sameJSON(req.StateValue.ValueString(), req.ConfigValue.ValueString())
	if req.ConfigValue.IsNull() || same {
		resp.PlanValue = req.StateValue // null for a new object
	}
}
