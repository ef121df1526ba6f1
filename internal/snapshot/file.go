package snapshot

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/connection"
)

// FormatVersion is the version of the format that Write writes: it changes when an older program could no longer read it.
const FormatVersion = 1

// file is a snapshot as it is written.
type file struct {
	FormatVersion int `json:"kamiwaza_snapshot"`
	Snapshot
}

// Write writes the snapshot as JSON. The same platform gives the same bytes.
func (s Snapshot) Write(to io.Writer) error {
	encoder := json.NewEncoder(to)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(file{FormatVersion, s})
}

// Load reads what Write has written. The errors quote nothing of it.
func Load(from io.Reader) (Snapshot, error) {
	var read file
	err := json.NewDecoder(from).Decode(&read)
	switch {
	case read.FormatVersion == 0:
		return Snapshot{}, errors.New("this is not a snapshot that kamiwaza-access has written")
	case read.FormatVersion > FormatVersion:
		return Snapshot{}, fmt.Errorf("this snapshot has the format %d, and this program reads up to %d; use a later release", read.FormatVersion, FormatVersion)
	case err != nil:
		return Snapshot{}, errors.New("this snapshot is damaged: its JSON ends early or has other types")
	case read.Generation != connection.RBAC && read.Generation != connection.Gateway:
		return Snapshot{}, errors.New("this snapshot names no API that this program knows")
	}
	read.Sort()
	return read.Snapshot, nil
}
