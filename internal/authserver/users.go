package authserver

import (
	"slices"

	"golang.org/x/crypto/bcrypt"
)

// User is a local user as the API answers it.
type User struct {
	ID             string     `json:"id"`
	Username       string     `json:"username"`
	Email          string     `json:"email"`
	FullName       *string    `json:"full_name"`
	OrganizationID *string    `json:"organization_id"`
	IsSuperuser    bool       `json:"is_superuser"`
	ExternalID     *string    `json:"external_id"`
	IsActive       bool       `json:"is_active"`
	Groups         []string   `json:"groups"` // ids
	CreatedAt      Timestamp  `json:"created_at"`
	UpdatedAt      *Timestamp `json:"updated_at"` // nil before the first PUT
	LastLogin      *Timestamp `json:"last_login"`
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

func (s *Server) userGroups() edge[account, Group] {
	return edge[account, Group]{
		store:  s.store,
		owners: s.store.users, members: s.store.groups,
		owner: "user_id", member: "group_id",
		held: func(a *account) *[]string { return &a.Groups },
	}
}

func (s *Server) createUser(in *input) (any, error) {
	body, err := in.created()
	if err != nil {
		return nil, err
	}
	created := account{User: User{IsActive: true, Groups: []string{}}}
	var password string
	body.name("username", &created.Username)
	body.name("password", &password)
	body.optionalText("external_id", &created.ExternalID)
	readUser(body, &created.User)
	if len(password) > maxPassword {
		body.report("value_error", "Value error, password cannot be longer than 72 bytes", "password")
	}
	if err := in.refused(); err != nil {
		return nil, err
	}
	hash, err := bcrypt.GenerateFromPassword([]byte(password), s.config.BcryptCost)
	if err != nil {
		return nil, err
	}
	err = s.store.write(func() error {
		created.ID, created.PasswordHash = newID(), string(hash)
		created.Username = s.config.Behavior.Case.stored(created.Username)
		created.CreatedAt = timestamp(s.store.instant)
		if err := s.checkUser(created.User); err != nil {
			return err
		}
		return s.store.users.put(created)
	})
	return created.User, err
}

func (s *Server) listUsers(*input) (any, error) {
	accounts := s.store.users.seeAll()
	users := make([]User, len(accounts))
	for i, a := range accounts {
		users[i] = a.User
	}
	return users, nil
}

func (s *Server) getUser(in *input) (any, error) {
	id := in.id("user_id")
	if err := in.refused(); err != nil {
		return nil, err
	}
	found, err := s.store.users.see(id)
	return found.User, err
}

func (s *Server) updateUser(in *input) (any, error) {
	id := in.id("user_id")
	body, err := in.updated()
	if err != nil {
		return nil, err
	}
	var updated account
	err = s.store.write(func() (missing error) {
		updated, missing = s.store.users.get(id)
		readUser(body, &updated.User)
		body.flag("is_active", &updated.IsActive)
		if err := in.refused(); err != nil {
			return err
		}
		if missing != nil {
			return missing
		}
		now := timestamp(s.store.instant)
		updated.UpdatedAt = &now
		if err := s.checkUser(updated.User); err != nil {
			return err
		}
		return s.store.users.put(updated)
	})
	return updated.User, err
}

func (s *Server) deleteUser(in *input) (any, error) {
	id := in.id("user_id")
	if err := in.refused(); err != nil {
		return nil, err
	}
	err := s.store.write(func() error {
		if err := s.store.users.has(id); err != nil {
			return err
		}
		s.store.users.remove(id)
		return nil
	})
	return message("User deleted"), err
}

// readUser reads the fields that a create and an update have in common.
func readUser(body *object, into *User) {
	body.email("email", &into.Email)
	body.optionalText("full_name", &into.FullName)
	body.optionalID("organization_id", &into.OrganizationID)
	body.flag("is_superuser", &into.IsSuperuser)
	body.ids("groups", &into.Groups)
}

// checkUser finds what a user refers to.
func (s *Server) checkUser(u User) error {
	if u.OrganizationID != nil {
		if err := s.store.organizations.has(*u.OrganizationID); err != nil {
			return err
		}
	}
	return s.store.groups.has(u.Groups...)
}

// whoAmI answers the owner of the token.
func (s *Server) whoAmI(in *input) (any, error) { return in.caller, nil }

// permissions answers what the owner of the token may do, by way of groups and their roles.
func (s *Server) permissions(in *input) (any, error) {
	groups, roles, rights := set{}, set{}, set{}
	s.store.mu.RLock()
	defer s.store.mu.RUnlock()
	user, err := s.store.users.get(in.caller.ID) // again, to see one state of all
	if err != nil {
		return nil, err
	}
	for _, groupID := range user.Groups {
		group := s.store.groups.rows[groupID].value
		groups[group.Name] = true
		for _, roleID := range group.Roles {
			role := s.store.roles.rows[roleID].value
			roles[role.Name] = true
			for _, rightID := range role.Rights {
				rights[s.store.rights.rows[rightID].value.Name] = true
			}
		}
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
