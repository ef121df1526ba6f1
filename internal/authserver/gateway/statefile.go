package gateway

import (
	"errors"
	"fmt"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
)

// StateVersion is the version of the state file's format. The file is one JSON object:
//
//	{
//	  "version": 1,
//	  "users": [{"id": "…", "subject_id": "…", "username": "…", "email": "…", "roles": ["user"], "password_hash": "bcrypt's"}]
//	}
//
// The objects are in the order of creation. A file may be written by hand to start from a whole company: ids are UUIDs, all
// else that is not shown above may be left out, and so may password_hash (the user cannot log in), subject_id (the id),
// active (true) and the timestamps (the start of the server). Anything that does not fit is refused, a missing list and
// unknown fields included.
const StateVersion = 1

type stateFile struct {
	Version int         `json:"version"`
	Users   []savedUser `json:"users"`
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
	return append(authserver.Encode(stateFile{Version: StateVersion, Users: users}), '\n')
}

// Restore fills the empty tables from a state file, and checks everything that the API guarantees of its data.
func (s *service) Restore(data []byte) error {
	var file stateFile
	if err := authserver.ReadState(data, StateVersion, []string{"users"}, &file); err != nil {
		return err
	}
	return s.Store.Restore(func() error {
		for i := range file.Users {
			if err := s.restoreUser(file.Users[i].account); err != nil {
				return fmt.Errorf("users[%d]: %w", i, err)
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
