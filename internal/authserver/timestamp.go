package authserver

import (
	"encoding/json"
	"fmt"
	"time"
)

// Timestamp is a time as the API writes it: what Python's naive UTC clock gives, such as
// "2024-10-03T12:00:00.123456". There is no zone, and no fraction in a whole second. It
// reads texts with a zone, too.
type Timestamp struct{ time.Time }

const naive = "2006-01-02T15:04:05"

// NewTimestamp returns a time in the precision of the API.
func NewTimestamp(t time.Time) Timestamp { return Timestamp{t.UTC().Truncate(time.Microsecond)} }

// String returns the text that the API writes.
func (t Timestamp) String() string {
	if t.Nanosecond() == 0 {
		return t.Format(naive)
	}
	return t.Format(naive + ".000000")
}

// MarshalJSON writes the timestamp as a JSON string.
func (t Timestamp) MarshalJSON() ([]byte, error) { return json.Marshal(t.String()) }

// UnmarshalJSON reads a timestamp with or without a zone; without, it is UTC.
func (t *Timestamp) UnmarshalJSON(data []byte) error {
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return err
	}
	for _, layout := range []string{naive, time.RFC3339} { // both take a fraction, too
		parsed, err := time.Parse(layout, text)
		if utc := NewTimestamp(parsed); err == nil && utc.Year() >= 0 && utc.Year() <= 9999 { // or it could not be read again
			*t = utc
			return nil
		}
	}
	return fmt.Errorf("%q is not a timestamp such as %q", text, naive)
}

// ZonedTimestamp is a Timestamp whose text ends in the zone, as in "2024-10-03T12:00:00.123456Z".
type ZonedTimestamp struct{ Timestamp }

// MarshalJSON writes the timestamp as a JSON string.
func (t ZonedTimestamp) MarshalJSON() ([]byte, error) { return json.Marshal(t.String() + "Z") }
