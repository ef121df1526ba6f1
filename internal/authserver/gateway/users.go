package gateway

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"unicode/utf8"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
)

// account is a user as the platform and Keycloak hold them.
type account struct {
	ID           string               `json:"id"` // the platform's, in paths alone
	SubjectID    string               `json:"subject_id"`
	Username     string               `json:"username"`
	Email        string               `json:"email,omitempty"`
	FullName     string               `json:"full_name,omitempty"`
	Roles        []string             `json:"roles"`
	Active       bool                 `json:"active"`
	Deleted      bool                 `json:"deleted,omitempty"`
	Disabled     bool                 `json:"disabled,omitempty"` // in Keycloak, which a delete does not reach
	Gone         bool                 `json:"gone,omitempty"`     // from Keycloak, but not from the platform
	IsExternal   bool                 `json:"is_external,omitempty"`
	PasswordHash string               `json:"password_hash,omitempty"` // without one there is no login
	CreatedAt    authserver.Timestamp `json:"created_at"`
	UpdatedAt    authserver.Timestamp `json:"updated_at"`
}

// User is a user as the API answers it.
type User struct {
	ID              string               `json:"id"`
	Username        string               `json:"username"`
	Email           *string              `json:"email"`
	Roles           []string             `json:"roles"`
	Active          bool                 `json:"active"`
	Deleted         bool                 `json:"deleted"`
	IsExternal      bool                 `json:"is_external"`
	ExternalID      *string              `json:"external_id"`
	LinkedSubjectID json.RawMessage      `json:"linked_subject_id,omitempty"` // none before 0.12
	FullName        *string              `json:"full_name"`
	Name            *string              `json:"name"`
	IsSuperuser     bool                 `json:"is_superuser"`
	CreatedAt       authserver.Timestamp `json:"created_at"`
	UpdatedAt       authserver.Timestamp `json:"updated_at"`
}

// realmRoles are the roles that are known from the start; impliedRoles those that Keycloak gives everybody.
var (
	realmRoles   = []string{"admin", "editor", "guest", "user", "viewer"}
	impliedRoles = []string{"default-roles-kamiwaza", "offline_access", "uma_authorization"}
)

// minPassword is how many characters a password needs.
const minPassword = 12

// answer is a user as this release and mode of the platform shows them.
func (s *service) answer(a account) User {
	u := User{
		ID: a.ID, Username: a.Username, Email: orNull(a.Email), Roles: a.Roles, Active: a.Active, Deleted: a.Deleted,
		IsExternal: a.IsExternal, FullName: orNull(a.FullName), Name: orNull(a.FullName), CreatedAt: a.CreatedAt, UpdatedAt: a.UpdatedAt,
	}
	if s.behavior.ImpliedRoles {
		u.Roles = slices.Concat(impliedRoles, a.Roles)
	}
	in := cmp.Or(s.behavior.SubjectIDs, SubjectIDsLinked)
	hasLinked := s.behavior.Platform.since(Platform012)
	if hasLinked {
		u.LinkedSubjectID = json.RawMessage("null")
	}
	switch {
	case s.behavior.Lite || in == SubjectIDsNone:
		return u
	case hasLinked && in != SubjectIDsExternal:
		u.LinkedSubjectID = authserver.Encode(a.SubjectID)
	}
	if !hasLinked || in != SubjectIDsLinked {
		u.ExternalID = &a.SubjectID
	}
	return u
}

func (s *service) newAccount() account {
	a := account{ID: authserver.NewID(), Active: true, Roles: []string{}, CreatedAt: s.Store.Timestamp(), UpdatedAt: s.Store.Timestamp()}
	a.SubjectID = a.ID
	if !s.behavior.Lite {
		a.SubjectID = authserver.NewID()
	}
	return a
}

// byUsername returns who logs in under a name: if nobody has it, the user who had it last and was deleted.
func (s *service) byUsername(username string) (account, bool) {
	key := s.behavior.Case.Key(username)
	if id, found := s.usernames.Owner(key); found {
		a, err := s.users.Get(id)
		return a, err == nil
	}
	for _, a := range slices.Backward(s.users.All()) {
		if a.Deleted && s.behavior.Case.Key(a.Username) == key {
			return a, true
		}
	}
	return account{}, false
}

// existing returns a user who is not deleted.
func (s *service) existing(id string) (account, error) {
	a, err := s.users.Get(id)
	if err == nil && a.Deleted {
		return account{}, s.notFound()
	}
	return a, err
}

func (s *service) notFound() error { return authserver.Refuse(http.StatusNotFound, "User not found") }

func (s *service) createUser(in *call) (any, error) {
	body, err := in.Created()
	if err != nil {
		return nil, err
	}
	var username, password string
	var email *string
	roles := []string{"user"}
	body.Name("username", &username)
	body.Text("password", &password)
	body.OptionalText("email", &email)
	s.readRoles(body, &roles)
	if err := in.Refused(); err != nil {
		return nil, err
	}
	if err := s.checkRoles(roles); err != nil {
		return nil, err
	}
	if err := s.checkPassword(in, body, "password", password); err != nil {
		return nil, err
	}
	if email == nil {
		email = new(string)
	}
	stored, err := s.readEmail(in, body, *email)
	if err != nil {
		return nil, err
	}
	hash, err := s.Passwords.Hash(password)
	if err != nil {
		return nil, err
	}
	var created account
	err = s.Store.Write(func() error {
		created = s.newAccount()
		if deleted, found := s.byUsername(username); found && deleted.Deleted && s.behavior.UsernameReuse == ReuseRevives {
			created.ID, created.SubjectID, created.CreatedAt = deleted.ID, deleted.SubjectID, deleted.CreatedAt
		}
		created.Username, created.Email = s.behavior.Case.Stored(username), stored
		created.Roles, created.PasswordHash = roles, hash
		return s.users.Put(created)
	})
	return s.answer(created), err
}

func (s *service) listUsers(*call) (any, error) {
	users := []User{}
	for _, a := range s.users.SeeAll() {
		if !a.Deleted && (!a.IsExternal || !s.behavior.ExternalHidden) {
			users = append(users, s.answer(a))
		}
	}
	return users, nil
}

func (s *service) getUser(in *call) (any, error) {
	id := in.PathID("user_id")
	if err := in.Refused(); err != nil {
		return nil, err
	}
	found, err := s.users.See(id)
	if err == nil && found.Deleted {
		err = s.notFound()
	}
	return s.answer(found), err
}

// resolveUser finds a user by the subject id or the local id.
func (s *service) resolveUser(in *call) (any, error) {
	identifier := in.PathValue("identifier")
	for _, a := range s.users.SeeAll() {
		if !a.Deleted && (a.SubjectID == identifier || a.ID == identifier) {
			return s.answer(a), nil
		}
	}
	return nil, s.notFound()
}

func (s *service) updateUser(in *call) (any, error) {
	id := in.PathID("user_id")
	body, err := in.Updated()
	if err != nil {
		return nil, err
	}
	var updated account
	err = s.Store.Write(func() error {
		before, missing := s.existing(id)
		updated = before
		if err := s.readUpdate(in, body, &updated); err != nil {
			return err
		}
		switch {
		case missing != nil:
			return missing
		case before.IsExternal && !s.behavior.ExternalFixed.Accepts():
			return s.behavior.ExternalFixed.Refuse("Users of an identity provider cannot be changed")
		}
		if err := s.protect(in, before, updated); err != nil {
			return err
		}
		updated.UpdatedAt = s.Store.Timestamp()
		return s.users.Put(updated)
	})
	return s.answer(updated), err
}

// readUpdate reads the fields of a PUT.
func (s *service) readUpdate(in *call, body *authserver.Object, a *account) error {
	username, email, active, roles := a.Username, &a.Email, a.Active, a.Roles
	body.Name("username", &username)
	body.OptionalText("email", &email)
	body.Flag("active", &active)
	s.readRoles(body, &roles)
	if err := in.Refused(); err != nil {
		return err
	}
	if body.Has("roles") {
		if err := s.checkRoles(roles); err != nil {
			return err
		}
	}
	switch {
	case body.IsNull("email") && !s.behavior.NullClears, !body.Has("email"):
	case body.IsNull("email"), *email == "" && s.behavior.EmptyClears:
		a.Email = ""
	default:
		stored, err := s.readEmail(in, body, *email)
		if err != nil {
			return err
		}
		a.Email = stored
	}
	if stored := s.behavior.Case.Stored(username); stored != a.Username {
		switch s.behavior.Rename {
		case RenameRefused:
			return authserver.Refuse(http.StatusBadRequest, "The username cannot be changed")
		case RenameIgnored:
		default:
			a.Username = stored
		}
	}
	if body.Has("active") && !body.IsNull("active") {
		a.Active, a.Disabled = active, !active
	}
	if s.behavior.RolesMerge {
		roles = union(a.Roles, roles)
	}
	a.Roles = roles
	return nil
}

func (s *service) deleteUser(in *call) (any, error) {
	id := in.PathID("user_id")
	if err := in.Refused(); err != nil {
		return nil, err
	}
	var deleted account
	err := s.Store.Write(func() error {
		before, err := s.existing(id)
		if err != nil {
			return err
		}
		if before.IsExternal {
			if err := s.behavior.ExternalFixed.Refuse("Users of an identity provider cannot be deleted"); err != nil {
				return err
			}
		}
		deleted = before
		deleted.Active, deleted.Deleted, deleted.UpdatedAt = false, true, s.Store.Timestamp()
		if err := s.protect(in, before, deleted); err != nil {
			return err
		}
		return s.users.Put(deleted)
	})
	return s.answer(deleted), err
}

// protect refuses a change by which the caller, or the last admin, ceases to be one.
func (s *service) protect(in *call, before, after account) error {
	isAdmin := func(a account) bool { return a.Active && !a.Deleted && slices.Contains(a.Roles, "admin") }
	if s.behavior.SelfProtection.Accepts() || !isAdmin(before) || isAdmin(after) {
		return nil
	}
	if before.ID == in.caller.ID {
		return s.behavior.SelfProtection.Refuse("You cannot delete, deactivate or demote yourself")
	}
	if slices.ContainsFunc(s.users.All(), func(a account) bool { return a.ID != before.ID && isAdmin(a) }) {
		return nil
	}
	return s.behavior.SelfProtection.Refuse("The last admin cannot be deleted, deactivated or demoted")
}

// readRoles reads a list of roles.
func (s *service) readRoles(body *authserver.Object, into *[]string) {
	var given []string
	if body.Texts("roles", &given); given == nil {
		return
	}
	roles := []string{}
	for i, role := range given {
		known := slices.Contains(realmRoles, role)
		switch {
		case s.behavior.ImpliedRoles && slices.Contains(impliedRoles, role), slices.Contains(roles, role):
		case !known && s.behavior.UnknownRole == UnknownRoleIgnored:
		case !known && s.behavior.UnknownRole == UnknownRole422:
			body.Report("value_error", fmt.Sprintf("Value error, unknown role %q", role), "roles", i)
		default:
			roles = append(roles, role)
		}
	}
	if len(roles) == 0 && s.behavior.EmptyRolesDefault {
		roles = []string{"user"}
	}
	*into = roles
}

// checkRoles refuses roles that are none of the realm's.
func (s *service) checkRoles(roles []string) error {
	for _, role := range roles {
		if s.behavior.UnknownRole == UnknownRole400 && !slices.Contains(realmRoles, role) {
			return authserver.Refuse(http.StatusBadRequest, "Unknown role %q", role)
		}
	}
	return nil
}

func union(a, b []string) []string {
	all := slices.Clone(a)
	for _, text := range b {
		if !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	return all
}

// readEmail returns an e-mail address as it is stored. It refuses what is none, and none where one is required.
func (s *service) readEmail(in *call, body *authserver.Object, email string) (string, error) {
	if email == "" && (s.behavior.OptionalEmail || !s.behavior.Platform.since(Platform012)) {
		return "", nil
	}
	err := authserver.CheckEmail(email)
	if err == nil {
		email = s.behavior.Case.StoredEmail(email)
		err = authserver.CheckEmail(email) // small letters may take more bytes
	}
	if err != nil {
		return "", s.refuseValue(in, body, "email", "A valid email is required: "+err.Error())
	}
	return email, nil
}

// checkPassword refuses a password that is too short, or longer than bcrypt can hash.
func (s *service) checkPassword(in *call, body *authserver.Object, field, password string) error {
	switch {
	case utf8.RuneCountInString(password) < minPassword:
		return s.refuseValue(in, body, field, fmt.Sprintf("Password must be at least %d characters long", minPassword))
	case len(password) > authserver.MaxPassword:
		return s.refuseValue(in, body, field, fmt.Sprintf("Password must be at most %d bytes long", authserver.MaxPassword))
	}
	return nil
}

// refuseValue refuses what the schema allows.
func (s *service) refuseValue(in *call, body *authserver.Object, field, why string) error {
	if s.behavior.InvalidStatus == http.StatusUnprocessableEntity {
		body.Report("value_error", "Value error, "+why, field)
		return in.Refused()
	}
	return authserver.Refuse(http.StatusBadRequest, "%s", why)
}
