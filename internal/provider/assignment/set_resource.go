package assignment

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/idlist"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/claim"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

var (
	_ resource.ResourceWithConfigure   = (*assignmentsResource)(nil)
	_ resource.ResourceWithIdentity    = (*assignmentsResource)(nil)
	_ resource.ResourceWithImportState = (*assignmentsResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*assignmentsResource)(nil)

	_ resource.ResourceWithValidateConfig = (*assignmentsResource)(nil)
)

// assignmentsResource is the whole set of assignments of one object. What the server has beyond the configured set is
// removed, once a plan has shown it.
type assignmentsResource struct {
	run.Resource
	*relation

	typeName    string // without its prefix
	description string
	// owner and element are the nouns at the two ends; the attributes are named after them.
	owner, element string

	// list reads the whole set; ErrNotFound means that the owner is gone, and its assignments with it.
	list func(ctx context.Context, in *run.Run, owner string) ([]string, error)
	// change assigns the elements of want that are not in have, makes sure of the others, and removes those of drop.
	change func(ctx context.Context, in *run.Run, owner string, have, want, drop []string) error
}

func (r *assignmentsResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_" + r.typeName
	resp.ResourceBehavior.MutableIdentity = true // see Update
}

// onGateway tells whether the gateway API has these sets: it keeps the members of groups alone.
func (r *assignmentsResource) onGateway() bool { return r.gateway != nil && r.owner == r.from }

func (r *assignmentsResource) ownerID() path.Path    { return path.Root(r.owner + "_id") }
func (r *assignmentsResource) elementIDs() path.Path { return path.Root(r.element + "_ids") }

func (r *assignmentsResource) label(owner string) string {
	return fmt.Sprintf("set of %ss of %s %s", r.element, r.owner, owner)
}

func (r *assignmentsResource) subject(owner types.String) framework.Subject {
	return framework.Subject{Noun: "set", Assignment: true, Text: r.label(owner.ValueString()), Attributes: map[string]string{r.element + "s": r.element + "_ids"}}
}

func (r *assignmentsResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: fmt.Sprintf("%s\n\nDo not use it together with `kamiwaza_%s` for the same %s, because they undo each other's changes. "+
			"Assignments that are added between plan and apply stay, and the next plan shows them. Destroying this resource removes the %ss in its state, "+
			"except those that another resource of the configuration manages.\n\n"+
			"If one apply deletes a %s and removes it from this set, Terraform deletes it first, which some servers refuse. With `lifecycle { "+
			"create_before_destroy = true }` in the resource of the %s, Terraform updates the set first. Apply this setting before the apply that "+
			"deletes the object.",
			r.description, r.name, r.owner, r.element, r.element, r.element),
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: fmt.Sprintf("The same as `%s_id`, which is also the import id.", r.owner),
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			},
			r.owner + "_id": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: fmt.Sprintf("The %s. Changing it replaces the resource.", idOf(r.owner, r.onGateway())),
				Validators:          idValidators(r.onGateway()),
			},
			r.element + "_ids": framework.NewIDSetAttribute(schema.SetAttribute{
				Required: true,
				MarkdownDescription: fmt.Sprintf("All %ss: each element is the %s. An empty set stands for none. Terraform compares every pair of elements of a set, so "+
					"large sets are slow: applying thousands of elements takes seconds, and ten thousand elements take minutes.", r.element, idOf(r.element, r.onGateway())),
			}),
		},
	}
}

func (r *assignmentsResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		r.owner + "_id": identityschema.StringAttribute{RequiredForImport: true, Description: fmt.Sprintf("The %s.", idOf(r.owner, r.onGateway()))},
	}}
}

// get reads the owner and the elements, which need not all be known.
func (r *assignmentsResource) get(ctx context.Context, source framework.Reader, diags *diag.Diagnostics) (owner types.String, elements framework.IDSet) {
	diags.Append(source.GetAttribute(ctx, r.ownerID(), &owner)...)
	diags.Append(source.GetAttribute(ctx, r.elementIDs(), &elements)...)
	return owner, elements
}

func (r *assignmentsResource) set(ctx context.Context, target framework.Writer, owner types.String, elements []string, diags *diag.Diagnostics) {
	diags.Append(target.SetAttribute(ctx, path.Root("id"), owner)...)
	diags.Append(target.SetAttribute(ctx, r.ownerID(), owner)...)
	diags.Append(target.SetAttribute(ctx, r.elementIDs(), framework.NewIDSet(elements))...)
}

// ValidateConfig checks the elements.
func (r *assignmentsResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var ids framework.IDSet
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, r.elementIDs(), &ids)...)
	if ids.NullElements() > 0 {
		resp.Diagnostics.AddAttributeError(r.elementIDs(), "Invalid id", fmt.Sprintf("An element of %s is null.", r.elementIDs()))
	}
	for _, id := range slices.Sorted(slices.Values(ids.Some())) {
		problem := framework.UUIDProblem(id)
		if r.onGateway() && id != "" {
			problem = "" // ModifyPlan knows which ids the platform has.
		}
		if problem != "" {
			resp.Diagnostics.AddAttributeError(r.elementIDs(), "Invalid id", fmt.Sprintf("%s: %s.", r.elementIDs(), problem))
		}
	}
}

// Create takes over what the server has. Without an answer for all of it there is no state: a tainted set would be
// destroyed first, and take access away that was there before.
func (r *assignmentsResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	r.Applying()
	owner, elements := r.get(ctx, req.Plan, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	want := elements.Known()
	have, err := r.list(ctx, r.Run, owner.ValueString())
	if err == nil {
		err = r.change(ctx, r.Run, owner.ValueString(), have, want, idlist.Without(have, want))
	}
	if err != nil {
		framework.AddFailure(&resp.Diagnostics, "create", r.subject(owner), err)
		return
	}
	resp.Diagnostics.Append(resp.Identity.SetAttribute(ctx, r.ownerID(), owner)...)
	r.set(ctx, &resp.State, owner, want, &resp.Diagnostics)
	framework.InstanceOf(ctx, resp.Private, &resp.Diagnostics)
}

func (r *assignmentsResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var owner types.String
	resp.Diagnostics.Append(req.State.GetAttribute(ctx, r.ownerID(), &owner)...)
	resp.Diagnostics.Append(resp.Identity.SetAttribute(ctx, r.ownerID(), owner)...)
	if resp.Diagnostics.HasError() {
		return
	}
	r.Refreshing()
	held, err := r.list(ctx, r.Run, owner.ValueString())
	switch {
	case errors.Is(err, client.ErrNotFound):
		r.Gone(&resp.Diagnostics, fmt.Sprintf("%s %s", r.owner, owner.ValueString()))
		resp.State.RemoveResource(ctx)
	case err != nil:
		framework.AddFailure(&resp.Diagnostics, "read", r.subject(owner), err)
	default:
		r.Found("")
		r.set(ctx, &resp.State, owner, held, &resp.Diagnostics)
		claim.ReadInstance(ctx, r.Run, "kamiwaza_"+r.typeName, r.assignments(owner.ValueString(), held), req, resp)
	}
}

// Update changes what the plan shows and leaves what came later, which the next plan shows. Where the owner was not known
// in the plan and turns out to be another one, it gets the elements before the old one loses them.
func (r *assignmentsResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	r.Applying()
	oldOwner, before := r.get(ctx, req.State, &resp.Diagnostics)
	owner, after := r.get(ctx, req.Plan, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	have, want := before.Known(), after.Known()
	var err error
	if owner.Equal(oldOwner) {
		err = r.change(ctx, r.Run, owner.ValueString(), have, want, idlist.Without(have, want))
	} else if err = r.change(ctx, r.Run, owner.ValueString(), nil, want, nil); err == nil {
		err = r.change(ctx, r.Run, oldOwner.ValueString(), have, nil, have)
	}
	if err != nil && !owner.Equal(oldOwner) {
		framework.AddFailure(&resp.Diagnostics, "update", r.subject(oldOwner), err)
		return // The state stays what it was.
	}
	if err != nil {
		framework.AddFailure(&resp.Diagnostics, "update", r.subject(owner), err)
		// Part of it may have been done. What cannot be told stays in the state as it was.
		if want, err = r.list(ctx, r.Run, owner.ValueString()); err != nil {
			return
		}
	}
	resp.Diagnostics.Append(resp.Identity.SetAttribute(ctx, r.ownerID(), owner)...)
	r.set(ctx, &resp.State, owner, want, &resp.Diagnostics)
	claim.Confirmed(ctx, resp.Private, &resp.Diagnostics)
}

// Delete removes what is in the state and leaves what came later, and what another resource has.
func (r *assignmentsResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	r.Applying()
	owner, elements := r.get(ctx, req.State, &resp.Diagnostics)
	kept := claim.Kept(ctx, req.Private, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	ours := slices.DeleteFunc(elements.Known(), func(element string) bool {
		a := r.edge(owner.ValueString(), element)
		return kept[r.AssignmentID(a)]
	})
	// Those that are gone already need no call, and with many elements a list is cheaper than asking for each.
	have, err := r.list(ctx, r.Run, owner.ValueString())
	if err == nil {
		err = r.change(ctx, r.Run, owner.ValueString(), have, nil, idlist.Common(ours, have))
	}
	if err == nil || errors.Is(err, client.ErrNotFound) {
		return
	}
	framework.AddFailure(&resp.Diagnostics, "delete", r.subject(owner), err)
	if held, err := r.list(ctx, r.Run, owner.ValueString()); err == nil {
		r.set(ctx, &resp.State, owner, idlist.Common(ours, held), &resp.Diagnostics)
	}
}

// ImportState takes the id of the owner, or the identity in an import block.
func (r *assignmentsResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	owner := types.StringValue(req.ID)
	if req.ID == "" {
		resp.Diagnostics.Append(req.Identity.GetAttribute(ctx, r.ownerID(), &owner)...)
	}
	if problem := r.idProblem(ctx, r.Run, owner.ValueString()); problem != "" {
		resp.Diagnostics.AddError("Invalid import id", fmt.Sprintf("The import id of a kamiwaza_%s is the id of its %s: %s.", r.typeName, r.owner, problem))
		return
	}
	resp.Diagnostics.Append(resp.Identity.SetAttribute(ctx, r.ownerID(), owner)...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("id"), owner)...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, r.ownerID(), owner)...)
	framework.InstanceOf(ctx, resp.Private, &resp.Diagnostics)
}
