package grant

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/gateway"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/directory"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

// defaultTenant is the tenant that grants are made in, unless the provider's own user is of another one.
const defaultTenant = gateway.DefaultTenant

// store is where the platform keeps accesses: each is a tuple or a grant.
type store struct {
	add, remove, keep func(context.Context, access) error
	has               func(ctx context.Context, a access, recent bool) (bool, error)
	// leave says that remove comes next.
	leave func(access)
}

func ref(e entity) gateway.Ref { return gateway.Ref{Namespace: e.namespace, ID: e.id} }

func fromRef(r gateway.Ref) entity { return entity{r.Namespace, r.ID} }

func tuple(a access) gateway.Tuple {
	return gateway.Tuple{
		Tenant: a.tenant, SubjectNamespace: a.subject.namespace, SubjectID: a.subject.id, Relation: a.relation,
		ObjectNamespace: a.object.namespace, ObjectID: a.object.id,
	}
}

func grantOf(object entity, h holder) directory.ResourceGrant {
	return directory.ResourceGrant{Object: ref(object), Relation: h.relation, Subject: ref(h.subject)}
}

// tuples keeps accesses as relationship tuples.
func tuples(in *run.Run) store {
	d := in.Gateway.Tuples
	return store{
		add:    func(ctx context.Context, a access) error { return d.Write(ctx, tuple(a)) },
		remove: func(ctx context.Context, a access) error { return d.Delete(ctx, tuple(a)) },
		keep:   func(ctx context.Context, a access) error { return d.Keep(ctx, tuple(a)) },
		has: func(ctx context.Context, a access, recent bool) (bool, error) {
			if recent {
				d.Expect(tuple(a))
			}
			return d.Has(ctx, tuple(a))
		},
		leave: func(access) {},
	}
}

// grants keeps accesses as grants, in the tenant of the provider's own user.
func grants(in *run.Run) store {
	d := in.Gateway.Grants
	of := func(a access) directory.ResourceGrant { return grantOf(a.object, a.holder) }
	return store{
		add: func(ctx context.Context, a access) error { return mayGrant(ctx, in, a.object, d.Write(ctx, of(a))) },
		remove: func(ctx context.Context, a access) error {
			return mayGrant(ctx, in, a.object, d.Delete(ctx, of(a)))
		},
		keep: func(ctx context.Context, a access) error { return mayGrant(ctx, in, a.object, d.Keep(ctx, of(a))) },
		has: func(ctx context.Context, a access, recent bool) (bool, error) {
			if recent {
				d.Expect(of(a))
			}
			exists, err := d.Has(ctx, of(a))
			return exists, offered(err)
		},
		leave: func(a access) { d.Leave(of(a)) },
	}
}

// listGrants returns the direct grants on the object, as elements.
func listGrants(ctx context.Context, in *run.Run, object entity) ([]string, error) {
	all, err := in.Gateway.Grants.List(ctx, ref(object))
	elements := make([]string, len(all))
	for i, grant := range all {
		elements[i] = holder{grant.Relation, fromRef(grant.Subject)}.String()
	}
	return elements, offered(err)
}

// changeGrants changes those that the plan shows.
func changeGrants(ctx context.Context, in *run.Run, object entity, have, want, drop []string) error {
	of := func(elements []string) []directory.ResourceGrant {
		all := make([]directory.ResourceGrant, len(elements))
		for i, element := range elements {
			all[i] = grantOf(object, parseHolder(element))
		}
		return all
	}
	return mayGrant(ctx, in, object, in.Gateway.Grants.Change(ctx, ref(object), of(have), of(want), of(drop)))
}

// mayGrant adds to a refusal what the platform says of the provider's right to grant.
func mayGrant(ctx context.Context, in *run.Run, object entity, err error) error {
	err = offered(err)
	if !errors.Is(err, client.ErrForbidden) || errors.Is(err, client.ErrAdminRequired) {
		return err
	}
	may, problem := in.Gateway.Grants.Capability(ctx, ref(object))
	if problem != nil {
		return err
	}
	if may {
		return framework.Advised(err, fmt.Sprintf("The platform says that the user the provider authenticates as may grant on %s (can_grant is true), but it has "+
			"refused this grant. Check the relation and the subject.", object))
	}
	return framework.Advised(err, fmt.Sprintf("The user the provider authenticates as may not grant on %s (can_grant is false). Authenticate as an owner of the "+
		"object, or let an owner grant it the relation owner.", object))
}

// offered adds to the error of a call that the platform lacks which release has it.
func offered(err error) error {
	return framework.Offered(err, "The platform does not offer resource grants and access queries. They need platform 1.2 or later. On earlier releases, "+
		"use kamiwaza_relationship_tuple. If the platform is 1.2 or later, check base_url.")
}

// expansion is whether the platform lets in the members of a group that has a grant. It is the same for all objects, so one
// answer is enough for a run.
type expansion struct {
	mu    sync.Mutex
	known bool
	yes   bool
}

// expandsGroups asks for who can access the object; false, false if the platform does not say.
func expandsGroups(ctx context.Context, in *run.Run, object entity) (yes, known bool) {
	e := run.Shared(in, func() *expansion { return &expansion{} })
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.known {
		who, err := in.Gateway.Grants.WhoCanAccess(ctx, ref(object), "")
		if err != nil {
			return false, false
		}
		e.yes, e.known = who.Effective, true
	}
	return e.yes, true
}

// warnOfGroup warns of a grant to a group where the platform does not expand groups.
func warnOfGroup(ctx context.Context, in *run.Run, at path.Path, object entity, diags *diag.Diagnostics) {
	if yes, known := expandsGroups(ctx, in, object); yes || !known {
		return
	}
	diags.AddAttributeWarning(at, fmt.Sprintf("A grant to a group on %s may let nobody in", object),
		"The platform evaluates direct grants only (effective is false in its answer): it stores and lists a grant to a group, but does not let in the "+
			"members of the group. This depends on its authorization backend: Postgres does not expand groups, and SpiceDB does. Grant to users, or ask "+
			"the operator of the platform to switch the backend.")
}

// listTuples returns the tuples of a tenant, of one object namespace or, where it is "", of all.
func listTuples(ctx context.Context, in *run.Run, tenant, objectNamespace string) ([]access, error) {
	found, err := in.Gateway.Tuples.List(ctx, tenant, objectNamespace)
	all := make([]access, len(found))
	for i, t := range found {
		all[i] = access{t.Tenant, fromRef(t.Object()), holder{t.Relation, fromRef(t.Subject())}}
	}
	return all, err
}

func whoCanAccess(ctx context.Context, in *run.Run, wanted resourceAccessModel) (resourceAccessModel, error) {
	who, err := in.Gateway.Grants.WhoCanAccess(ctx, ref(wanted.Object.entity()), wanted.Permission.ValueString())
	wanted.Effective, wanted.Source = types.BoolValue(who.Effective), framework.TextOrNull(who.Source)
	wanted.Subjects = make([]accessSubjModel, len(who.Rows))
	for i, row := range who.Rows {
		wanted.Subjects[i] = accessSubjModel{
			Namespace: types.StringValue(row.Subject.Namespace), ID: types.StringValue(row.Subject.ID), DisplayName: framework.TextOrNull(row.DisplayName),
			Relation: framework.TextOrNull(row.Relation), Source: framework.TextOrNull(row.Source), Effective: types.BoolValue(row.Effective),
		}
	}
	return wanted, offered(err)
}

func accessibleResources(ctx context.Context, in *run.Run, wanted accessibleResourcesModel) (accessibleResourcesModel, error) {
	found, err := in.Gateway.Grants.AccessibleResources(ctx, wanted.Namespace.ValueString(), wanted.SubjectID.ValueString(), wanted.Permission.ValueString())
	wanted.Effective, wanted.Source = types.BoolValue(found.Effective), framework.TextOrNull(found.Source)
	wanted.ResourceIDs = framework.TextList(found.IDs)
	if wanted.SubjectID.IsNull() {
		wanted.SubjectID = framework.TextOrNull(found.SubjectID)
	}
	return wanted, offered(err)
}

func check(ctx context.Context, in *run.Run, subject entity, relation string, object entity) (bool, error) {
	decision, err := in.Gateway.Tuples.Check(ctx, ref(subject), relation, ref(object))
	return decision.Allow, err
}
