package authserver

import "os"

// replaceFile replaces a file as nearly as a whole as Windows allows.
func replaceFile(path string, data []byte) error {
	partial := path + ".partial"
	if err := os.WriteFile(partial, data, 0o600); err != nil {
		return err
	}
	return os.Rename(partial, path)
}
