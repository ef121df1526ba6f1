package assignment

import (
	"context"
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

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
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

// TypeName is the type with its prefix.
func (r *assignmentsResource) TypeName() string { return "kamiwaza_" + r.typeName }

// Subject names the set of an owner.
func (r *assignmentsResource) Subject(owner string) framework.Subject {
	return framework.Subject{
		Noun: "set", Assignment: true, Text: fmt.Sprintf("set of %ss of %s %s", r.element, r.owner, owner),
		Attributes: map[string]string{r.element + "s": r.element + "_ids"},
	}
}

// OwnerLabel names an owner.
func (r *assignmentsResource) OwnerLabel(owner string) string { return r.owner + " " + owner }

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

// Get reads the owner and the elements, all of which are known.
func (r *assignmentsResource) Get(ctx context.Context, source framework.Reader, diags *diag.Diagnostics) (owner string, elements []string) {
	id, ids := r.get(ctx, source, diags)
	return id.ValueString(), ids.Known()
}

// Put writes the owner and the elements.
func (r *assignmentsResource) Put(ctx context.Context, _ framework.Reader, target framework.Writer, owner string, elements []string, diags *diag.Diagnostics) {
	diags.Append(target.SetAttribute(ctx, path.Root("id"), owner)...)
	diags.Append(target.SetAttribute(ctx, r.ownerID(), owner)...)
	diags.Append(target.SetAttribute(ctx, r.elementIDs(), framework.NewIDSet(elements))...)
}

// PutIdentity writes the owner.
func (r *assignmentsResource) PutIdentity(ctx context.Context, target framework.Writer, owner string, diags *diag.Diagnostics) {
	diags.Append(target.SetAttribute(ctx, r.ownerID(), owner)...)
}

// Held reads the whole set.
func (r *assignmentsResource) Held(ctx context.Context, in *run.Run, _ framework.Reader, owner string) ([]string, error) {
	return r.list(ctx, in, owner)
}

// Managed returns all elements.
func (r *assignmentsResource) Managed(_ context.Context, _ framework.Reader, elements []string) []string {
	return elements
}

// Change changes the set.
func (r *assignmentsResource) Change(ctx context.Context, in *run.Run, owner string, have, want, drop []string) error {
	return r.change(ctx, in, owner, have, want, drop)
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

func (r *assignmentsResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	claim.CreateSet(ctx, r.Run, r, req, resp)
}

func (r *assignmentsResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	claim.ReadSet(ctx, r.Run, r, req, resp)
}

func (r *assignmentsResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	claim.UpdateSet(ctx, r.Run, r, req, resp)
}

func (r *assignmentsResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	claim.DeleteSet(ctx, r.Run, r, req, resp)
}

// ImportState takes the id or the name of the owner, or the identity in an import block.
func (r *assignmentsResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	owner := types.StringValue(req.ID)
	if req.ID == "" {
		resp.Diagnostics.Append(req.Identity.GetAttribute(ctx, r.ownerID(), &owner)...)
		if problem := r.idProblem(ctx, r.Run, owner.ValueString()); problem != "" {
			resp.Diagnostics.AddError("Invalid import id", fmt.Sprintf("The identity of a kamiwaza_%s is the id of its %s: %s.", r.typeName, r.owner, problem))
			return
		}
	} else {
		id, err := r.IDOf(ctx, r.owner, req.ID)
		if err != nil {
			framework.AddFailure(&resp.Diagnostics, "import", framework.Subject{Noun: "set", Text: fmt.Sprintf("kamiwaza_%s %q", r.typeName, req.ID)}, err)
			return
		}
		owner = types.StringValue(id)
	}
	resp.Diagnostics.Append(resp.Identity.SetAttribute(ctx, r.ownerID(), owner)...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("id"), owner)...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, r.ownerID(), owner)...)
	framework.InstanceOf(ctx, resp.Private, &resp.Diagnostics)
}
