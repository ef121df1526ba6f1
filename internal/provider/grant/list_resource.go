package grant

import (
	"context"
	"errors"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"golang.org/x/sync/errgroup"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/claim"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

type tuplesConfig struct {
	accessFilter
	Tenant types.String `tfsdk:"tenant"`
}

func filterAttributes(nouns string) map[string]schema.Attribute {
	filter := func(description string) schema.StringAttribute {
		return schema.StringAttribute{Optional: true, MarkdownDescription: "Only " + nouns + " " + description, Validators: []validator.String{stringvalidator.LengthAtLeast(1)}}
	}
	namespace := func(description string) schema.StringAttribute {
		return schema.StringAttribute{Optional: true, MarkdownDescription: "Only " + nouns + " " + description, Validators: []validator.String{namespaceValidator{}}}
	}
	return map[string]schema.Attribute{
		"object_namespace":  namespace("for objects of this namespace, such as `dataset`."),
		"object_id":         filter("for the object with this id."),
		"relation":          filter("with this relation, such as `owner`."),
		"subject_namespace": namespace("of subjects of this namespace, such as `user`."),
		"subject_id":        filter("of the subject with this id."),
	}
}

// membersLeftOut says why some tuples and grants are not listed.
const membersLeftOut = "What users have on groups and workrooms is left out unless `object_namespace` is `group` or `workroom`: it stands for members, " +
	"which `kamiwaza_group_member` and `kamiwaza_workroom_member` manage."

// leavesOut tells whether an access stands for a member, and was not asked for.
func (f accessFilter) leavesOut(a access) bool {
	return f.ObjectNamespace.IsNull() && a.subject.namespace == "user" && (a.object.namespace == "group" || a.object.namespace == "workroom")
}

// NewRelationshipTupleListResource returns the list resource kamiwaza_relationship_tuple.
func NewRelationshipTupleListResource() list.ListResource {
	single := newRelationshipTuple()
	attributes := filterAttributes("tuples")
	attributes["tenant"] = schema.StringAttribute{
		Optional: true, MarkdownDescription: "The tenant; `__default__` by default.", Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
	}
	return &run.List[tuplesConfig]{
		TypeName: single.typeName, Noun: framework.Noun{Name: single.noun}, Nouns: "relationship tuples",
		Description: "Lists the relationship tuples of a tenant, those that grants have made included: all, or those that match all given arguments. The display name is the " +
			"import id. Needs the gateway API (platform 0.9.3 and later) with ReBAC switched on.\n\n" + membersLeftOut,
		Attributes: attributes,
		Rows: func(ctx context.Context, in *run.Run, config tuplesConfig) ([]framework.Row, error) {
			all, err := listTuples(ctx, in, config.Tenant.ValueString(), config.ObjectNamespace.ValueString())
			var rows []framework.Row
			for _, a := range all {
				if config.wants(a) && !config.leavesOut(a) {
					rows = append(rows, claim.SingleRow(single, a.assignment(), single.id(a)))
				}
			}
			return rows, err
		},
	}
}

// grantedObjects are the objects on which something is granted, as far as the tuples of the default tenant tell, or the one that
// the filters name.
func (f accessFilter) grantedObjects(ctx context.Context, in *run.Run) ([]entity, error) {
	if !f.ObjectID.IsNull() {
		if f.ObjectNamespace.IsNull() {
			return nil, errors.New("object_id needs object_namespace, too")
		}
		return []entity{{f.ObjectNamespace.ValueString(), f.ObjectID.ValueString()}}, nil
	}
	tuples, err := listTuples(ctx, in, "", f.ObjectNamespace.ValueString())
	var objects []entity
	for _, a := range tuples { // in the order of their objects
		if !f.leavesOut(a) && (len(objects) == 0 || objects[len(objects)-1] != a.object) {
			objects = append(objects, a.object)
		}
	}
	return objects, err
}

// objectGrants are an object and the grants on it.
type objectGrants struct {
	object entity
	grants []access
}

// search finds the objects with their grants, as many at a time as the client lets through.
func (f accessFilter) search(ctx context.Context, in *run.Run) ([]objectGrants, error) {
	objects, err := f.grantedObjects(ctx, in)
	if err != nil {
		return nil, err
	}
	found := make([]objectGrants, len(objects))
	tasks, ctx := errgroup.WithContext(ctx)
	for i, object := range objects {
		tasks.Go(func() error {
			elements, err := listGrants(ctx, in, object)
			found[i].object = object
			for _, element := range elements {
				if a := (access{object: object, holder: parseHolder(element)}); f.wants(a) && !f.leavesOut(a) {
					found[i].grants = append(found[i].grants, a)
				}
			}
			return err
		})
	}
	return found, tasks.Wait()
}

// grantsFrom says where the lists of grants find the objects.
const grantsFrom = "The API only lists the grants on one object, so the provider finds the objects in the relationship tuples of the default tenant, and then " +
	"needs one request for each. Set `object_namespace` or, for one object, `object_id`, too, if there are many. Needs the gateway API (platform 1.2 and later) " +
	"with ReBAC switched on.\n\n" + membersLeftOut

// NewResourceGrantListResource returns the list resource kamiwaza_resource_grant.
func NewResourceGrantListResource() list.ListResource {
	single := newResourceGrant()
	return &run.List[accessFilter]{
		TypeName: single.typeName, Noun: framework.Noun{Name: single.noun}, Nouns: "grants",
		Description: "Lists grants: all, or those that match all given arguments. The display name is the import id.\n\n" + grantsFrom,
		Attributes:  filterAttributes("grants"),
		Rows: func(ctx context.Context, in *run.Run, config accessFilter) ([]framework.Row, error) {
			found, err := config.search(ctx, in)
			var rows []framework.Row
			for _, on := range found {
				for _, a := range on.grants {
					rows = append(rows, claim.SingleRow(single, a.assignment(), single.id(a)))
				}
			}
			return rows, err
		},
	}
}

// NewResourceGrantsListResource returns the list resource kamiwaza_resource_grants.
func NewResourceGrantsListResource() list.ListResource {
	set := &setResource{}
	return &run.List[accessFilter]{
		TypeName: setType, Noun: framework.Noun{Name: "set"}, Nouns: "sets of grants",
		Description: "Lists the set of all grants, but for `owner`, on each object that has such a grant. With arguments, only the sets in which a grant matches all of " +
			"them. The display name is the import id.\n\n" + grantsFrom,
		Attributes: filterAttributes("sets with grants"),
		Rows: func(ctx context.Context, in *run.Run, config accessFilter) ([]framework.Row, error) {
			found, err := config.search(ctx, in)
			var rows []framework.Row
			for _, on := range found {
				if slices.ContainsFunc(on.grants, func(a access) bool { return a.relation != owner }) {
					rows = append(rows, claim.SetRow(in, set, on.object.String(), objectID(on.object)))
				}
			}
			return rows, err
		},
	}
}
