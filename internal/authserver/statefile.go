package authserver

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/google/uuid"
	"golang.org/x/crypto/bcrypt"
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
	return decodeStrictly(data, &u.account)
}

// keepIn reads the data from a file, if it exists, and keeps it there from now on.
func (s *store) keepIn(path string) error {
	data, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist): // the first write creates it
	case err != nil:
		return fmt.Errorf("state file: %w", err)
	default:
		if err := s.restore(data); err != nil {
			return fmt.Errorf("state file %s: %w", path, err)
		}
	}
	file := keptFile{path: path}
	if file.last, err = file.stat(); err != nil {
		return fmt.Errorf("state file: %w", err)
	}
	s.save = func() error {
		if err := file.replace(s.dump()); err != nil {
			return fmt.Errorf("state file %s: %w", path, err)
		}
		return nil
	}
	return nil
}

// keptFile is a state file as this server read or wrote it last.
type keptFile struct {
	path string
	last os.FileInfo // nil if there was none
}

// replace replaces the file as a whole, or leaves it as it was. It refuses to where another program has written it in
// the meantime, whose data would be lost. Only its owner may read it afterwards, whoever could before: it holds hashes
// of passwords.
func (f *keptFile) replace(data []byte) error {
	found, err := f.stat()
	switch {
	case err != nil:
		return err
	case found != nil && (f.last == nil || !os.SameFile(found, f.last) || !found.ModTime().Equal(f.last.ModTime())):
		return errors.New("another program has written it, such as a second server; start this one again to read it")
	}
	pending, err := os.CreateTemp(filepath.Dir(f.path), filepath.Base(f.path)+".*") // of mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(pending.Name()) }() // finds nothing once it is in its place
	_, err = pending.Write(data)
	if err := errors.Join(err, pending.Close()); err != nil {
		return err
	}
	if err := os.Rename(pending.Name(), f.path); err != nil {
		return err
	}
	f.last, err = f.stat()
	return err
}

// stat returns nil if there is no file.
func (f *keptFile) stat() (os.FileInfo, error) {
	info, err := os.Stat(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return info, err
}

func (s *store) dump() []byte {
	accounts := s.users.all()
	users := make([]savedUser, len(accounts))
	for i, a := range accounts {
		users[i] = savedUser{a}
	}
	return append(encode(stateFile{
		Version:       StateVersion,
		Organizations: s.organizations.all(),
		Rights:        s.rights.all(),
		Roles:         s.roles.all(),
		Groups:        s.groups.all(),
		Users:         users,
	}), '\n')
}

// restore fills an empty store from a state file, and checks everything that the API
// guarantees of its data.
func (s *store) restore(data []byte) error {
	var version struct {
		Version *int `json:"version"`
	}
	if err := json.Unmarshal(data, &version); err != nil {
		return fmt.Errorf("it is damaged: %w", err)
	}
	switch {
	case version.Version == nil:
		return errors.New("it has no version")
	case *version.Version != StateVersion:
		return fmt.Errorf("its version is %d; this program reads version %d", *version.Version, StateVersion)
	}
	var tables map[string]json.RawMessage
	if err := json.Unmarshal(data, &tables); err != nil {
		return fmt.Errorf("it is damaged: %w", err)
	}
	for _, name := range []string{"organizations", "rights", "roles", "groups", "users"} {
		if table := tables[name]; table == nil || isNull(table) { // or the next write would lose what it was to hold
			return fmt.Errorf("it has no %q; a list of none is []", name)
		}
	}
	var file stateFile
	if err := decodeStrictly(data, &file); err != nil {
		return fmt.Errorf("it is damaged: %w", err)
	}

	s.mu.Lock()
	defer s.mu.Unlock()
	defer func() { s.journal = nil }() // there is nothing to go back to
	s.instant = s.now()

	for i := range file.Organizations {
		o := &file.Organizations[i]
		if err := restoreIDPConfig(o.IDPConfig); err != nil {
			return fmt.Errorf("organizations[%d]: %w", i, err)
		}
		if err := restoreNamed(s.organizations, o, &o.Named); err != nil {
			return fmt.Errorf("organizations[%d]: %w", i, err)
		}
	}
	for i := range file.Rights {
		r := &file.Rights[i]
		if err := restoreNamed(s.rights, r, &r.Named); err != nil {
			return fmt.Errorf("rights[%d]: %w", i, err)
		}
	}
	for i := range file.Roles {
		r := &file.Roles[i]
		if err := restoreSet(s.rights, &r.Rights); err != nil {
			return fmt.Errorf("roles[%d]: %w", i, err)
		}
		if err := restoreNamed(s.roles, r, &r.Named); err != nil {
			return fmt.Errorf("roles[%d]: %w", i, err)
		}
	}
	for i := range file.Groups {
		g := &file.Groups[i]
		if err := restoreSet(s.roles, &g.Roles); err != nil {
			return fmt.Errorf("groups[%d]: %w", i, err)
		}
		if err := restoreNamed(s.groups, g, &g.Named); err != nil {
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

func restoreNamed[T any](t *table[T], value *T, named *Named) error {
	if named.Name == "" {
		return errors.New("the name is missing")
	}
	t.store.dated(&named.CreatedAt)
	if named.UpdatedAt.IsZero() {
		named.UpdatedAt = named.CreatedAt
	}
	return restoreRow(t, &named.ID, value)
}

func (s *store) restoreUser(a account) error {
	if a.Username == "" {
		return errors.New("the username is missing")
	}
	if err := checkEmail(a.Email); err != nil {
		return fmt.Errorf("the email %q: %w", a.Email, err)
	}
	if a.PasswordHash != "" {
		if _, err := bcrypt.Cost([]byte(a.PasswordHash)); err != nil {
			return fmt.Errorf("the password_hash is not bcrypt's: %w", err)
		}
	}
	if a.OrganizationID != nil {
		organizations := []string{*a.OrganizationID}
		if err := restoreSet(s.organizations, &organizations); err != nil {
			return err
		}
		a.OrganizationID = &organizations[0]
	}
	if err := restoreSet(s.groups, &a.Groups); err != nil {
		return err
	}
	s.dated(&a.CreatedAt)
	return restoreRow(s.users, &a.ID, &a)
}

func (s *store) dated(t *Timestamp) {
	if t.IsZero() {
		*t = timestamp(s.instant)
	}
}

// restoreRow puts one object, whose id is part of it.
func restoreRow[T any](t *table[T], id *string, value *T) error {
	if err := restoreID(id); err != nil {
		return err
	}
	if t.has(*id) == nil {
		return fmt.Errorf("the id %s is not unique", *id)
	}
	if err := t.put(*value); err != nil {
		return fmt.Errorf("the object %s: %w", *id, err)
	}
	return nil
}

// restoreSet checks the ids of members, and makes them canonical.
func restoreSet[M any](members *table[M], ids *[]string) error {
	canonical := make([]string, 0, len(*ids))
	seen := make(map[string]bool, len(*ids))
	for _, id := range *ids {
		if err := restoreID(&id); err != nil {
			return err
		}
		if err := members.has(id); err != nil {
			return fmt.Errorf("%w: %s", err, id)
		}
		if seen[id] {
			return fmt.Errorf("%s %s is in its set twice", members.noun, id)
		}
		seen[id] = true
		canonical = append(canonical, id)
	}
	*ids = slices.Clip(canonical)
	return nil
}

func restoreID(id *string) error {
	parsed, err := uuid.Parse(*id)
	if err != nil {
		return fmt.Errorf("the id %q: %w", *id, err)
	}
	*id = parsed.String()
	return nil
}

// decodeStrictly decodes one JSON value that has no unknown fields.
func decodeStrictly(data []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	return decoder.Decode(into)
}
