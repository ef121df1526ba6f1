package framework

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
)

// IgnoreCase plans no change where only upper and lower case differ, or white space at the ends.
type IgnoreCase struct{}

func (IgnoreCase) Description(context.Context) string {
	return "ignores changes of upper and lower case"
}
func (m IgnoreCase) MarkdownDescription(ctx context.Context) string { return m.Description(ctx) }

func (IgnoreCase) PlanModifyString(_ context.Context, req planmodifier.StringRequest, resp *planmodifier.StringResponse) {
	if !req.StateValue.IsNull() && !req.PlanValue.IsUnknown() && SameButCase(req.StateValue.ValueString(), req.PlanValue.ValueString()) {
		resp.PlanValue = req.StateValue
	}
}

// ReplaceIfOtherText replaces the object when the text becomes another one; "" and null are one and the same here. One
// that is not known yet may turn out to be the same.
func ReplaceIfOtherText() planmodifier.String {
	const description = "changing it replaces the object"
	return stringplanmodifier.RequiresReplaceIf(
		func(_ context.Context, req planmodifier.StringRequest, resp *stringplanmodifier.RequiresReplaceIfFuncResponse) {
			resp.RequiresReplace = !req.PlanValue.IsUnknown() && req.PlanValue.ValueString() != req.StateValue.ValueString()
		}, description, description)
}

// KeepIfOmitted leaves alone what the configuration leaves out. A new object gets none.
type KeepIfOmitted struct{}

func (KeepIfOmitted) Description(context.Context) string {
	return "omitting it keeps the existing value"
}
func (m KeepIfOmitted) MarkdownDescription(ctx context.Context) string { return m.Description(ctx) }

func (KeepIfOmitted) PlanModifyString(_ context.Context, req planmodifier.StringRequest, resp *planmodifier.StringResponse) {
	if req.ConfigValue.IsNull() {
		resp.PlanValue = req.StateValue // null for a new object
	}
}

// KeepSameJSON does the same for a JSON object, and plans no change where only its spelling differs.
type KeepSameJSON struct{}

func (KeepSameJSON) Description(context.Context) string {
	return "omitting it keeps the existing value, and equivalent JSON is not a change"
}
func (m KeepSameJSON) MarkdownDescription(ctx context.Context) string { return m.Description(ctx) }

func (KeepSameJSON) PlanModifyString(_ context.Context, req planmodifier.StringRequest, resp *planmodifier.StringResponse) {
	same := !req.StateValue.IsNull() && !req.ConfigValue.IsUnknown() && SameJSON(req.StateValue.ValueString(), req.ConfigValue.ValueString())
	if req.ConfigValue.IsNull() || same {
		resp.PlanValue = req.StateValue // null for a new object
	}
}
