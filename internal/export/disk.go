package export

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Save writes all files into the directory, or none. It refuses to replace files unless it is forced to, and then only those that
// this program has written.
func Save(directory string, files Files, force bool) error {
	entries, err := os.ReadDir(directory)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return saveNew(directory, files)
	case err != nil:
		return err
	}
	if err := checkOthers(directory, entries, files, force); err != nil {
		return err
	}
	return replace(directory, files)
}

// Check tells whether Save would refuse to write into the directory whatever there is to write.
func Check(directory string, force bool) error {
	entries, err := os.ReadDir(directory)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	}
	for _, entry := range entries {
		ours, err := isOurs(filepath.Join(directory, entry.Name()))
		switch {
		case err != nil:
			return err
		case ours && !force:
			return fmt.Errorf("%s has files of an earlier export, such as %s; -force replaces them", directory, entry.Name())
		}
	}
	return nil
}

// checkOthers looks at what is in the directory already.
func checkOthers(directory string, entries []fs.DirEntry, files Files, force bool) error {
	var stale []string
	for _, entry := range entries {
		path := filepath.Join(directory, entry.Name())
		ours, err := isOurs(path)
		if err != nil {
			return err
		}
		_, replaced := files[entry.Name()]
		switch {
		case replaced && !ours:
			return fmt.Errorf("%s exists and was not written by this program; it is never replaced", path)
		case replaced && !force:
			return fmt.Errorf("%s exists; -force replaces the files of an earlier export", path)
		case ours && !replaced:
			stale = append(stale, path)
		}
	}
	if len(stale) > 0 {
		return fmt.Errorf("the directory has files of an earlier export that this one does not replace: %s; delete them first", strings.Join(stale, ", "))
	}
	return nil
}

// isOurs tells whether this program has written the file.
func isOurs(path string) (bool, error) {
	switch extension := filepath.Ext(path); extension {
	case ".tf", ".yaml":
	default:
		return false, nil
	}
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() {
		return false, err
	}
	content, err := os.ReadFile(path)
	return bytes.HasPrefix(content, []byte(header)), err
}

// saveNew makes the directory, which appears with all files in it.
func saveNew(directory string, files Files) error {
	directory = filepath.Clean(directory)
	if err := os.MkdirAll(filepath.Dir(directory), 0o750); err != nil {
		return err
	}
	staged, err := stage(filepath.Dir(directory), files)
	if err != nil {
		return err
	}
	if err := os.Rename(staged, directory); err != nil {
		return errors.Join(err, os.RemoveAll(staged))
	}
	return nil
}

// stage writes the files into a new directory.
func stage(parent string, files Files) (directory string, err error) {
	directory, err = os.MkdirTemp(parent, ".kamiwaza-access-")
	if err != nil {
		return "", err
	}
	if err = os.Chmod(directory, 0o750); err == nil { //nolint:gosec // It becomes a directory like any other.
		for _, name := range slices.Sorted(maps.Keys(files)) {
			if err = os.WriteFile(filepath.Join(directory, name), files[name], 0o600); err != nil {
				break
			}
		}
	}
	if err != nil {
		return "", errors.Join(err, os.RemoveAll(directory))
	}
	return directory, nil
}

// replace moves the files into a directory that exists. After a failure, it puts back what was there.
func replace(directory string, files Files) (err error) {
	staged, err := stage(directory, files)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(staged)) }()
	var undo []func() error
	defer func() {
		if err != nil {
			for _, step := range slices.Backward(undo) {
				err = errors.Join(err, step())
			}
		}
	}()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		path, backup := filepath.Join(directory, name), filepath.Join(staged, name+".before")
		switch err := os.Rename(path, backup); {
		case err == nil:
			undo = append(undo, func() error { return os.Rename(backup, path) })
		case !errors.Is(err, fs.ErrNotExist):
			return err
		}
		if err := os.Rename(filepath.Join(staged, name), path); err != nil {
			return err
		}
		undo = append(undo, func() error { return os.Remove(path) })
	}
	return nil
}
