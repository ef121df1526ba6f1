package rbac

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
)

// StateVersion is the version of the state file's format. The file is one JSON object:
//
//	{
//	  "version": 1,
//	  "organizations": [{"id": "…", "name": "…"}],
//	  "rights":        [{"id": "…", "name": "…"}],
//	  "roles":         [{"id": "…", "name": "…", "rights": ["id of a right"]}],
//	  "groups":        [{"id": "…", "name": "…", "roles": ["id of a role"]}],
//	  "users":         [{"id": "…", "username": "…", "email": "…", "groups": ["id of a group"],
//	                     "organization_id": "…", "password_hash": "bcrypt's"}]
//	}
//
// The objects are as the API answers them, in the order of creation; users have their
// password's hash besides. A file may be written by hand to start from a whole company: ids
// are UUIDs, all else that is not shown above may be left out, and so may password_hash (the
// user cannot log in), is_active (true) and the timestamps (the start of the server).
// Anything that does not fit is refused, a missing list and unknown fields included.
const StateVersion = 1

type stateFile struct {
	Version       int            `json:"version"`
	Organizations []Organization `json:"organizations"`
	Rights        []Right        `json:"rights"`
	Roles         []Role         `json:"roles"`
	Groups        []Group        `json:"groups"`
	Users         []savedUser    `json:"users"`
}

// savedUser is an account that is active unless it says otherwise.
type savedUser struct{ account }

// UnmarshalJSON reads an account, and refuses unknown fields.
func (u *savedUser) UnmarshalJSON(data []byte) error {
	u.account = account{User: User{IsActive: true}}
	return authserver.DecodeStrictly(data, &u.account)
}

// Dump returns the state file.
func (s *service) Dump() []byte {
	accounts := s.users.All()
	users := make([]savedUser, len(accounts))
	for i, a := range accounts {
		users[i] = savedUser{a}
	}
	return append(authserver.Encode(stateFile{
		Version:       StateVersion,
		Organizations: s.organizations.All(),
		Rights:        s.rights.All(),
		Roles:         s.roles.All(),
		Groups:        s.groups.All(),
		Users:         users,
	}), '\n')
}

// Restore fills the empty tables from a state file, and checks everything that the API guarantees of its data.
func (s *service) Restore(data []byte) error {
	var file stateFile
	if err := authserver.ReadState(data, StateVersion, []string{"organizations", "rights", "roles", "groups", "users"}, &file); err != nil {
		return err
	}
	return s.Store.Restore(func() error { return s.fill(file) })
}

func (s *service) fill(file stateFile) error {
	for i := range file.Organizations {
		o := &file.Organizations[i]
		if err := restoreIDPConfig(o.IDPConfig); err != nil {
			return fmt.Errorf("organizations[%d]: %w", i, err)
		}
		if err := restoreNamed(s.Store, s.organizations, o, &o.Named); err != nil {
			return fmt.Errorf("organizations[%d]: %w", i, err)
		}
	}
	for i := range file.Rights {
		r := &file.Rights[i]
		if err := restoreNamed(s.Store, s.rights, r, &r.Named); err != nil {
			return fmt.Errorf("rights[%d]: %w", i, err)
		}
	}
	for i := range file.Roles {
		r := &file.Roles[i]
		if err := authserver.RestoreSet(s.rights, &r.Rights); err != nil {
			return fmt.Errorf("roles[%d]: %w", i, err)
		}
		if err := restoreNamed(s.Store, s.roles, r, &r.Named); err != nil {
			return fmt.Errorf("roles[%d]: %w", i, err)
		}
	}
	for i := range file.Groups {
		g := &file.Groups[i]
		if err := authserver.RestoreSet(s.roles, &g.Roles); err != nil {
			return fmt.Errorf("groups[%d]: %w", i, err)
		}
		if err := restoreNamed(s.Store, s.groups, g, &g.Named); err != nil {
			return fmt.Errorf("groups[%d]: %w", i, err)
		}
	}
	for i := range file.Users {
		if err := s.restoreUser(file.Users[i].account); err != nil {
			return fmt.Errorf("users[%d]: %w", i, err)
		}
	}
	return nil
}

func restoreIDPConfig(config *IDPConfig) error {
	if config == nil {
		return nil
	}
	if len(config.AdditionalConfig) == 0 {
		config.AdditionalConfig = json.RawMessage("{}")
	}
	if config.AdditionalConfig[0] != '{' {
		return errors.New("additional_config is not an object")
	}
	return nil
}

func restoreNamed[T any](store *authserver.Store, t *authserver.Table[T], value *T, named *Named) error {
	if named.Name == "" {
		return errors.New("the name is missing")
	}
	store.Date(&named.CreatedAt)
	if named.UpdatedAt.IsZero() {
		named.UpdatedAt = named.CreatedAt
	}
	return authserver.RestoreRow(t, &named.ID, value)
}

func (s *service) restoreUser(a account) error {
	if a.Username == "" {
		return errors.New("the username is missing")
	}
	if err := authserver.CheckEmail(a.Email); err != nil {
		return fmt.Errorf("the email %q: %w", a.Email, err)
	}
	if a.PasswordHash != "" {
		if err := authserver.CheckHash(a.PasswordHash); err != nil {
			return fmt.Errorf("the password_hash is not bcrypt's: %w", err)
		}
	}
	if a.OrganizationID != nil {
		organizations := []string{*a.OrganizationID}
		if err := authserver.RestoreSet(s.organizations, &organizations); err != nil {
			return err
		}
		a.OrganizationID = &organizations[0]
	}
	if err := authserver.RestoreSet(s.groups, &a.Groups); err != nil {
		return err
	}
	s.Store.Date(&a.CreatedAt)
	return authserver.RestoreRow(s.users, &a.ID, &a)
}
