package grant

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"unicode/utf8"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/idlist"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/claim"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

var (
	_ resource.ResourceWithConfigure      = (*setResource)(nil)
	_ resource.ResourceWithIdentity       = (*setResource)(nil)
	_ resource.ResourceWithImportState    = (*setResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*setResource)(nil)
	_ resource.ResourceWithValidateConfig = (*setResource)(nil)
)

// setResource is all grants on one object, of the relations that it manages.
type setResource struct{ run.Resource }

// NewResourceGrantsResource returns kamiwaza_resource_grants.
func NewResourceGrantsResource() resource.Resource { return &setResource{} }

const setType = "kamiwaza_resource_grants"

// owner is the relation that a set does not manage unless it names it: who creates an object is its owner.
const owner = "owner"

var (
	grantsPath    = path.Root("grants")
	relationsPath = path.Root("relations")
	// grantsType is a map from relations to maps from namespaces of subjects to sets of ids.
	grantsType = types.MapType{ElemType: framework.IDSetType}
)

func (r *setResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = setType
	resp.ResourceBehavior.MutableIdentity = true // see claim.UpdateSet
}

func (r *setResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "All grants on an object, of the relations in `relations`. Authoritative: grants of these relations that are not in `grants` are " +
			"removed from the object. Needs the gateway API (platform 1.2 and later) with ReBAC switched on.\n\n" +
			"By default, the resource manages all relations except `owner`, because the platform makes the user who creates an object its owner.\n\n" +
			"Do not use it together with `kamiwaza_resource_grant` for the same object and relation, because they undo each other's changes. Grants that are " +
			"added between plan and apply stay, and the next plan shows them. Destroying this resource removes the grants in its state, except those that " +
			"another resource of the configuration manages.",
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{
				Computed: true, PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
				MarkdownDescription: "The id of the resource, `<namespace>/<object id>`, which is also its import id.",
			},
			"object": objectAttribute("Changing it replaces the resource."),
			"relations": schema.SetAttribute{
				Optional: true, ElementType: types.StringType,
				MarkdownDescription: "The relations that the resource manages; by default, all except `owner`. Grants of other relations stay as they are.",
				Validators: []validator.Set{
					setvalidator.SizeAtLeast(1), setvalidator.ValueStringsAre(stringvalidator.UTF8LengthBetween(1, longestName)),
				},
			},
			"grants": schema.MapAttribute{
				Required: true, ElementType: grantsType,
				MarkdownDescription: "All grants: for each relation, a map from the namespace of the subjects, such as `user` or `group`, to a set of their ids. " + subjectIDs +
					" An empty map stands for none.",
			},
		},
	}
}

func (r *setResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"object_namespace": identityschema.StringAttribute{RequiredForImport: true, Description: "The namespace of the object."},
		"object_id":        identityschema.StringAttribute{RequiredForImport: true, Description: "The id of the object."},
	}}
}

// grantSet is what a configuration, a plan or a state has of a set. Null and unknown maps have nothing in them.
type grantSet struct {
	byRelation map[string]map[string]framework.IDSet
	// all says that everything is known.
	all bool
	// managed are the relations that the set manages; nil: all but owner. someManaged says that not all of them are known.
	managed     []string
	someManaged bool
	// nulls are the relations whose maps are null, which only a configuration may have.
	nulls []string
}

func (r *setResource) get(ctx context.Context, source framework.Reader, diags *diag.Diagnostics) (set grantSet) {
	var byRelation types.Map
	var managed types.Set
	diags.Append(source.GetAttribute(ctx, grantsPath, &byRelation)...)
	diags.Append(source.GetAttribute(ctx, relationsPath, &managed)...)
	set = grantSet{byRelation: map[string]map[string]framework.IDSet{}, all: !byRelation.IsUnknown(), someManaged: managed.IsUnknown()}
	for relation, value := range byRelation.Elements() {
		byNamespace, ok := value.(types.Map)
		set.byRelation[relation] = map[string]framework.IDSet{}
		set.all = set.all && ok && !byNamespace.IsUnknown()
		if byNamespace.IsNull() {
			set.nulls = append(set.nulls, relation)
		}
		for namespace, value := range byNamespace.Elements() {
			ids, _ := value.(framework.IDSet)
			set.byRelation[relation][namespace] = ids
			set.all = set.all && (ids.IsNull() || ids.Known() != nil)
		}
	}
	for _, value := range managed.Elements() {
		relation, _ := value.(types.String)
		set.someManaged = set.someManaged || relation.IsUnknown()
		set.managed = append(set.managed, relation.ValueString())
	}
	return set
}

// manages tells whether the set is about the relation.
func (s grantSet) manages(relation string) bool {
	if s.managed == nil {
		return relation != owner
	}
	return slices.Contains(s.managed, relation)
}

// governed are the ends of an object that the set is about.
func (s grantSet) governed(object string) []claim.End {
	parts := s.managed
	if parts == nil {
		parts = append(idlist.Without(relations, []string{owner}), otherRelations)
	}
	ends := make([]claim.End, len(parts))
	for i, part := range parts {
		ends[i] = claim.End{Relation: relationName, Noun: "object", ID: object, Part: part}
	}
	return ends
}

// managedOf are those of the elements that the set is about.
func (s grantSet) managedOf(elements []string) []string {
	return slices.DeleteFunc(elements, func(element string) bool { return !s.manages(parseHolder(element).relation) })
}

// elements are the grants that are known, in order.
func (s grantSet) elements() []string {
	elements := []string{}
	for relation, byNamespace := range s.byRelation {
		for namespace, ids := range byNamespace {
			for _, id := range ids.Some() {
				elements = append(elements, holder{relation, entity{namespace, id}}.String())
			}
		}
	}
	slices.Sort(elements)
	return elements
}

// with is the set's map with these elements. Relations and namespaces that have none stay, as the configuration may write
// them.
func (s grantSet) with(elements []string) attr.Value {
	ids := map[string]map[string][]string{}
	for relation, byNamespace := range s.byRelation {
		ids[relation] = map[string][]string{}
		for namespace := range byNamespace {
			ids[relation][namespace] = nil
		}
	}
	for _, element := range elements {
		h := parseHolder(element)
		if ids[h.relation] == nil {
			ids[h.relation] = map[string][]string{}
		}
		ids[h.relation][h.subject.namespace] = append(ids[h.relation][h.subject.namespace], h.subject.id)
	}
	byRelation := map[string]attr.Value{}
	for relation, byNamespace := range ids {
		sets := map[string]attr.Value{}
		for namespace, all := range byNamespace {
			sets[namespace] = framework.NewIDSet(all)
		}
		byRelation[relation] = types.MapValueMust(framework.IDSetType, sets)
	}
	return types.MapValueMust(grantsType, byRelation)
}

// ValidateConfig checks what the types of the attributes cannot.
func (r *setResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	set := r.get(ctx, req.Config, &resp.Diagnostics)
	for _, relation := range slices.Sorted(maps.Keys(set.byRelation)) {
		at := grantsPath.AtMapKey(relation)
		switch {
		case relation == "" || utf8.RuneCountInString(relation) > longestName:
			resp.Diagnostics.AddAttributeError(at, "Invalid relation", fmt.Sprintf("A relation has 1 to %d characters.", longestName))
		case !set.someManaged && !set.manages(relation) && set.managed == nil:
			resp.Diagnostics.AddAttributeError(at, fmt.Sprintf("The resource does not manage the relation %s", owner),
				"By default, kamiwaza_resource_grants does not manage who owns an object. If it has to, list all relations that it manages, such as relations = "+
					`["owner", "editor", "viewer"]. Owners that are not in grants, such as the user who created the object, then lose the object.`)
		case !set.someManaged && !set.manages(relation):
			resp.Diagnostics.AddAttributeError(at, fmt.Sprintf("The resource does not manage the relation %s", relation),
				fmt.Sprintf("grants has the relation %[1]s, but relations does not. Add %[1]q to relations, or remove it from grants.", relation))
		}
		for _, namespace := range slices.Sorted(maps.Keys(set.byRelation[relation])) {
			ids := set.byRelation[relation][namespace]
			at := at.AtMapKey(namespace)
			if problem := namespaceProblem(namespace); problem != "" {
				resp.Diagnostics.AddAttributeError(at, "Invalid namespace", fmt.Sprintf("%s: %s.", at, problem))
			}
			switch some := ids.Some(); {
			case ids.IsNull():
				resp.Diagnostics.AddAttributeError(at, "Invalid grants", fmt.Sprintf("%s is null. To grant nothing, leave it out or use [].", at))
			case ids.NullElements() > 0 || slices.Contains(some, ""):
				resp.Diagnostics.AddAttributeError(at, "Invalid id", fmt.Sprintf("An element of %s is null or empty.", at))
			case slices.ContainsFunc(some, func(id string) bool { return utf8.RuneCountInString(id) > longestSubject }):
				resp.Diagnostics.AddAttributeError(at, "Invalid id", fmt.Sprintf("An element of %s is longer than %d characters.", at, longestSubject))
			}
		}
	}
	for _, relation := range slices.Sorted(slices.Values(set.nulls)) {
		at := grantsPath.AtMapKey(relation)
		resp.Diagnostics.AddAttributeError(at, "Invalid grants", fmt.Sprintf("%s is null. To grant nothing, leave it out or use {}.", at))
	}
}

// ModifyPlan shows what a plan alone does not: what a new set takes away, subjects that do not exist, and who else manages
// the same grants.
func (r *setResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.Run == nil {
		return
	}
	r.CheckGeneration(ctx, setType, req.Config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	var before, after grantSet
	var old, planned [2]types.String
	if !req.State.Raw.IsNull() {
		before = r.get(ctx, req.State, &resp.Diagnostics)
		old = r.object(ctx, req.State, &resp.Diagnostics)
	}
	if !req.Plan.Raw.IsNull() {
		after = r.get(ctx, req.Plan, &resp.Diagnostics)
		planned = r.object(ctx, req.Plan, &resp.Diagnostics)
		for i, at := range []path.Path{objectNamespace, objectIDPath} {
			claim.ReplaceEnd(ctx, r.Run, at, old[i], planned[i], resp)
		}
	}
	if resp.Diagnostics.HasError() {
		return
	}
	known := !planned[0].IsNull() && !planned[0].IsUnknown() && !planned[1].IsUnknown()
	stays := planned == old
	plan := claim.Plan{TypeName: setType, Complete: after.all, Ends: !stays && (known || planned[0].IsNull())}
	lost := []string{}
	switch {
	case plan.Ends:
		lost = before.elements()
	case stays && after.all:
		lost = after.managedOf(idlist.Without(before.elements(), after.elements()))
	}
	plan.Gives = claim.Edges(r, r.key(old), lost)
	if known {
		plan.Has = claim.Edges(r, r.key(planned), after.elements())
		plan.Element = "grant"
		plan.Sets = after.governed(r.key(planned))
	}
	unchanged := stays && after.all && slices.Equal(before.elements(), after.elements())
	claim.PlanInstance(ctx, r.Run, r, plan, unchanged, req, resp)
	if planned[0].IsNull() {
		return
	}
	r.warnOfChanges(ctx, before, after, &resp.Diagnostics)
	if known && (req.State.Raw.IsNull() || !unchanged) && !r.IsApplying() {
		r.warnOfGroups(ctx, parseEntity(r.key(planned)), before, after, &resp.Diagnostics)
	}
	if known && req.State.Raw.IsNull() {
		r.warnOfRemoval(ctx, parseEntity(r.key(planned)), after, &resp.Diagnostics)
	}
}

// warnOfChanges is about relations and subjects that the state does not have.
func (r *setResource) warnOfChanges(ctx context.Context, before, after grantSet, diags *diag.Diagnostics) {
	for _, relation := range slices.Sorted(maps.Keys(after.byRelation)) {
		at := grantsPath.AtMapKey(relation)
		if before.byRelation[relation] == nil {
			warnOfUnknownRelation(at, relation, diags)
		}
		for _, namespace := range slices.Sorted(maps.Keys(after.byRelation[relation])) {
			added := idlist.Without(after.byRelation[relation][namespace].Some(), before.byRelation[relation][namespace].Some())
			warnOfMissingEntities(ctx, r.Run, at.AtMapKey(namespace), namespace, added, diags)
		}
	}
}

// warnOfGroups warns once of new grants to groups, which may let nobody in.
func (r *setResource) warnOfGroups(ctx context.Context, object entity, before, after grantSet, diags *diag.Diagnostics) {
	for _, relation := range slices.Sorted(maps.Keys(after.byRelation)) {
		groups, old := after.byRelation[relation]["group"], before.byRelation[relation]["group"]
		if groups.IsUnknown() || groups.UnknownElements() > 0 || len(idlist.Without(groups.Some(), old.Some())) > 0 {
			warnOfGroup(ctx, r.Run, grantsPath.AtMapKey(relation).AtMapKey("group"), object, diags)
			return
		}
	}
}

// warnOfRemoval names what the object has before the set exists: the plan shows a creation, and nothing that goes.
func (r *setResource) warnOfRemoval(ctx context.Context, object entity, want grantSet, diags *diag.Diagnostics) {
	held, err := listGrants(ctx, r.Run, object)
	if err != nil || want.someManaged {
		return // The apply will say so.
	}
	extra := want.managedOf(idlist.Without(held, want.elements()))
	if len(extra) == 0 {
		return
	}
	unless := ""
	if !want.all {
		unless = ", unless they are among those that are still unknown"
	}
	diags.AddAttributeWarning(grantsPath, fmt.Sprintf("Creating this removes grants that %s has", object),
		fmt.Sprintf("The object has %d grant(s) that are not in the configuration. This resource is authoritative, so the apply removes them%s: %s.\n\n"+
			"To keep them, add them to grants. To see the removals as a diff in the plan, import the resource first.", len(extra), unless, idlist.Short(extra)))
}

// object reads the object's namespace and id.
func (r *setResource) object(ctx context.Context, source framework.Reader, diags *diag.Diagnostics) [2]types.String {
	return [2]types.String{text(ctx, source, objectNamespace, diags), text(ctx, source, objectIDPath, diags)}
}

func (r *setResource) key(object [2]types.String) string {
	return entity{object[0].ValueString(), object[1].ValueString()}.String()
}

// TypeName is the resource's type.
func (r *setResource) TypeName() string { return setType }

// AssignmentID is the import id of a single grant.
func (r *setResource) AssignmentID(a claim.Assignment) string { return grantID(accessOf(a)) }

// Describe names several.
func (r *setResource) Describe(all []claim.Assignment) string { return describe(all) }

// Subject names the set.
func (r *setResource) Subject(object string) framework.Subject {
	return framework.Subject{Noun: "set", Assignment: true, Text: "grants on " + object}
}

// OwnerLabel names the object.
func (r *setResource) OwnerLabel(object string) string { return "object " + object }

// Edge is the claim of one grant.
func (r *setResource) Edge(object, element string) claim.Assignment {
	return access{object: parseEntity(object), holder: parseHolder(element)}.assignment()
}

// Get reads the object and the grants.
func (r *setResource) Get(ctx context.Context, source framework.Reader, diags *diag.Diagnostics) (object string, elements []string) {
	return r.key(r.object(ctx, source, diags)), r.get(ctx, source, diags).elements()
}

// Put writes the object and the grants.
func (r *setResource) Put(ctx context.Context, like framework.Reader, target framework.Writer, object string, elements []string, diags *diag.Diagnostics) {
	e, set := parseEntity(object), r.get(ctx, like, diags)
	var managed types.Set
	diags.Append(like.GetAttribute(ctx, relationsPath, &managed)...)
	for _, attribute := range []struct {
		at    path.Path
		value any
	}{
		{path.Root("id"), objectID(e)}, {objectNamespace, e.namespace}, {objectIDPath, e.id}, {relationsPath, managed}, {grantsPath, set.with(elements)},
	} {
		diags.Append(target.SetAttribute(ctx, attribute.at, attribute.value)...)
	}
}

// PutIdentity writes the object.
func (r *setResource) PutIdentity(ctx context.Context, target framework.Writer, object string, diags *diag.Diagnostics) {
	e := parseEntity(object)
	diags.Append(target.SetAttribute(ctx, path.Root("object_namespace"), e.namespace)...)
	diags.Append(target.SetAttribute(ctx, path.Root("object_id"), e.id)...)
}

// Held reads the grants of the relations that the set manages.
func (r *setResource) Held(ctx context.Context, in *run.Run, like framework.Reader, object string) ([]string, error) {
	var diags diag.Diagnostics
	set := r.get(ctx, like, &diags)
	held, err := listGrants(ctx, in, parseEntity(object))
	return set.managedOf(held), err
}

// Managed returns the grants of the relations that the set of a plan manages.
func (r *setResource) Managed(ctx context.Context, plan framework.Reader, elements []string) []string {
	var diags diag.Diagnostics
	return r.get(ctx, plan, &diags).managedOf(elements)
}

// Change changes the grants.
func (r *setResource) Change(ctx context.Context, in *run.Run, object string, have, want, drop []string) error {
	return changeGrants(ctx, in, parseEntity(object), have, want, drop)
}

func (r *setResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	claim.CreateSet(ctx, r.Run, r, req, resp)
}

func (r *setResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	claim.ReadSet(ctx, r.Run, r, req, resp)
}

func (r *setResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	claim.UpdateSet(ctx, r.Run, r, req, resp)
}

func (r *setResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	claim.DeleteSet(ctx, r.Run, r, req, resp)
}

// ImportState takes an import id, or the identity in an import block.
func (r *setResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	e, ok := parseObjectID(req.ID)
	if req.ID == "" {
		e.namespace = text(ctx, req.Identity, path.Root("object_namespace"), &resp.Diagnostics).ValueString()
		e.id = text(ctx, req.Identity, path.Root("object_id"), &resp.Diagnostics).ValueString()
		ok = e.namespace != "" && e.id != ""
	}
	if !ok {
		resp.Diagnostics.AddError("Invalid import id", fmt.Sprintf("A %s is imported as <namespace>/<object id>, such as dataset/urn:li:dataset:1. %q is not of "+
			"that form.", setType, req.ID))
		return
	}
	r.PutIdentity(ctx, resp.Identity, e.String(), &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("id"), objectID(e))...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, objectNamespace, e.namespace)...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, objectIDPath, e.id)...)
	framework.InstanceOf(ctx, resp.Private, &resp.Diagnostics)
}
