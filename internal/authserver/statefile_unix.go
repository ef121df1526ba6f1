//go:build !windows

package authserver

import "github.com/google/renameio/v2"

// replaceFile replaces a file as a whole, or leaves it as it was. Only its owner may read it
// afterwards, whoever could before: it holds hashes of passwords.
func replaceFile(path string, data []byte) error {
	pending, err := renameio.NewPendingFile(path, renameio.WithStaticPermissions(0o600))
	if err != nil {
		return err
	}
	defer func() { _ = pending.Cleanup() }() // does nothing once the file is in its place
	if _, err := pending.Write(data); err != nil {
		return err
	}
	return pending.CloseAtomicallyReplace()
}
