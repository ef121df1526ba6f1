package gateway

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
)

// StateVersion is the version of the state file's format. The file is one JSON object:
//
//	{
//	  "version": 1,
//	  "users":  [{"id": "…", "subject_id": "…", "username": "…", "email": "…", "roles": ["user"], "password_hash": "bcrypt's"}],
//	  "groups": [{"id": "…", "name": "…", "members": ["user_id"]}],
//	  "pats":   [{"id": "…", "jti": "…", "user_id": "id of a user", "scope": "admin", "token_hash": "SHA-256 of the token"}],
//	  "tuples": [{"subject_namespace": "user", "subject_id": "…", "relation": "viewer", "resource_type": "dataset", "resource_id": "…"}],
//	  "workrooms": [{"id": "…", "name": "…", "owner_user_id": "…", "members": [{"user_id": "…", "role": "viewer", "active": true}]}],
//	  "group_mappings": [{"id": "…", "issuer": "…", "idp_group_path": "…", "local_group_name": "…"}],
//	  "identity_providers": [{"alias": "…", "provider_id": "oidc", "enabled": true, "client_secret_hash": "SHA-256 of the secret"}],
//	  "subjects": [{"id": "any text, or the subject_id of a user", "username": "…", "attributes": {"clearance": "secret"}}],
//	  "attributes": [{"name": "clearance", "type": "string", "state": "declared"}],
//	  "invitations": [{"id": "…", "invitee": "…", "surface_id": "use", "room_scope": {"kind": "no_workroom"}}]
//	}
//
// The objects are in the order of creation. A file may be written by hand to start from a whole company: ids are UUIDs, all
// else that is not shown above may be left out, and so may password_hash (the user cannot log in), subject_id (the id),
// active (true) and the timestamps (the start of the server). A user with is_external comes from an identity provider.
// Anything that does not fit is refused, unknown fields and a lack of one of the first three lists included; the other lists
// may be missing.
const StateVersion = 1

type stateFile struct {
	Version int           `json:"version"`
	Users   []savedUser   `json:"users"`
	Groups  []filledGroup `json:"groups"`
	PATs    []ownedPAT    `json:"pats"`
	Tuples  []TupleData   `json:"tuples"`

	Workrooms []WorkroomData `json:"workrooms"`
	Mappings  []GroupMapping `json:"group_mappings"`

	IdentityProviders []IdentityProviderData `json:"identity_providers"`

	Subjects    []storedSubject `json:"subjects"`
	Attributes  []Attribute     `json:"attributes"`
	Invitations []Invitation    `json:"invitations"`
}

// savedUser is an account that is active unless it says otherwise.
type savedUser struct{ account }

// UnmarshalJSON reads an account, and refuses unknown fields.
func (u *savedUser) UnmarshalJSON(data []byte) error {
	u.account = account{Active: true}
	return authserver.DecodeStrictly(data, &u.account)
}

// Dump returns the state file.
func (s *service) Dump() []byte {
	users := []savedUser{}
	for _, a := range s.users.All() {
		users = append(users, savedUser{a})
	}
	return append(authserver.Encode(stateFile{
		Version: StateVersion, Users: users, Groups: s.groups.All(), PATs: s.pats.All(), Tuples: s.tuples.All(),
		Workrooms: s.workrooms.All(), Mappings: s.mappings.All(), IdentityProviders: s.idps.All(),
		Subjects: s.subjects.All(), Attributes: s.attributes.All(), Invitations: s.invitations.All(),
	}), '\n')
}

// Restore fills the empty tables from a state file, and checks everything that the API guarantees of its data.
func (s *service) Restore(data []byte) error {
	var file stateFile
	if err := authserver.ReadState(data, StateVersion, []string{"users", "groups", "pats"}, &file); err != nil {
		return err
	}
	return s.Store.Restore(func() error {
		return cmp.Or(
			restoreAll("users", file.Users, func(u savedUser) error { return s.restoreUser(u.account) }),
			restoreAll("groups", file.Groups, s.restoreGroup),
			restoreAll("pats", file.PATs, s.restorePAT),
			restoreAll("tuples", file.Tuples, s.restoreTuple),
			restoreAll("workrooms", file.Workrooms, s.restoreWorkroom),
			restoreAll("group_mappings", file.Mappings, s.restoreMapping),
			restoreAll("identity_providers", file.IdentityProviders, s.restoreIDP),
			restoreAll("attributes", file.Attributes, s.restoreAttribute),
			restoreAll("subjects", file.Subjects, s.restoreSubject),
			restoreAll("invitations", file.Invitations, s.restoreInvitation),
		)
	})
}

// restoreAll restores each object of a list.
func restoreAll[T any](list string, objects []T, restore func(T) error) error {
	for i, object := range objects {
		if err := restore(object); err != nil {
			return fmt.Errorf("%s[%d]: %w", list, i, err)
		}
	}
	return nil
}

func (s *service) restoreUser(a account) error {
	if a.Username == "" {
		return errors.New("the username is missing")
	}
	if a.Email != "" {
		if err := authserver.CheckEmail(a.Email); err != nil {
			return fmt.Errorf("the email %q: %w", a.Email, err)
		}
	}
	if a.PasswordHash != "" {
		if err := authserver.CheckHash(a.PasswordHash); err != nil {
			return fmt.Errorf("the password_hash is not bcrypt's: %w", err)
		}
	}
	if a.SubjectID == "" {
		a.SubjectID = a.ID
	}
	a.Roles = union([]string{}, a.Roles)
	s.Store.Date(&a.CreatedAt)
	if a.UpdatedAt.IsZero() {
		a.UpdatedAt = a.CreatedAt
	}
	return authserver.RestoreRow(s.users, &a.ID, &a)
}

func (s *service) restoreGroup(g filledGroup) error {
	if g.Name == "" {
		return errors.New("the name is missing")
	}
	g.TenantID, g.ManagedBy = cmp.Or(g.TenantID, tenant), cmp.Or(g.ManagedBy, s.managedBy())
	g.Members = union([]string{}, g.Members)
	s.dateBoth(&g.CreatedAt, &g.UpdatedAt)
	return authserver.RestoreRow(s.groups, &g.ID, &g)
}

func (s *service) restorePAT(p ownedPAT) error {
	if p.JTI == "" || p.TokenHash == "" || p.Scope == nil {
		return errors.New("the jti, the token_hash or the scope is missing")
	}
	owner, err := s.users.Get(p.UserID)
	if err != nil {
		return fmt.Errorf("%w: %s", err, p.UserID)
	}
	p.OwnerID = owner.SubjectID
	s.dateBoth(&p.CreatedAt, &p.UpdatedAt)
	return authserver.RestoreRow(s.pats, &p.ID, &p)
}

func (s *service) restoreTuple(t TupleData) error {
	if t.SubjectNamespace == "" || t.SubjectID == "" || t.ResourceType == "" || t.ResourceID == "" || t.Relation == "" {
		return errors.New("the subject, the relation or the resource is missing")
	}
	t.TenantID = cmp.Or(t.TenantID, tenant)
	if s.tuples.Has(s.edge(t)) == nil {
		return errors.New("it is there twice")
	}
	if t.ID == "" {
		t.ID = authserver.NewID()
	}
	s.dateBoth(&t.CreatedAt, &t.UpdatedAt)
	return s.tuples.Put(t)
}

func (s *service) restoreWorkroom(w WorkroomData) error {
	if err := authserver.RestoreID(&w.ID); err != nil {
		return err
	}
	w.Type, w.Status, w.TenantID = cmp.Or(w.Type, "persistent"), cmp.Or(w.Status, roomActive), cmp.Or(w.TenantID, tenant)
	switch {
	case w.Name == "" || w.OwnerUserID == "":
		return errors.New("the name or the owner_user_id is missing")
	case !slices.Contains(roomTypes, w.Type):
		return fmt.Errorf("the type is %q", w.Type)
	case !slices.Contains([]string{roomActive, roomArchived, roomDeleted}, w.Status):
		return fmt.Errorf("the status is %q", w.Status)
	}
	s.Store.Date(&w.CreatedAt.Timestamp)
	if w.RoleHistory == nil {
		w.RoleHistory = []RoleChange{}
	}
	if i := w.member(w.OwnerUserID); i < 0 {
		w.Members = append(w.Members, WorkroomMember{UserID: w.OwnerUserID, Role: "owner", Active: true})
	} else if !w.Members[i].Active {
		return errors.New("the owner has left")
	}
	if w.Attributes != nil {
		var compact bytes.Buffer
		if w.Attributes[0] != '{' || json.Compact(&compact, w.Attributes) != nil {
			return errors.New("the attributes are no object")
		}
		w.Attributes = compact.Bytes()
	}
	for i := range w.Members {
		if err := s.restoreRoomMember(&w, i); err != nil {
			return fmt.Errorf("members[%d]: %w", i, err)
		}
	}
	return authserver.RestoreRow(s.workrooms, &w.ID, &w)
}

func (s *service) restoreRoomMember(w *WorkroomData, i int) error {
	m := &w.Members[i]
	switch {
	case w.member(m.UserID) != i:
		return errors.New("the user is there twice")
	case m.UserID == "":
		return errors.New("the user_id is missing")
	case !slices.Contains(roomRoles, m.Role):
		return fmt.Errorf("the role is %q", m.Role)
	}
	m.ID, m.WorkroomID, m.TenantID = cmp.Or(m.ID, authserver.NewID()), w.ID, w.TenantID
	if m.JoinedAt.IsZero() {
		m.JoinedAt = w.CreatedAt
	}
	return nil
}

func (s *service) restoreMapping(m GroupMapping) error {
	if m.Issuer == "" || m.IDPGroupPath == "" || m.LocalGroupName == "" {
		return errors.New("the issuer, the idp_group_path or the local_group_name is missing")
	}
	m.TenantID, m.PolicyVersion = cmp.Or(m.TenantID, tenant), cmp.Or(m.PolicyVersion, policyVersion)
	s.dateBoth(&m.CreatedAt, &m.UpdatedAt)
	return authserver.RestoreRow(s.mappings, &m.ID, &m)
}

func (s *service) restoreIDP(p IdentityProviderData) error {
	switch {
	case p.Alias == "" || s.idps.Has(p.Alias) == nil:
		return fmt.Errorf("the alias %q is missing or not unique", p.Alias)
	case !slices.Contains(idpKinds, p.ProviderID):
		return fmt.Errorf("the provider_id is %q", p.ProviderID)
	}
	p.DisplayName = cmp.Or(p.DisplayName, p.Alias)
	p.Scopes = append([]string{}, p.Scopes...)
	return s.idps.Put(p)
}

func (s *service) restoreAttribute(a Attribute) error {
	a.State, a.Authority, a.SchemaVersion = cmp.Or(a.State, attributeDeclared), cmp.Or(a.Authority, attributeAuthorities[0]), cmp.Or(a.SchemaVersion, "1.0")
	switch {
	case a.Name == "" || s.attributes.Has(a.Name) == nil:
		return fmt.Errorf("the name %q is missing or not unique", a.Name)
	case !slices.Contains(attributeTypes, a.Type):
		return fmt.Errorf("the type is %q", a.Type)
	case !slices.Contains(attributeStates, a.State):
		return fmt.Errorf("the state is %q", a.State)
	case !slices.Contains(attributeAuthorities, a.Authority):
		return fmt.Errorf("the authority is %q", a.Authority)
	}
	s.Store.Date(&a.DeclaredAt.Timestamp)
	return s.attributes.Put(a)
}

func (s *service) restoreSubject(of storedSubject) error {
	if of.ID == "" || of.Username == "" || s.subjects.Has(of.ID) == nil {
		return fmt.Errorf("the id %q or the username is missing, or the id is not unique", of.ID)
	}
	if of.PasswordHash != "" {
		if err := authserver.CheckHash(of.PasswordHash); err != nil {
			return fmt.Errorf("the password_hash is not bcrypt's: %w", err)
		}
	}
	kept := map[string]json.RawMessage{}
	for name, value := range of.Attributes {
		declared, err := s.attributes.Get(name)
		if err != nil {
			return fmt.Errorf("%w: %q", err, name)
		}
		stored, ok := storedValue(declared.Type, value)
		if !ok {
			return fmt.Errorf("the attribute %q is not of the type %s", name, declared.Type)
		}
		if stored != nil {
			kept[name] = stored
		}
	}
	of.Attributes = kept
	s.dateBoth(&of.CreatedAt, &of.UpdatedAt)
	return s.subjects.Put(of)
}

func (s *service) restoreInvitation(i Invitation) error {
	if err := authserver.CheckEmail(i.Invitee); err != nil {
		return fmt.Errorf("the invitee %q: %w", i.Invitee, err)
	}
	if !slices.Contains(surfaces, i.SurfaceID) || i.RoomScope["kind"] == "" {
		return errors.New("the surface_id or the kind of the room_scope is missing")
	}
	i.Status, i.Groups = cmp.Or(i.Status, "active"), append([]string{}, i.Groups...)
	s.Store.Date(&i.CreatedAt.Timestamp)
	return authserver.RestoreRow(s.invitations, &i.ID, &i)
}

// dateBoth sets the times that a state file has left out.
func (s *service) dateBoth(created, updated *authserver.ZonedTimestamp) {
	s.Store.Date(&created.Timestamp)
	if updated.IsZero() {
		*updated = *created
	}
}
