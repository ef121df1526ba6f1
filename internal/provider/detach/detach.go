// Package detach is the argument force_detach: an object that is destroyed is first taken from what has it.
package detach

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/directory"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/english"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/idlist"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

// Keys of the private state.
const (
	// privateForceDetach is force_detach in the state, and privateLabel names the object, for the plan of a replacement.
	privateForceDetach = "force_detach"
	privateLabel       = "label"
	// privateDetach are the holders that a planned destruction takes the object from.
	privateDetach = "detach"
)

// Holders are the objects of one noun that have an object, such as the groups that have a role.
type Holders struct {
	Noun string
	// Find returns the ids of those that have the object.
	Find func(ctx context.Context, d *directory.Directory, id string) ([]string, error)
	// Detach takes the object from one of them.
	Detach func(ctx context.Context, d *directory.Directory, holder, id string) error
}

// Attribute is force_detach.
func (h Holders) Attribute(noun string) schema.BoolAttribute {
	return schema.BoolAttribute{
		Optional: true, Computed: true, Default: booldefault.StaticBool(false),
		MarkdownDescription: fmt.Sprintf("Whether destroying the %[1]s first removes it from the %[2]ss that have it. The plan lists them in a warning. Defaults to `false`: "+
			"some servers then refuse to delete %[3]s in use. Only %[2]ss that the provider can find from the list of users are included. Terraform uses the "+
			"value in the state: set it and apply before you remove the %[1]s. With `-replace`, Terraform does not show the warning.", noun, h.Noun, english.Article(noun)),
	}
}

// InUse is the advice for a deletion that the server refuses; before begins it and says what the server keeps.
func InUse(noun, before string) string {
	return fmt.Sprintf("%[2]s To change the order, put the %[1]s back into the configuration, add lifecycle { create_before_destroy = true } to its "+
		"resource, and apply; then remove the %[1]s and apply again. With force_detach = true instead, the provider removes all assignments of the %[1]s when it is "+
		"destroyed.", noun, before)
}

// StillAssigned is InUse for an object that is assigned to others.
func StillAssigned(noun string) string {
	return InUse(noun, fmt.Sprintf("The server keeps %s that is still assigned. Assignments that Terraform does not manage have to be removed by hand. If a "+
		"set in this configuration no longer contains it, Terraform deletes the %s first.", english.Article(noun), noun))
}

// Plan notes whether the object in the state stays, and for one that goes, what it is taken from first.
func Plan[M framework.Model](ctx context.Context, r *run.Run, noun framework.Noun, h Holders, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var state M
	force := types.BoolNull()
	if !req.State.Raw.IsNull() {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
		resp.Diagnostics.Append(req.State.GetAttribute(ctx, path.Root("force_detach"), &force)...)
		framework.SetPrivate(ctx, resp.Private, privateForceDetach, force.ValueBool(), &resp.Diagnostics)
		framework.SetPrivate(ctx, resp.Private, privateLabel, noun.Label(state.Key()), &resp.Diagnostics)
	}
	id, _ := state.Key()
	r.ClaimObject(ctx, "kamiwaza_"+noun.Name, noun.Label(state.Key()), req, resp)
	goes := r.PlanObject(ctx, req, resp, id.ValueString())
	if goes == "" || resp.Diagnostics.HasError() || !framework.GetPrivate[bool](ctx, resp.Private, privateForceDetach, &resp.Diagnostics) {
		return
	}
	label := framework.GetPrivate[string](ctx, resp.Private, privateLabel, &resp.Diagnostics)
	found, err := h.Find(ctx, r.Directory, goes)
	if err != nil {
		framework.AddFailure(&resp.Diagnostics, "find what has", framework.Subject{Noun: noun.Name, Text: label, Advice: noun.Advice}, err)
		return
	}
	framework.SetPrivate(ctx, resp.Private, privateDetach, found, &resp.Diagnostics)
	if len(found) > 0 {
		holders := english.Plural(len(found), h.Noun)
		resp.Diagnostics.AddWarning(fmt.Sprintf("Destroying %s takes it from %d %s", label, len(found), holders),
			fmt.Sprintf("Because force_detach is true, the apply removes the %s from %s %s before it deletes it.", noun.Name, holders, idlist.Short(found)))
	}
}

// DetachAll takes the object from what the plan has listed.
func (h Holders) DetachAll(ctx context.Context, r *run.Run, private framework.PrivateState, id string, diags *diag.Diagnostics) error {
	for _, holder := range framework.GetPrivate[[]string](ctx, private, privateDetach, diags) {
		if err := h.Detach(ctx, r.Directory, holder, id); err != nil && !errors.Is(err, client.ErrNotFound) {
			return fmt.Errorf("could not remove it from %s %s: %w", h.Noun, holder, err)
		}
	}
	return nil
}
