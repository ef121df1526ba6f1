//go:build !windows

package authserver

import "github.com/google/renameio/v2"

// replaceFile replaces a file as a whole, or leaves it as it was. Only its owner may read it:
// it holds hashes of passwords.
func replaceFile(path string, data []byte) error {
	return renameio.WriteFile(path, data, 0o600, renameio.WithStaticPermissions(0o600))
}
