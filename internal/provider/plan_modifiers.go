package provider

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
)

// ignoreCase plans no change where only upper and lower case differ.
type ignoreCase struct{}

func (ignoreCase) Description(context.Context) string               { return "ignores a change of case alone" }
func (m ignoreCase) MarkdownDescription(ctx context.Context) string { return m.Description(ctx) }

func (ignoreCase) PlanModifyString(_ context.Context, req planmodifier.StringRequest, resp *planmodifier.StringResponse) {
	if !req.StateValue.IsNull() && !req.PlanValue.IsUnknown() && strings.EqualFold(req.StateValue.ValueString(), req.PlanValue.ValueString()) {
		resp.PlanValue = req.StateValue
	}
}

// ignoreEmpty plans no change between "" and null, which the service does not tell apart.
type ignoreEmpty struct{}

func (ignoreEmpty) Description(context.Context) string {
	return "treats an empty text like none"
}
func (m ignoreEmpty) MarkdownDescription(ctx context.Context) string { return m.Description(ctx) }

func (ignoreEmpty) PlanModifyString(_ context.Context, req planmodifier.StringRequest, resp *planmodifier.StringResponse) {
	exists := !req.State.Raw.IsNull()
	if exists && !req.PlanValue.IsUnknown() && req.PlanValue.ValueString() == "" && req.StateValue.ValueString() == "" {
		resp.PlanValue = req.StateValue
	}
}
