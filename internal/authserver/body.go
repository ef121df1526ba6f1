package authserver

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"slices"
	"strings"
	"unicode/utf8"
)

// Object is a JSON object of the body. Its methods read one field each into a variable,
// which stays as it is if the field is missing, or if anything is wrong with it.
type Object struct {
	in      *Input
	at      []any
	fields  map[string]json.RawMessage
	partial bool // an update: nothing is required
}

// Created reads the body of a create, which must have every required field.
func (in *Input) Created() (*Object, error) { return in.readObject(false) }

// CreatedIfAny is Created for a body that may be missing or null. Then it returns nil.
func (in *Input) CreatedIfAny() (*Object, error) {
	data, err := readAll(in.Request)
	if err != nil {
		return nil, err
	}
	if text := bytes.TrimSpace(data); len(text) == 0 || string(text) == "null" {
		return nil, nil
	}
	in.Body = io.NopCloser(bytes.NewReader(data))
	return in.Created()
}

// Updated reads the body of an update, where a missing field is to stay as it is.
func (in *Input) Updated() (*Object, error) { return in.readObject(true) }

func (in *Input) readObject(partial bool) (*Object, error) {
	data, err := readAll(in.Request)
	if err != nil {
		return nil, err
	}
	o := &Object{in: in, at: []any{"body"}, partial: partial}
	switch null := bytes.Equal(bytes.TrimSpace(data), []byte("null")); {
	case len(data) == 0 || null:
		return nil, invalid(in.problem("missing", "Field required", o.at...))
	case !isJSON(in.Header.Get("Content-Type")):
		in.body = Encode(string(data))
		return nil, invalid(in.notAnObject(o.at))
	case !utf8.Valid(data):
		return nil, unreadable(errors.New("not UTF-8"))
	}
	err = json.Unmarshal(data, &o.fields)
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		in.body = json.RawMessage("{}") // FastAPI does not repeat it
		offset := max(syntax.Offset-1, 0)
		return nil, invalid(in.problem("json_invalid", "JSON decode error: "+syntax.Error(), "body", offset))
	}
	in.body = bytes.TrimSpace(data)
	if err != nil {
		return nil, invalid(in.notAnObject(o.at))
	}
	return o, nil
}

// isJSON is FastAPI's rule: a body without a type is taken for JSON.
func isJSON(contentType string) bool {
	if contentType == "" {
		return true
	}
	mediaType, _, err := mime.ParseMediaType(contentType)
	return err == nil && (mediaType == "application/json" ||
		strings.HasPrefix(mediaType, "application/") && strings.HasSuffix(mediaType, "+json"))
}

func (in *Input) notAnObject(at []any) problem {
	return in.problem("model_attributes_type", "Input should be a valid dictionary or object to extract fields from", at...)
}

// loc is where a field stands, or what is below it.
func (o *Object) loc(name string, below ...any) []any {
	return slices.Concat(o.at, []any{name}, below)
}

// Report notes a problem with a field, or with what is below it.
func (o *Object) Report(kind, msg, name string, below ...any) {
	o.in.Report(kind, msg, o.loc(name, below...)...)
}

// field returns a field's JSON, if there is something to decode. In an update that is not
// so for null, unless null clears.
func (o *Object) field(name string) (raw json.RawMessage, ok bool) {
	raw, ok = o.fields[name]
	if ok && isNull(raw) && o.partial && !o.in.rules.NullClears {
		return nil, false
	}
	return raw, ok
}

// required is like field, but a create must have it.
func (o *Object) required(name string) (raw json.RawMessage, ok bool) {
	raw, ok = o.field(name)
	if !ok && !o.partial {
		o.Report("missing", "Field required", name)
	}
	return raw, ok
}

func isNull(raw json.RawMessage) bool { return string(raw) == "null" }

func (o *Object) string(name string, raw json.RawMessage) (text string, ok bool) {
	if isNull(raw) || json.Unmarshal(raw, &text) != nil {
		o.Report("string_type", "Input should be a valid string", name)
		return "", false
	}
	if o.in.rules.TrimText && !strings.HasSuffix(name, "password") {
		text = strings.TrimSpace(text)
	}
	return text, true
}

// Text reads a required text that may be empty.
func (o *Object) Text(name string, into *string) {
	if raw, ok := o.required(name); ok {
		if text, ok := o.string(name, raw); ok {
			*into = text
		}
	}
}

// Name reads a required text that may not be empty.
func (o *Object) Name(name string, into *string) {
	if raw, ok := o.required(name); ok {
		switch text, ok := o.string(name, raw); {
		case !ok:
		case text == "":
			o.Report("string_too_short", "String should have at least 1 character", name)
		default:
			*into = text
		}
	}
}

// Email reads a required e-mail address, of which stored makes what is stored.
func (o *Object) Email(name string, into *string, stored func(string) string) {
	if raw, ok := o.required(name); ok {
		if text, ok := o.string(name, raw); ok {
			err := CheckEmail(text)
			if err == nil {
				text = stored(text)
				err = CheckEmail(text) // Small letters may take more bytes.
			}
			if err != nil {
				o.Report("value_error", "value is not a valid email address: "+err.Error(), name)
				return
			}
			*into = text
		}
	}
}

// OptionalText reads a text that may be null.
func (o *Object) OptionalText(name string, into **string) {
	if raw, ok := o.field(name); ok {
		if isNull(raw) {
			*into = nil
		} else if text, ok := o.string(name, raw); ok {
			*into = &text
		}
	}
}

// OptionalID reads a UUID that may be null.
func (o *Object) OptionalID(name string, into **string) {
	if raw, ok := o.field(name); ok {
		if isNull(raw) {
			*into = nil
		} else if id := o.id(raw, name); id != "" {
			*into = &id
		}
	}
}

func (o *Object) id(raw json.RawMessage, name string, below ...any) string {
	var text string
	if isNull(raw) || json.Unmarshal(raw, &text) != nil {
		o.Report("uuid_type", "UUID input should be a string, bytes or UUID object", name, below...)
		return ""
	}
	return o.in.parseID(text, o.loc(name, below...)...)
}

// IDs reads a set of UUIDs: repeated ones are dropped, the order of the others is kept.
func (o *Object) IDs(name string, into *[]string) {
	raw, ok := o.field(name)
	if !ok {
		return
	}
	if isNull(raw) && o.partial {
		*into = []string{}
		return
	}
	var items []json.RawMessage
	if isNull(raw) || json.Unmarshal(raw, &items) != nil {
		o.Report("list_type", "Input should be a valid list", name)
		return
	}
	ids := make([]string, 0, len(items))
	seen := make(map[string]bool, len(items))
	for i, item := range items {
		if id := o.id(item, name, i); !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	*into = ids
}

// Flag reads a truth value. Unlike pydantic, which takes "yes" and 1 as well, it wants a
// JSON one: no client should depend on more.
func (o *Object) Flag(name string, into *bool) {
	if raw, ok := o.field(name); ok {
		if isNull(raw) || json.Unmarshal(raw, into) != nil {
			o.Report("bool_type", "Input should be a valid boolean", name)
		}
	}
}

// OptionalObject reads an object that may be null with read, which is handed its fields and
// must see all required ones: an object inside an update is replaced, not merged.
func (o *Object) OptionalObject(name string, read func(*Object), remove func()) {
	raw, ok := o.field(name)
	switch {
	case !ok:
	case isNull(raw):
		remove()
	default:
		o.readInner(name, raw, read)
	}
}

// Inner reads a required object with read, which is handed its fields.
func (o *Object) Inner(name string, read func(*Object)) {
	if raw, ok := o.required(name); ok {
		o.readInner(name, raw, read)
	}
}

func (o *Object) readInner(name string, raw json.RawMessage, read func(*Object)) {
	inner := &Object{in: o.in, at: o.loc(name)}
	if isNull(raw) || json.Unmarshal(raw, &inner.fields) != nil {
		o.in.problems = append(o.in.problems, o.in.notAnObject(inner.at))
		return
	}
	read(inner)
}

// Choice reads a text that is one of those allowed. It is required unless into has a default.
func (o *Object) Choice(name string, into *string, allowed ...string) {
	if *into != "" && !o.Has(name) {
		return
	}
	raw, ok := o.required(name)
	if !ok {
		return
	}
	var text string
	if isNull(raw) || json.Unmarshal(raw, &text) != nil || !slices.Contains(allowed, text) {
		o.Report("enum", "Input should be '"+strings.Join(allowed, "', '")+"'", name)
		return
	}
	*into = text
}

// OptionalChoice reads a text that is null or one of those allowed.
func (o *Object) OptionalChoice(name string, into **string, allowed ...string) {
	if o.IsNull(name) {
		*into = nil
	} else if o.Has(name) {
		var text string
		if o.Choice(name, &text, allowed...); text != "" {
			*into = &text
		}
	}
}

// OptionalJSON reads an object of any content that may be null.
func (o *Object) OptionalJSON(name string, into *json.RawMessage) {
	if raw, ok := o.field(name); ok && isNull(raw) {
		*into = nil
	} else {
		o.JSON(name, into)
	}
}

// Closed refuses the fields that are not known.
func (o *Object) Closed(known ...string) {
	for _, name := range slices.Sorted(maps.Keys(o.fields)) {
		if !slices.Contains(known, name) {
			o.Report("extra_forbidden", "Extra inputs are not permitted", name)
		}
	}
}

// JSON reads an object of any content.
func (o *Object) JSON(name string, into *json.RawMessage) {
	if raw, ok := o.field(name); ok {
		var fields map[string]json.RawMessage
		if isNull(raw) || json.Unmarshal(raw, &fields) != nil {
			o.Report("dict_type", "Input should be a valid dictionary", name)
			return
		}
		*into = raw
	}
}

// Has reports whether a field is there.
func (o *Object) Has(name string) bool {
	_, ok := o.fields[name]
	return ok
}

// IsNull reports whether a field is there and null, whatever null does.
func (o *Object) IsNull(name string) bool {
	raw, ok := o.fields[name]
	return ok && isNull(raw)
}

// Texts reads a list of texts that may be null, which leaves it as it is.
func (o *Object) Texts(name string, into *[]string) {
	raw, ok := o.field(name)
	if !ok || isNull(raw) {
		return
	}
	var items []json.RawMessage
	if json.Unmarshal(raw, &items) != nil {
		o.Report("list_type", "Input should be a valid list", name)
		return
	}
	texts := make([]string, len(items))
	for i, item := range items {
		if isNull(item) || json.Unmarshal(item, &texts[i]) != nil {
			o.Report("string_type", "Input should be a valid string", name, i)
			return
		}
	}
	*into = texts
}

// OptionalInt reads a whole number that may be null.
func (o *Object) OptionalInt(name string, into **int) {
	raw, ok := o.field(name)
	if !ok || isNull(raw) {
		return
	}
	var number int
	if json.Unmarshal(raw, &number) != nil {
		o.Report("int_type", "Input should be a valid integer", name)
		return
	}
	*into = &number
}

// MaxLength refuses a text of more characters.
func (o *Object) MaxLength(name, text string, longest int) {
	if utf8.RuneCountInString(text) > longest {
		o.Report("string_too_long", fmt.Sprintf("String should have at most %d characters", longest), name)
	}
}
