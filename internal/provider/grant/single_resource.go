package grant

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/claim"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

var (
	_ resource.ResourceWithConfigure   = (*singleResource)(nil)
	_ resource.ResourceWithIdentity    = (*singleResource)(nil)
	_ resource.ResourceWithImportState = (*singleResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*singleResource)(nil)
)

// singleResource is one tuple or one grant.
type singleResource struct {
	run.Resource
	*kind
}

// kind is what tells tuples from grants.
type kind struct {
	typeName, noun string
	description    string
	hasTenant      bool
	// id and parse write and read an import id, whose form is for messages.
	id    func(access) string
	parse func(id string) (access, bool)
	form  string
	store func(*run.Run) store
}

// NewRelationshipTupleResource returns kamiwaza_relationship_tuple.
func NewRelationshipTupleResource() resource.Resource { return newRelationshipTuple() }

func newRelationshipTuple() *singleResource {
	return &singleResource{kind: &kind{
		typeName: "kamiwaza_relationship_tuple", noun: "relationship tuple", hasTenant: true,
		description: "A relationship tuple: a subject has a relation to an object. Additive: this resource does not change other tuples. Needs the gateway " +
			"API (platform 0.9.3 and later) with ReBAC switched on.\n\n" +
			"The platform accepts tuples for subjects and objects that do not exist. The plan warns about users and groups that do not exist, but cannot " +
			"check other ids, so use references where you can.\n\n" +
			"With platform 1.2 and later, prefer `kamiwaza_resource_grant` for access to models, datasets and other objects: the platform then checks whether " +
			"you may grant it.",
		id: tupleID, parse: parseTupleID, form: "<tenant>/<subject namespace>:<subject id>/<relation>/<object namespace>:<object id>", store: tuples,
	}}
}

// NewResourceGrantResource returns kamiwaza_resource_grant.
func NewResourceGrantResource() resource.Resource { return newResourceGrant() }

func newResourceGrant() *singleResource {
	return &singleResource{kind: &kind{
		typeName: "kamiwaza_resource_grant", noun: "grant",
		description: "A grant: a subject has a relation, such as `viewer`, to an object, such as a dataset. Additive: this resource does not change other " +
			"grants on the object; for all of them, use `kamiwaza_resource_grants`. Needs the gateway API (platform 1.2 and later) with ReBAC switched on.\n\n" +
			"Only an owner of the object or an administrator may grant.\n\n" +
			"A grant to a group lets its members in only if the platform expands groups, which depends on its authorization backend: Postgres, the default, " +
			"does not. The plan warns about it.",
		id: grantID, parse: parseGrantID, form: "<namespace>/<object id>/<subject namespace>/<subject id>/<relation>", store: grants,
	}}
}

func (r *singleResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = r.typeName
	resp.ResourceBehavior.MutableIdentity = true // see claim.UpdateSingle
}

func (r *singleResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: r.description,
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{
				Computed: true,
				MarkdownDescription: fmt.Sprintf("The id of the %s, `%s`, which is also its import id. In each part, `/` is written as `%%2F` and `%%` as `%%25`.",
					r.noun, r.form),
				PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			},
			"subject":  subjectAttribute(),
			"relation": relationAttribute(),
			"object":   objectAttribute("Changing it replaces the resource."),
		},
	}
	if r.hasTenant {
		resp.Schema.Attributes["tenant"] = schema.StringAttribute{
			Optional: true, Computed: true, Default: stringdefault.StaticString(defaultTenant), Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
			MarkdownDescription: "The tenant; `__default__` by default, the only one of most platforms. Changing it replaces the resource.",
		}
	}
}

func (r *singleResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	part := func(description string) identityschema.StringAttribute {
		return identityschema.StringAttribute{RequiredForImport: true, Description: description}
	}
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"subject_namespace": part("The namespace of the subject."), "subject_id": part("The id of the subject."),
		"relation":         part("The relation."),
		"object_namespace": part("The namespace of the object."), "object_id": part("The id of the object."),
	}}
	if r.hasTenant {
		resp.IdentitySchema.Attributes["tenant"] = identityschema.StringAttribute{OptionalForImport: true, Description: "The tenant; __default__ by default."}
	}
}

// parts are the attributes that make the access, in the order of an access's own.
func (r *singleResource) parts() []path.Path {
	parts := []path.Path{objectNamespace, objectIDPath, relationPath, subjectNamespace, subjectID}
	if r.hasTenant {
		parts = append(parts, tenantPath)
	}
	return parts
}

// values reads the parts, of which a plan need not know all.
func (r *singleResource) values(ctx context.Context, source framework.Reader, diags *diag.Diagnostics) []types.String {
	values := make([]types.String, len(r.parts()))
	for i, at := range r.parts() {
		values[i] = text(ctx, source, at, diags)
	}
	return values
}

func accessFrom(values []types.String) access {
	a := access{
		tenant: defaultTenant,
		object: entity{values[0].ValueString(), values[1].ValueString()},
		holder: holder{values[2].ValueString(), entity{values[3].ValueString(), values[4].ValueString()}},
	}
	if len(values) > 5 {
		a.tenant = values[5].ValueString()
	}
	return a
}

// ModifyPlan warns of what the platform would take without a word: relations that it does not have, users and groups that do
// not exist, and groups that it does not expand.
func (r *singleResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.Run == nil {
		return
	}
	r.CheckGeneration(ctx, r.typeName, req.Config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	var old, planned []types.String
	if !req.State.Raw.IsNull() {
		old = r.values(ctx, req.State, &resp.Diagnostics)
	}
	unchanged, known, moved := old != nil, true, false
	if !req.Plan.Raw.IsNull() {
		planned = r.values(ctx, req.Plan, &resp.Diagnostics)
		for i, at := range r.parts() {
			known = known && !planned[i].IsUnknown()
			if old == nil {
				continue
			}
			claim.ReplaceEnd(ctx, r.Run, at, old[i], planned[i], resp)
			unchanged = unchanged && planned[i].Equal(old[i])
			moved = moved || !planned[i].IsUnknown() && !planned[i].Equal(old[i])
		}
	}
	if resp.Diagnostics.HasError() {
		return
	}
	plan := claim.Plan{TypeName: r.typeName}
	if planned != nil && known {
		a := accessFrom(planned)
		plan.Has, plan.Label = []claim.Assignment{a.assignment()}, a.String()
		plan.Singles = governed(a.assignment().From, a.relation)
	}
	if old != nil && (planned == nil || moved) {
		plan.Gives, plan.Ends = []claim.Assignment{accessFrom(old).assignment()}, true
	}
	claim.PlanInstance(ctx, r.Run, r, plan, unchanged && planned != nil, req, resp)
	if planned != nil && !unchanged {
		r.warn(ctx, accessFrom(planned), &resp.Diagnostics)
	}
}

// otherRelations stands for all relations that the provider does not know.
const otherRelations = "*"

// governed are an object's grants of one relation, as the ends of a claim.
func governed(object, relation string) []claim.End {
	ends := []claim.End{{Relation: relationName, Noun: "object", ID: object, Part: relation}}
	if !slices.Contains(relations, relation) {
		ends = append(ends, claim.End{Relation: relationName, Noun: "object", ID: object, Part: otherRelations})
	}
	return ends
}

// warn is about a new access, of which "" is what is not known yet.
func (r *singleResource) warn(ctx context.Context, a access, diags *diag.Diagnostics) {
	warnOfUnknownRelation(relationPath, a.relation, diags)
	for at, e := range map[*path.Path]entity{&subjectID: a.subject, &objectIDPath: a.object} {
		if e.id != "" {
			warnOfMissingEntities(ctx, r.Run, *at, e.namespace, []string{e.id}, diags)
		}
	}
	if a.subject.namespace == "group" && a.object.id != "" && !r.IsApplying() {
		warnOfGroup(ctx, r.Run, subjectID, a.object, diags)
	}
}

// TypeName is the resource's type.
func (r *singleResource) TypeName() string { return r.typeName }

// Label names an access.
func (r *singleResource) Label(a claim.Assignment) string {
	return r.noun + " " + accessOf(a).String()
}

// AssignmentID is the import id.
func (r *singleResource) AssignmentID(a claim.Assignment) string { return r.id(accessOf(a)) }

// Describe names several.
func (r *singleResource) Describe(all []claim.Assignment) string { return describe(all) }

// Get reads the access.
func (r *singleResource) Get(ctx context.Context, source framework.Reader, diags *diag.Diagnostics) claim.Assignment {
	return accessFrom(r.values(ctx, source, diags)).assignment()
}

// Put writes the access.
func (r *singleResource) Put(ctx context.Context, target framework.Writer, claimed claim.Assignment, diags *diag.Diagnostics) {
	a := accessOf(claimed)
	for i, value := range a.parts()[:len(r.parts())] {
		diags.Append(target.SetAttribute(ctx, r.parts()[i], value)...)
	}
}

// parts are the values in the order of singleResource.parts.
func (a access) parts() []string {
	return []string{a.object.namespace, a.object.id, a.relation, a.subject.namespace, a.subject.id, a.tenant}
}

// identityNames are the names of an identity in the same order.
var identityNames = []string{"object_namespace", "object_id", "relation", "subject_namespace", "subject_id", "tenant"}

// PutIdentity writes the access, which is the identity too.
func (r *singleResource) PutIdentity(ctx context.Context, target framework.Writer, claimed claim.Assignment, diags *diag.Diagnostics) {
	for i, value := range accessOf(claimed).parts()[:len(r.parts())] {
		diags.Append(target.SetAttribute(ctx, path.Root(identityNames[i]), value)...)
	}
}

// Add makes the access.
func (r *singleResource) Add(ctx context.Context, in *run.Run, a claim.Assignment) error {
	return r.store(in).add(ctx, accessOf(a))
}

// Remove takes the access, unless this run wants it to stay.
func (r *singleResource) Remove(ctx context.Context, in *run.Run, a claim.Assignment) error {
	return r.store(in).remove(ctx, accessOf(a))
}

// Keep makes sure of an access that another resource of this run gives up.
func (r *singleResource) Keep(ctx context.Context, in *run.Run, a claim.Assignment) error {
	return r.store(in).keep(ctx, accessOf(a))
}

// Has tells whether the server has the access.
func (r *singleResource) Has(ctx context.Context, in *run.Run, a claim.Assignment, recent bool) (bool, error) {
	return r.store(in).has(ctx, accessOf(a), recent)
}

func (r *singleResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	claim.CreateSingle(ctx, r.Run, r, req, resp)
}

func (r *singleResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	claim.ReadSingle(ctx, r.Run, r, req, resp)
}

func (r *singleResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	if old := r.Get(ctx, req.State, &resp.Diagnostics); old != r.Get(ctx, req.Plan, &resp.Diagnostics) {
		r.store(r.Run).leave(accessOf(old))
	}
	claim.UpdateSingle(ctx, r.Run, r, req, resp)
}

func (r *singleResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	claim.DeleteSingle(ctx, r.Run, r, req, resp)
}

// ImportState takes an import id, or the identity in an import block.
func (r *singleResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	a, ok := r.parse(req.ID)
	if req.ID == "" {
		values := make([]types.String, len(r.parts()))
		for i := range values {
			values[i] = text(ctx, req.Identity, path.Root(identityNames[i]), &resp.Diagnostics)
		}
		a = accessFrom(values)
		if a.tenant == "" {
			a.tenant = defaultTenant
		}
		ok = a.complete()
	}
	if !ok {
		resp.Diagnostics.AddError("Invalid import id", fmt.Sprintf("A %s is imported as %s, where / in a part is written as %%2F and %% as %%25. %q is not of "+
			"that form.", r.typeName, r.form, req.ID))
		return
	}
	claim.ImportSingle(ctx, r, a.assignment(), resp)
}
