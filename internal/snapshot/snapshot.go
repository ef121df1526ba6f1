// Package snapshot reads all of a platform that the API lets a caller find, as plain data without secrets: for programs that
// write it down or compare it. Everything is sorted, so that the same platform gives the same snapshot.
package snapshot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/connection"
)

// Snapshot is what a platform has. Lists that its API does not have are empty.
type Snapshot struct {
	Generation connection.Generation
	// Self is the id of the user that the caller is logged in as, "" if that is nobody in Users.
	Self string

	Users  []User
	Groups []Group

	// With the RBAC API.
	Organizations []Organization
	Roles         []Role
	Rights        []Right

	// With the gateway API.
	Mappings          []Mapping
	IdentityProviders []IdentityProvider
	Tuples            []Tuple
	Workrooms         []Workroom
	Attributes        []Attribute

	// Lost are the objects and lists that could not be read, though something refers to them.
	Lost []Lost
	// Missing are the parts that the platform does not offer or has switched off, for messages.
	Missing []string
}

// Kind is a kind of objects, as commands name it.
type Kind string

// The kinds of objects.
const (
	KindUser             Kind = "user"
	KindGroup            Kind = "group"
	KindOrganization     Kind = "organization"
	KindRole             Kind = "role"
	KindRight            Kind = "right"
	KindMapping          Kind = "group_mapping"
	KindIdentityProvider Kind = "identity_provider"
	KindTuple            Kind = "relationship_tuple"
	KindWorkroom         Kind = "workroom"
	KindAttribute        Kind = "attribute"
)

// User is a user. Texts that the server does not have are "".
type User struct {
	ID, SubjectID, Username, Email string
	Active                         bool
	CreatedAt                      time.Time

	// With the RBAC API.
	FullName, OrganizationID, ExternalID string
	Superuser                            bool
	// Groups are the ids of the user's groups; nil if the server leaves them out, which is not to say that there are none.
	Groups []string

	// Roles are the platform roles, with the gateway API, but for those that everybody has; nil as Groups.
	Roles []string
}

// Group is a group.
type Group struct {
	ID, Name, Description string
	CreatedAt             time.Time
	// Roles are the ids of the group's roles, with the RBAC API; nil as User.Groups.
	Roles []string
	// Members are subject ids, with the gateway API; nil as User.Groups.
	Members []string
}

// Organization is an organization. What may be secret in the settings of its identity provider is left out.
type Organization struct {
	ID, Name, Description string
	CreatedAt             time.Time
	IDP                   *IDP
}

// IDP is an organization's identity provider.
type IDP struct{ Provider, Domain, ClientID, MetadataURL string }

// Role is a role.
type Role struct {
	ID, Name, Description string
	CreatedAt             time.Time
	// Rights are the ids of its rights; nil as User.Groups.
	Rights []string
}

// Right is a right.
type Right struct {
	ID, Name, Description string
	CreatedAt             time.Time
}

// Mapping is a group mapping.
type Mapping struct {
	ID, Issuer, IDPGroupPath, LocalGroupName string
	CreatedAt                                time.Time
}

// IdentityProvider is an identity provider, of which the API does not tell how it is set up.
type IdentityProvider struct {
	Alias, Kind string
	Enabled     bool
}

// Tuple is a relationship tuple.
type Tuple struct {
	Tenant, SubjectNamespace, SubjectID, Relation, ObjectNamespace, ObjectID string
}

// Workroom is a workroom.
type Workroom struct {
	ID, Name, Type, Description, Classification string
	Labels, SCGReferences                       []string
	// Attributes are a JSON object, "" if there are none.
	Attributes string
	Archived   bool
	CreatedAt  time.Time
	// Owner is the subject id of the owner.
	Owner string
	// Members are those who are in the workroom, its owner included; nil as User.Groups.
	Members []WorkroomMember
}

// WorkroomMember is a user in a workroom.
type WorkroomMember struct {
	SubjectID, Email, Username, Role string
	Owner                            bool // of the workroom itself
	SurfaceID                        string
	LandingTarget                    map[string]string
}

// Attribute is an attribute that subjects may have.
type Attribute struct {
	Name, Type, Authority, SchemaVersion string
	Sensitive                            bool
	DeclaredAt                           time.Time
}

// Lost is an object, or what an object has, that could not be read.
type Lost struct {
	Kind Kind
	ID   string
	// What is "" for the object itself, and otherwise the list that is missing, such as "members".
	What string
	// Gone says that the object no longer exists, and Stranger that only those who are in it may read it.
	Gone, Stranger bool
	// Reason is what the server said.
	Reason string
}

// Seeds are ids of objects that no user leads to, by kind: the RBAC API lists users alone.
type Seeds map[Kind][]string

// ErrSelf marks the failure to find out which user the caller is.
var ErrSelf = errors.New("could not find out which user this is")

// Options say how to read.
type Options struct {
	Also Seeds
	// WithoutMembers leaves out who is in groups and workrooms with the gateway API, which takes a request for each.
	WithoutMembers bool
	// WithoutSelf leaves open which user the caller is.
	WithoutSelf bool
	// Progress, when set, is told what is being read.
	Progress func(text string)
}

// Read reads the platform. An error says that the snapshot would not be whole; what cannot be read of single objects is Lost
// instead.
func Read(ctx context.Context, c *client.Client, platform *connection.Connection, options Options) (Snapshot, error) {
	if options.Progress == nil {
		options.Progress = func(string) {}
	}
	generation, err := platform.Generation(ctx)
	if err != nil {
		return Snapshot{}, err
	}
	r := &reader{Snapshot: Snapshot{Generation: generation}, client: c, options: options}
	if generation == connection.Gateway {
		err = r.readGateway(ctx, platform.Gateway)
	} else {
		err = r.readRBAC(ctx, platform.Directory)
	}
	if err != nil {
		return Snapshot{}, err
	}
	r.Sort()
	return r.Snapshot, nil
}

// reader is a snapshot that is being read.
type reader struct {
	Snapshot
	client  *client.Client
	options Options
	mu      sync.Mutex // of Lost, and of the progress
}

// lose notes what could not be read. It tells whether the failure is about that alone.
func (r *reader) lose(kind Kind, id, what string, err error) bool {
	gone := errors.Is(err, client.ErrNotFound)
	failure, _ := errors.AsType[*client.Error](err)
	if !gone && (!errors.Is(err, client.ErrForbidden) || errors.Is(err, client.ErrLogin) || !failure.ByAPI()) {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.Lost = append(r.Lost, Lost{Kind: kind, ID: id, What: what, Gone: gone, Stranger: errors.Is(err, client.ErrNotMember), Reason: err.Error()})
	return true
}

// each reads the objects with the ids or, where what is not "", what these objects have, as many at a time as the client lets through.
// It returns nil for what is lost.
func each[T any](ctx context.Context, r *reader, kind Kind, what string, ids []string, get func(context.Context, string) (T, error)) ([]*T, error) {
	task, progress := fmt.Sprintf("read the %s", kind), fmt.Sprintf("%ss", kind)
	if what != "" {
		task, progress = fmt.Sprintf("list the %s of the %s", what, kind), fmt.Sprintf("%s of %ss", what, kind)
	}
	all, read := make([]*T, len(ids)), 0
	tasks, ctx := errgroup.WithContext(ctx)
	for i, id := range ids {
		tasks.Go(func() error {
			found, err := get(ctx, id)
			switch {
			case err == nil:
				all[i] = &found
			case !r.lose(kind, id, what, err):
				return fmt.Errorf("could not %s %s: %w", task, id, err)
			}
			r.mu.Lock()
			defer r.mu.Unlock()
			read++
			r.options.Progress(fmt.Sprintf("%s: %d of %d", progress, read, len(ids)))
			return nil
		})
	}
	return all, tasks.Wait()
}

// readAll reads the objects with the ids, but for those that are lost.
func readAll[T any](ctx context.Context, r *reader, kind Kind, ids []string, get func(context.Context, string) (T, error)) ([]T, error) {
	found, err := each(ctx, r, kind, "", distinct(ids), get)
	if err != nil {
		return nil, err
	}
	var objects []T
	for _, object := range found {
		if object != nil {
			objects = append(objects, *object)
		}
	}
	return objects, nil
}

// distinct returns the ids in order, each once. No list stays no list.
func distinct(ids []string) []string {
	if ids == nil {
		return nil
	}
	return slices.Compact(append([]string{}, slices.Sorted(slices.Values(ids))...))
}

// Sort brings everything in the order of names. Read has done so.
func (s *Snapshot) Sort() {
	sortBy(s.Users, func(u User) []string { return []string{u.Username, u.ID} })
	sortBy(s.Groups, func(g Group) []string { return []string{g.Name, g.ID} })
	sortBy(s.Organizations, func(o Organization) []string { return []string{o.Name, o.ID} })
	sortBy(s.Roles, func(role Role) []string { return []string{role.Name, role.ID} })
	sortBy(s.Rights, func(right Right) []string { return []string{right.Name, right.ID} })
	sortBy(s.Mappings, func(m Mapping) []string { return []string{m.IDPGroupPath, m.LocalGroupName, m.Issuer, m.ID} })
	sortBy(s.IdentityProviders, func(p IdentityProvider) []string { return []string{p.Alias} })
	sortBy(s.Tuples, func(t Tuple) []string {
		return []string{t.ObjectNamespace, t.ObjectID, t.Relation, t.SubjectNamespace, t.SubjectID, t.Tenant}
	})
	sortBy(s.Workrooms, func(w Workroom) []string { return []string{w.Name, w.ID} })
	for _, room := range s.Workrooms {
		sortBy(room.Members, func(m WorkroomMember) []string { return []string{strings.ToLower(m.Email), m.Username, m.SubjectID} })
	}
	sortBy(s.Attributes, func(a Attribute) []string { return []string{a.Name} })
	sortBy(s.Lost, func(l Lost) []string { return []string{string(l.Kind), l.ID, l.What} })
}

func sortBy[T any](objects []T, keys func(T) []string) {
	slices.SortFunc(objects, func(a, b T) int { return slices.Compare(keys(a), keys(b)) })
}
