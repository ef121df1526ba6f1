package directory

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/gateway"
)

// Mappings are the group mappings as one run sees them.
type Mappings struct {
	*Listing[gateway.Mapping, gateway.MappingCreate, gateway.MappingUpdate]
	started func() (time.Time, bool)
}

func newMappings(api *gateway.API, mode ReadMode) *Mappings {
	name := func(mapping gateway.Mapping) string { return mapping.IDPGroupPath }
	return &Mappings{newListing(api.Pause, api.Mappings, mode, "group mapping", name), api.Started}
}

// Create makes a new mapping. One whose answer is lost is looked up, and taken for the new one if it was created since this
// run began.
func (m *Mappings) Create(ctx context.Context, body gateway.MappingCreate) (gateway.Mapping, error) {
	mapping, err := m.Listing.Create(ctx, body)
	if !errors.Is(err, client.ErrOutcomeUnknown) {
		return mapping, err
	}
	return m.lostCreate(ctx, err, m.started, func(ctx context.Context) (gateway.Mapping, error) { return m.Like(ctx, body) },
		func(mapping gateway.Mapping, began time.Time) bool { return !mapping.CreatedAt.Before(began) })
}

// Like finds the mapping with the values: one with exactly that issuer, or else one with the same issuer to some servers.
func (m *Mappings) Like(ctx context.Context, body gateway.MappingCreate) (gateway.Mapping, error) {
	mappings, err := m.List(ctx)
	if err != nil {
		return gateway.Mapping{}, err
	}
	equal := func(a, b string) bool { return a == b }
	for _, sameIssuer := range []func(a, b string) bool{equal, SameIssuer} {
		for _, mapping := range mappings {
			if mapping.IDPGroupPath == body.IDPGroupPath && mapping.LocalGroupName == body.LocalGroupName && sameIssuer(mapping.Issuer, body.Issuer) {
				return mapping, nil
			}
		}
	}
	return gateway.Mapping{}, &noMatchError{fmt.Sprintf("none of the server's %d group mappings is from %q of %q to %q", len(mappings), body.IDPGroupPath, body.Issuer, body.LocalGroupName)}
}

// SameIssuer tells whether two issuers are the same but for slashes at the end, which some servers remove.
func SameIssuer(a, b string) bool {
	return strings.TrimRight(strings.TrimSpace(a), "/") == strings.TrimRight(strings.TrimSpace(b), "/")
}

// IdentityProviders are the identity providers, by alias, as one run sees them. They are read from one list.
type IdentityProviders struct {
	*fromList[gateway.IdentityProvider]
	api gateway.IdentityProviders

	mu       sync.Mutex
	disabled bool
}

func newIdentityProviders(api *gateway.API, mode ReadMode) *IdentityProviders {
	p := &IdentityProviders{api: api.IdentityProviders}
	p.fromList = newFromList(api.Pause, p.list, mode, "identity provider", "alias", gateway.IdentityProvider.EntityID)
	return p
}

func (p *IdentityProviders) list(ctx context.Context) ([]gateway.IdentityProvider, error) {
	list, err := p.api.List(ctx)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.disabled = list.ManagementDisabled
	return list.Providers, err
}

// ManagementDisabled tells whether the platform may not administer Keycloak, so that nothing here can be changed.
func (p *IdentityProviders) ManagementDisabled(ctx context.Context) (bool, error) {
	_, err := p.List(ctx)
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.disabled, err
}

// Register sets up an identity provider. One that has the alias already is changed: look first.
func (p *IdentityProviders) Register(ctx context.Context, config gateway.IdentityProviderConfig) error {
	err := p.api.Register(ctx, config)
	p.memory.touch(config.Alias())
	if err == nil {
		p.memory.expectObject(config.Alias())
	}
	return err
}

// Update sets up the identity provider anew.
func (p *IdentityProviders) Update(ctx context.Context, alias string, config gateway.IdentityProviderConfig) error {
	err := p.api.Update(ctx, alias, config)
	p.memory.touch(alias)
	return err
}

// SetEnabled lets users log in with the identity provider, or not.
func (p *IdentityProviders) SetEnabled(ctx context.Context, alias string, enabled bool) error {
	return p.wroteEdge(alias, "enabled", p.api.SetEnabled(ctx, alias, enabled),
		func(provider gateway.IdentityProvider) bool { return provider.Enabled == enabled })
}

// Delete removes the identity provider. ErrNotFound means that it was gone already.
func (p *IdentityProviders) Delete(ctx context.Context, alias string) error {
	return p.wroteDelete(alias, p.api.Delete(ctx, alias))
}

// Attributes are the declared attributes of subjects, by name, as one run sees them; deprecated ones are among them. They are
// read from one list.
type Attributes struct {
	*fromList[gateway.Attribute]
	api gateway.Attributes
}

func newAttributes(api *gateway.API, mode ReadMode) *Attributes {
	return &Attributes{newFromList(api.Pause, api.Attributes.List, mode, "attribute", "name", gateway.Attribute.EntityID), api.Attributes}
}

// Declare declares an attribute, or changes nothing where it is declared so already.
func (a *Attributes) Declare(ctx context.Context, name string, body gateway.AttributeDeclare) (gateway.Attribute, error) {
	attribute, err := a.api.Declare(ctx, name, body)
	return attribute, a.wrote(name, attribute.State, err)
}

// Delete deprecates the attribute or, with force, withdraws it. ErrNotFound means that it was gone already.
func (a *Attributes) Delete(ctx context.Context, name string, force bool) (gateway.AttributeDeleted, error) {
	deleted, err := a.api.Delete(ctx, name, force)
	if err == nil && deleted.State == gateway.AttributeWithdrawn {
		a.memory.remove(name)
		return deleted, nil
	}
	return deleted, a.wrote(name, deleted.State, err)
}

// wrote notes that the attribute has a state now, unless there was an error.
func (a *Attributes) wrote(name, state string, err error) error {
	if err == nil {
		a.memory.touch(name)
		a.memory.expectObject(name)
	}
	return a.wroteEdge(name, "state", err, func(attribute gateway.Attribute) bool { return attribute.State == state })
}

// Subjects are Keycloak users with attributes as one run sees them. The API cannot list them.
type Subjects struct {
	*Collection[subject, struct{}, struct{}]
	api gateway.Subjects
}

// subject is a user by the id or the username that was asked for.
type subject struct {
	key  string
	user gateway.KeycloakUser
}

// EntityID returns the key.
func (s subject) EntityID() string { return s.key }

func newSubjects(api *gateway.API, mode ReadMode) *Subjects {
	return &Subjects{newCollection(api.Pause, subjectAPI{subjects: api.Subjects}, mode), api.Subjects}
}

// Get returns the subject with the id or the username. ErrNotFound means that there is none; no other error does.
func (s *Subjects) Get(ctx context.Context, id string) (gateway.KeycloakUser, error) {
	found, err := s.Collection.Get(ctx, id)
	return found.user, err
}

// Put makes the subject as it is to be, also one that is there already: look first.
func (s *Subjects) Put(ctx context.Context, id string, body gateway.SubjectPut) (gateway.KeycloakUser, error) {
	user, err := s.api.Put(ctx, id, body)
	s.forget(id, user)
	if err != nil {
		return user, err
	}
	s.memory.touch(id)
	s.memory.expectObject(id)
	return user, s.wroteEdge(id, "attributes", nil, func(shown subject) bool { return SameAttributes(shown.user.Attributes, user.Attributes) })
}

// Delete removes the subject, and with cascadeGrants what it was granted. ErrNotFound means that it was gone already.
func (s *Subjects) Delete(ctx context.Context, id string, cascadeGrants bool) error {
	err := s.api.Delete(ctx, id, cascadeGrants)
	s.forget(id, gateway.KeycloakUser{})
	return s.wroteDelete(id, err)
}

// forget forgets the subject by all its names.
func (s *Subjects) forget(id string, user gateway.KeycloakUser) {
	s.memory.detach(nothing, func(known subject) bool {
		return known.user.ID == id || strings.EqualFold(known.user.Username, id) || known.user.ID == user.ID
	})
}

// subjectAPI reads subjects.
type subjectAPI struct {
	listOnly[subject]
	subjects gateway.Subjects
}

// Get reads one subject.
func (a subjectAPI) Get(ctx context.Context, id string) (subject, error) {
	user, err := a.subjects.Get(ctx, id)
	return subject{key: id, user: user}, err
}

// SameAttributes tells whether two sets of attributes are the same to the server: a list of one is its only element, the order
// of a list does not matter, and an attribute without a value is none.
func SameAttributes(a, b map[string]any) bool {
	return maps.EqualFunc(valuesOf(a), valuesOf(b), slices.Equal)
}

// valuesOf returns the values of each attribute that has any, as sorted texts.
func valuesOf(attributes map[string]any) map[string][]string {
	all := map[string][]string{}
	for name, value := range attributes {
		var values []string
		switch list := value.(type) {
		case nil:
		case []any:
			for _, element := range list {
				values = append(values, fmt.Sprint(element))
			}
		case []string:
			values = slices.Clone(list)
		default:
			values = []string{fmt.Sprint(value)}
		}
		if len(values) > 0 {
			slices.Sort(values)
			all[name] = values
		}
	}
	return all
}
