package rbac

import (
	"slices"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
)

// User is a local user as the API answers it.
type User struct {
	ID             string                `json:"id"`
	Username       string                `json:"username"`
	Email          string                `json:"email"`
	FullName       *string               `json:"full_name"`
	OrganizationID *string               `json:"organization_id"`
	IsSuperuser    bool                  `json:"is_superuser"`
	ExternalID     *string               `json:"external_id"`
	IsActive       bool                  `json:"is_active"`
	Groups         []string              `json:"groups"` // ids
	CreatedAt      authserver.Timestamp  `json:"created_at"`
	UpdatedAt      *authserver.Timestamp `json:"updated_at"` // nil before the first PUT
	LastLogin      *authserver.Timestamp `json:"last_login"`
}

// account is a user and the hash of the password; without a hash there is no login.
type account struct {
	User
	PasswordHash string `json:"password_hash,omitempty"`
}

// Permissions is what a user may do: names, sorted, each once.
type Permissions struct {
	UserID string   `json:"user_id"`
	Rights []string `json:"rights"`
	Roles  []string `json:"roles"`
	Groups []string `json:"groups"`
}

func (s *service) userGroups() edge[account, Group] {
	return edge[account, Group]{
		store:  s.Store,
		owners: s.users, members: s.groups,
		owner: "user_id", member: "group_id",
		behavior: s.behavior,
		held:     func(a *account) *[]string { return &a.Groups },
	}
}

func (s *service) createUser(in *call) (any, error) {
	body, err := in.Created()
	if err != nil {
		return nil, err
	}
	created := account{User: User{IsActive: true, Groups: []string{}}}
	var password string
	body.Name("username", &created.Username)
	body.Name("password", &password)
	body.OptionalText("external_id", &created.ExternalID)
	s.readUser(body, &created.User)
	if len(password) > authserver.MaxPassword {
		body.Report("value_error", "Value error, password cannot be longer than 72 bytes", "password")
	}
	if err := in.Refused(); err != nil {
		return nil, err
	}
	if created.PasswordHash, err = s.Passwords.Hash(password); err != nil {
		return nil, err
	}
	err = s.Store.Write(func() error {
		created.ID = authserver.NewID()
		created.Username = s.behavior.Case.Stored(created.Username)
		created.CreatedAt = s.Store.Timestamp()
		if err := s.checkUser(created.User); err != nil {
			return err
		}
		return s.users.Put(created)
	})
	return created.User, err
}

func (s *service) listUsers(*call) (any, error) {
	accounts := s.users.SeeAll()
	users := make([]User, len(accounts))
	for i, a := range accounts {
		users[i] = a.User
	}
	return users, nil
}

func (s *service) getUser(in *call) (any, error) {
	id := in.PathID("user_id")
	if err := in.Refused(); err != nil {
		return nil, err
	}
	found, err := s.users.See(id)
	return found.User, err
}

func (s *service) updateUser(in *call) (any, error) {
	id := in.PathID("user_id")
	body, err := in.Updated()
	if err != nil {
		return nil, err
	}
	var updated account
	err = s.Store.Write(func() (missing error) {
		updated, missing = s.users.Get(id)
		s.readUser(body, &updated.User)
		body.Flag("is_active", &updated.IsActive)
		if err := in.Refused(); err != nil {
			return err
		}
		if missing != nil {
			return missing
		}
		now := s.Store.Timestamp()
		updated.UpdatedAt = &now
		if err := s.checkUser(updated.User); err != nil {
			return err
		}
		return s.users.Put(updated)
	})
	return updated.User, err
}

func (s *service) deleteUser(in *call) (any, error) {
	id := in.PathID("user_id")
	if err := in.Refused(); err != nil {
		return nil, err
	}
	err := s.Store.Write(func() error {
		if err := s.users.Has(id); err != nil {
			return err
		}
		s.users.Remove(id)
		return nil
	})
	return authserver.Message("User deleted"), err
}

// readUser reads the fields that a create and an update have in common.
func (s *service) readUser(body *authserver.Object, into *User) {
	body.Email("email", &into.Email, s.behavior.Case.StoredEmail)
	body.OptionalText("full_name", &into.FullName)
	body.OptionalID("organization_id", &into.OrganizationID)
	body.Flag("is_superuser", &into.IsSuperuser)
	body.IDs("groups", &into.Groups)
}

// checkUser finds what a user refers to.
func (s *service) checkUser(u User) error {
	if u.OrganizationID != nil {
		if err := s.organizations.Has(*u.OrganizationID); err != nil {
			return err
		}
	}
	return s.groups.Has(u.Groups...)
}

// whoAmI answers the owner of the token.
func (s *service) whoAmI(in *call) (any, error) { return in.caller, nil }

// permissions answers what the owner of the token may do, by way of groups and their roles.
func (s *service) permissions(in *call) (any, error) {
	groups, roles, rights := set{}, set{}, set{}
	var user account
	var err error
	s.Store.Read(func() {
		user, err = s.users.Get(in.caller.ID) // again, to see one state of all
		for _, groupID := range user.Groups {
			group, _ := s.groups.Get(groupID)
			groups[group.Name] = true
			for _, roleID := range group.Roles {
				role, _ := s.roles.Get(roleID)
				roles[role.Name] = true
				for _, rightID := range role.Rights {
					right, _ := s.rights.Get(rightID)
					rights[right.Name] = true
				}
			}
		}
	})
	if err != nil {
		return nil, err
	}
	return Permissions{UserID: user.ID, Rights: rights.sorted(), Roles: roles.sorted(), Groups: groups.sorted()}, nil
}

type set map[string]bool

func (s set) sorted() []string {
	names := make([]string, 0, len(s))
	for name := range s {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
