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
)

// keepIn reads the data from a file, if it exists, and keeps it there from now on.
func (s *Store) keepIn(path string, service Service) error {
	data, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist): // the first write creates it
	case err != nil:
		return fmt.Errorf("state file: %w", err)
	default:
		if err := service.Restore(data); err != nil {
			return fmt.Errorf("state file %s: %w", path, err)
		}
	}
	file := keptFile{path: path}
	if file.last, err = file.stat(); err != nil {
		return fmt.Errorf("state file: %w", err)
	}
	s.save = func() error {
		if err := file.replace(service.Dump()); err != nil {
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

// ReadState decodes a state file, which is a JSON object with a version and lists. It refuses another version, a list
// that is missing, and unknown fields.
func ReadState(data []byte, version int, lists []string, into any) error {
	var found struct {
		Version *int `json:"version"`
	}
	if err := json.Unmarshal(data, &found); err != nil {
		return fmt.Errorf("it is damaged: %w", err)
	}
	switch {
	case found.Version == nil:
		return errors.New("it has no version")
	case *found.Version != version:
		return fmt.Errorf("its version is %d; this program reads version %d", *found.Version, version)
	}
	var tables map[string]json.RawMessage
	if err := json.Unmarshal(data, &tables); err != nil {
		return fmt.Errorf("it is damaged: %w", err)
	}
	for _, name := range lists {
		if table := tables[name]; table == nil || isNull(table) { // or the next write would lose what it was to hold
			return fmt.Errorf("it has no %q; a list of none is []", name)
		}
	}
	if err := DecodeStrictly(data, into); err != nil {
		return fmt.Errorf("it is damaged: %w", err)
	}
	return nil
}

// Restore runs fill, which fills the empty tables from a state file.
func (s *Store) Restore(fill func() error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer func() { s.journal = nil }() // there is nothing to go back to
	s.instant = s.now()
	return fill()
}

// Date sets a time that a state file has left out to the time of the current write.
func (s *Store) Date(t *Timestamp) {
	if t.IsZero() {
		*t = s.Timestamp()
	}
}

// RestoreRow puts one object, whose id is part of it.
func RestoreRow[T any](t *Table[T], id *string, value *T) error {
	if err := RestoreID(id); err != nil {
		return err
	}
	if t.Has(*id) == nil {
		return fmt.Errorf("the id %s is not unique", *id)
	}
	if err := t.Put(*value); err != nil {
		return fmt.Errorf("the object %s: %w", *id, err)
	}
	return nil
}

// RestoreSet checks the ids of members, and makes them canonical.
func RestoreSet[M any](members *Table[M], ids *[]string) error {
	canonical := make([]string, 0, len(*ids))
	seen := make(map[string]bool, len(*ids))
	for _, id := range *ids {
		if err := RestoreID(&id); err != nil {
			return err
		}
		if err := members.Has(id); err != nil {
			return fmt.Errorf("%w: %s", err, id)
		}
		if seen[id] {
			return fmt.Errorf("%s %s is in its set twice", members.Noun, id)
		}
		seen[id] = true
		canonical = append(canonical, id)
	}
	*ids = slices.Clip(canonical)
	return nil
}

// RestoreID checks an id, and makes it canonical.
func RestoreID(id *string) error {
	parsed, err := uuid.Parse(*id)
	if err != nil {
		return fmt.Errorf("the id %q: %w", *id, err)
	}
	*id = parsed.String()
	return nil
}

// DecodeStrictly decodes one JSON value that has no unknown fields.
func DecodeStrictly(data []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	return decoder.Decode(into)
}
