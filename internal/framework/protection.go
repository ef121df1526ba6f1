package framework

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/english"
)

// DeletionProtectionAttribute keeps Terraform from destroying the object.
func DeletionProtectionAttribute(noun string) schema.BoolAttribute {
	return schema.BoolAttribute{
		Optional: true, Computed: true, Default: booldefault.StaticBool(false),
		MarkdownDescription: fmt.Sprintf("Whether to refuse plans that destroy or replace the %s. Defaults to `false`. It does not protect against changes "+
			"outside Terraform. To destroy a protected %s, set this to `false` and apply first.", noun, noun),
	}
}

// DeletionProtection is what the configuration last said. After an import that is the default.
func DeletionProtection(prior types.Bool) types.Bool {
	return types.BoolValue(prior.ValueBool())
}

// AddProtected refuses to destroy what deletion_protection keeps.
func AddProtected(diags *diag.Diagnostics, label string) {
	diags.AddError(english.Capitalize(label)+" is protected from deletion",
		"This plan would destroy it, and deletion_protection is true. To destroy it, set deletion_protection = false and apply first; then "+
			"remove or replace it in a second apply.")
}

// ErrProtected is the refusal to destroy a protected object of a noun in an apply. No plan sees the end of one that is tainted, and
// an apply of another deletion_protection would destroy it first.
func ErrProtected(noun string) error {
	return Advised(fmt.Errorf("the %s is protected by deletion_protection", noun),
		fmt.Sprintf("If the %[1]s is tainted, Terraform replaces it. To keep it, run: terraform untaint ADDRESS. To destroy it, untaint it, set "+
			"deletion_protection = false and apply first; then remove or replace the %[1]s in a second apply.", noun))
}

// privateProtected is the key of the private state that names an object whose deletion_protection is on: the plan of a
// replacement is made a second time, without the state.
const privateProtected = "protected"

// PlanProtected refuses a plan that destroys or replaces a protected object, and tells whether the plan may go on. M is the
// model of the resource.
func PlanProtected[M interface {
	Model
	IsProtected() bool
}](ctx context.Context, noun Noun, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse,
) (allowed bool) {
	if !req.State.Raw.IsNull() {
		var state M
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
		protected := ""
		if state.IsProtected() {
			protected = noun.Label(state.Key())
		}
		SetPrivate(ctx, resp.Private, privateProtected, protected, &resp.Diagnostics)
	}
	if req.State.Raw.IsNull() || req.Plan.Raw.IsNull() {
		if protected := GetPrivate[string](ctx, resp.Private, privateProtected, &resp.Diagnostics); protected != "" {
			AddProtected(&resp.Diagnostics, protected)
		}
	}
	return !resp.Diagnostics.HasError()
}
