package gateway

import (
	"net/http"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
)

// resetPassword sets a user's password.
func (s *service) resetPassword(in *call) (any, error) {
	id := in.PathID("user_id")
	body, err := in.Created()
	if err != nil {
		return nil, err
	}
	var password string
	body.Text("new_password", &password)
	if err := in.Refused(); err != nil {
		return nil, err
	}
	if err := s.checkPassword(in, body, "new_password", password); err != nil {
		return nil, err
	}
	changed, err := s.setPassword(password, func() (account, error) {
		a, err := s.existing(id)
		if err == nil && a.IsExternal {
			err = s.behavior.ExternalFixed.Refuse("The password of a user of an identity provider cannot be reset")
		}
		return a, err
	})
	return s.answer(changed), err
}

// changePassword sets the caller's own password.
func (s *service) changePassword(in *call) (any, error) {
	body, err := in.Created()
	if err != nil {
		return nil, err
	}
	var current, password string
	body.Text("current_password", &current)
	body.Text("new_password", &password)
	if err := in.Refused(); err != nil {
		return nil, err
	}
	if in.caller.IsExternal {
		return nil, authserver.Refuse(http.StatusForbidden, "Password changes are handled by your identity provider")
	}
	if !s.Passwords.Match(in.caller.PasswordHash, current) {
		return nil, authserver.Refuse(http.StatusBadRequest, "The current password is incorrect")
	}
	if err := s.checkPassword(in, body, "new_password", password); err != nil {
		return nil, err
	}
	_, err = s.setPassword(password, func() (account, error) { return s.users.Get(in.caller.ID) })
	return map[string]bool{"changed": true}, err
}

// setPassword sets the password of a user who is found while nothing else is written.
func (s *service) setPassword(password string, find func() (account, error)) (account, error) {
	hash, err := s.Passwords.Hash(password) // before, for it takes long
	if err != nil {
		return account{}, err
	}
	var changed account
	err = s.Store.Write(func() error {
		if changed, err = find(); err != nil {
			return err
		}
		changed.PasswordHash, changed.UpdatedAt = hash, s.Store.Timestamp()
		return s.users.Put(changed)
	})
	return changed, err
}

// passwordCapability answers whether the caller may change the password here.
func (s *service) passwordCapability(in *call) (any, error) {
	if in.caller.IsExternal {
		return map[string]any{"available": false, "reason": "external_identity"}, nil
	}
	return map[string]any{"available": true, "reason": nil}, nil
}
