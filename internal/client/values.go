package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Field is one field of an update: the zero value leaves it alone, Set gives it a value, Null asks to clear it.
type Field[T any] struct {
	value   *T
	present bool
}

// Set returns a Field that gives a value. A text is cleared by setting it to "", a set by setting it to an empty one or nil.
func Set[T any](value T) Field[T] { return Field[T]{&value, true} }

// Null returns a Field that is sent as null. Whether the server clears the value or keeps it is not documented.
func Null[T any]() Field[T] { return Field[T]{nil, true} }

// Value returns the value that is set, nil if there is none.
func (f Field[T]) Value() *T { return f.value }

// IsZero makes encoding/json leave the field out (its option omitzero).
func (f Field[T]) IsZero() bool { return !f.present }

// MarshalJSON encodes the value or null.
func (f Field[T]) MarshalJSON() ([]byte, error) {
	data, err := json.Marshal(f.value)
	if f.value != nil && string(data) == "null" { // A nil slice; null would leave the set as it is.
		return []byte("[]"), err
	}
	return data, err
}

// IDs are the ids of objects of another kind. nil says that an answer left them out, not that there are none.
type IDs []string

// UnmarshalJSON refuses elements that are no ids, and writes UUIDs in lower case.
func (ids *IDs) UnmarshalJSON(data []byte) error {
	var elements []string
	if err := json.Unmarshal(data, &elements); err != nil {
		return err
	}
	if slices.Contains(elements, "") { // or null
		return errors.New("an id in a list is null or empty")
	}
	for i, id := range elements {
		elements[i] = NormalID(id)
	}
	*ids = elements
	return nil
}

// Texts are names or ids just as the server has them. nil says that an answer left them out, not that there are none.
type Texts []string

// UnmarshalJSON refuses elements that say nothing.
func (texts *Texts) UnmarshalJSON(data []byte) error {
	var elements []string
	if err := json.Unmarshal(data, &elements); err != nil {
		return err
	}
	if slices.Contains(elements, "") { // or null
		return errors.New("a text in a list is null or empty")
	}
	*texts = elements
	return nil
}

var uuidForm = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// NormalID writes a UUID in lower case, so that ids can be compared, and leaves all else as it is.
func NormalID(id string) string {
	if lower := strings.ToLower(id); lower != id && uuidForm.MatchString(lower) {
		return lower
	}
	return id
}

// Time is a moment as the AuthService writes it: ISO 8601, and without a zone it is UTC.
type Time struct{ time.Time }

// UnmarshalJSON reads a time with or without a zone; null and "" are the zero time.
func (t *Time) UnmarshalJSON(data []byte) error {
	var text *string
	if err := json.Unmarshal(data, &text); err != nil {
		return err
	}
	if text == nil || *text == "" {
		t.Time = time.Time{}
		return nil
	}
	for _, layout := range []string{
		time.RFC3339Nano, "2006-01-02T15:04:05.999999999",
		"2006-01-02 15:04:05.999999999Z07:00", "2006-01-02 15:04:05.999999999Z07", "2006-01-02 15:04:05.999999999", // as databases write it
	} {
		parsed, err := time.Parse(layout, *text)
		if parsed = parsed.UTC(); err == nil && parsed.Year() >= 0 && parsed.Year() <= 9999 { // as RFC 3339 can write it
			t.Time = parsed
			return nil
		}
	}
	return fmt.Errorf("%q is not a time like 2024-10-03T12:00:00.123456", Shorten(*text))
}

// NotADuration says what is wrong with a text that should be a duration.
func NotADuration(text string) string {
	return fmt.Sprintf("%q is not a duration greater than zero with a unit, such as \"45s\" or \"2m\".", text)
}

// IsEmail tells whether the text has the syntax of an e-mail address. The server may be stricter.
func IsEmail(text string) bool {
	address, err := mail.ParseAddress(text)
	return err == nil && address.Name == "" && address.Address == text
}
