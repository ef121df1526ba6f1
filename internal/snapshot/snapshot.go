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
	Generation connection.Generation `json:"api"`
	// Self is the id of the user that the caller is logged in as, "" if that is nobody in Users. It is not written.
	Self string `json:"-"`

	Users  []User  `json:"users"`
	Groups []Group `json:"groups"`

	// With the RBAC API.
	Organizations []Organization `json:"organizations,omitzero"`
	Roles         []Role         `json:"roles,omitzero"`
	Rights        []Right        `json:"rights,omitzero"`

	// With the gateway API.
	Mappings          []Mapping          `json:"group_mappings,omitzero"`
	IdentityProviders []IdentityProvider `json:"identity_providers,omitzero"`
	Tuples            []Tuple            `json:"relationship_tuples,omitzero"`
	Workrooms         []Workroom         `json:"workrooms,omitzero"`
	Attributes        []Attribute        `json:"attributes,omitzero"`

	// Lost are the objects and lists that could not be read, though something refers to them.
	Lost []Lost `json:"lost,omitzero"`
	// Missing are the parts that the platform does not offer or has switched off, for messages.
	Missing []string `json:"missing,omitzero"`
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
	ID        string    `json:"id"`
	SubjectID string    `json:"subject_id,omitzero"`
	Username  string    `json:"username"`
	Email     string    `json:"email,omitzero"`
	Active    bool      `json:"active"`
	CreatedAt time.Time `json:"created_at,omitzero"`

	// With the RBAC API.
	FullName       string `json:"full_name,omitzero"`
	OrganizationID string `json:"organization_id,omitzero"`
	ExternalID     string `json:"external_id,omitzero"`
	Superuser      bool   `json:"superuser,omitzero"`
	// Groups are the ids of the user's groups; nil if the server leaves them out, which is not to say that there are none.
	Groups []string `json:"groups,omitzero"`
	// LastLogin is zero for never. It is not written: reading a platform is a login, too.
	LastLogin time.Time `json:"-"`

	// Roles are the platform roles, with the gateway API, but for those that everybody has; nil as Groups.
	Roles []string `json:"roles,omitzero"`
}

// Group is a group.
type Group struct {
	ID          string    `json:"id"`
	Name        string    `json:"name"`
	Description string    `json:"description,omitzero"`
	CreatedAt   time.Time `json:"created_at,omitzero"`
	// Roles are the ids of the group's roles, with the RBAC API; nil as User.Groups.
	Roles []string `json:"roles,omitzero"`
	// Members are subject ids, with the gateway API; nil as User.Groups.
	Members []string `json:"members,omitzero"`
}

// Organization is an organization. What may be secret in the settings of its identity provider is left out.
type Organization struct {
	ID          string    `json:"id"`
	Name        string    `json:"name"`
	Description string    `json:"description,omitzero"`
	CreatedAt   time.Time `json:"created_at,omitzero"`
	IDP         *IDP      `json:"idp,omitzero"`
}

// IDP is an organization's identity provider.
type IDP struct {
	Provider    string `json:"provider"`
	Domain      string `json:"domain,omitzero"`
	ClientID    string `json:"client_id,omitzero"`
	MetadataURL string `json:"metadata_url,omitzero"`
}

// Role is a role.
type Role struct {
	ID          string    `json:"id"`
	Name        string    `json:"name"`
	Description string    `json:"description,omitzero"`
	CreatedAt   time.Time `json:"created_at,omitzero"`
	// Rights are the ids of its rights; nil as User.Groups.
	Rights []string `json:"rights,omitzero"`
}

// Right is a right.
type Right struct {
	ID          string    `json:"id"`
	Name        string    `json:"name"`
	Description string    `json:"description,omitzero"`
	CreatedAt   time.Time `json:"created_at,omitzero"`
}

// Mapping is a group mapping.
type Mapping struct {
	ID             string    `json:"id"`
	Issuer         string    `json:"issuer"`
	IDPGroupPath   string    `json:"idp_group_path"`
	LocalGroupName string    `json:"local_group_name"`
	CreatedAt      time.Time `json:"created_at,omitzero"`
}

// IdentityProvider is an identity provider, of which the API does not tell how it is set up.
type IdentityProvider struct {
	Alias   string `json:"alias"`
	Kind    string `json:"kind"`
	Enabled bool   `json:"enabled"`
}

// Tuple is a relationship tuple. Tuples are compared with ==.
type Tuple struct {
	Tenant           string `json:"tenant"`
	SubjectNamespace string `json:"subject_namespace"`
	SubjectID        string `json:"subject_id"`
	Relation         string `json:"relation"`
	ObjectNamespace  string `json:"object_namespace"`
	ObjectID         string `json:"object_id"`
}

// Workroom is a workroom.
type Workroom struct {
	ID             string   `json:"id"`
	Name           string   `json:"name"`
	Type           string   `json:"type"`
	Description    string   `json:"description,omitzero"`
	Classification string   `json:"classification,omitzero"`
	Labels         []string `json:"labels,omitzero"`
	SCGReferences  []string `json:"scg_references,omitzero"`
	// Attributes are a JSON object, "" if there are none.
	Attributes string    `json:"attributes,omitzero"`
	Archived   bool      `json:"archived,omitzero"`
	CreatedAt  time.Time `json:"created_at,omitzero"`
	// Owner is the subject id of the owner.
	Owner string `json:"owner_id,omitzero"`
	// Members are those who are in the workroom, its owner included; nil as User.Groups.
	Members []WorkroomMember `json:"members,omitzero"`
}

// WorkroomMember is a user in a workroom.
type WorkroomMember struct {
	SubjectID     string            `json:"subject_id"`
	Email         string            `json:"email,omitzero"`
	Username      string            `json:"username,omitzero"`
	Role          string            `json:"role"`
	Owner         bool              `json:"owner,omitzero"` // of the workroom itself
	SurfaceID     string            `json:"surface_id,omitzero"`
	LandingTarget map[string]string `json:"landing_target,omitzero"`
}

// Attribute is an attribute that subjects may have.
type Attribute struct {
	Name          string    `json:"name"`
	Type          string    `json:"type"`
	Authority     string    `json:"authority"`
	SchemaVersion string    `json:"schema_version"`
	Sensitive     bool      `json:"sensitive,omitzero"`
	DeclaredAt    time.Time `json:"declared_at,omitzero"`
}

// Lost is an object, or what an object has, that could not be read.
type Lost struct {
	Kind Kind   `json:"kind"`
	ID   string `json:"id"`
	// What is "" for the object itself, and otherwise the list that is missing, such as "members".
	What string `json:"what,omitzero"`
	// Gone says that the object no longer exists, and Stranger that only those who are in it may read it.
	Gone     bool `json:"gone,omitzero"`
	Stranger bool `json:"stranger,omitzero"`
	// Reason is what the server said, which is not written, because it may differ each time.
	Reason string `json:"-"`
}

// Hidden is how many objects there are, such as workrooms, that only those who are in them may read.
func (s Snapshot) Hidden() (n int) {
	for _, lost := range s.Lost {
		if lost.Stranger {
			n++
		}
	}
	return n
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
