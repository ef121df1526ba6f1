package gateway

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
)

// StateVersion is the version of the state file's format. The file is one JSON object:
//
//	{
//	  "version": 1,
//	  "users":  [{"id": "…", "subject_id": "…", "username": "…", "email": "…", "roles": ["user"], "password_hash": "bcrypt's"}],
//	  "groups": [{"id": "…", "name": "…", "members": ["user_id"]}],
//	  "pats":   [{"id": "…", "jti": "…", "user_id": "id of a user", "scope": "admin", "token_hash": "SHA-256 of the token"}]
//	}
//
// The objects are in the order of creation. A file may be written by hand to start from a whole company: ids are UUIDs, all
// else that is not shown above may be left out, and so may password_hash (the user cannot log in), subject_id (the id),
// active (true) and the timestamps (the start of the server). A user with is_external comes from an identity provider.
// Anything that does not fit is refused, a missing list and unknown fields included.
const StateVersion = 1

type stateFile struct {
	Version int           `json:"version"`
	Users   []savedUser   `json:"users"`
	Groups  []filledGroup `json:"groups"`
	PATs    []ownedPAT    `json:"pats"`
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
	return append(authserver.Encode(stateFile{StateVersion, users, s.groups.All(), s.pats.All()}), '\n')
}

// Restore fills the empty tables from a state file, and checks everything that the API guarantees of its data.
func (s *service) Restore(data []byte) error {
	var file stateFile
	if err := authserver.ReadState(data, StateVersion, []string{"users", "groups", "pats"}, &file); err != nil {
		return err
	}
	return s.Store.Restore(func() error {
		for i := range file.Users {
			if err := s.restoreUser(file.Users[i].account); err != nil {
				return fmt.Errorf("users[%d]: %w", i, err)
			}
		}
		for i := range file.Groups {
			if err := s.restoreGroup(file.Groups[i]); err != nil {
				return fmt.Errorf("groups[%d]: %w", i, err)
			}
		}
		for i := range file.PATs {
			if err := s.restorePAT(file.PATs[i]); err != nil {
				return fmt.Errorf("pats[%d]: %w", i, err)
			}
		}
		return nil
	})
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

// dateBoth sets the times that a state file has left out.
func (s *service) dateBoth(created, updated *authserver.ZonedTimestamp) {
	s.Store.Date(&created.Timestamp)
	if updated.IsZero() {
		*updated = *created
	}
}
