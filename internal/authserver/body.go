package authserver

import (
	"bytes"
	"encoding/json"
	"errors"
	"mime"
	"slices"
	"strings"
	"unicode/utf8"
)

// object is a JSON object of the body. Its methods read one field each into a variable,
// which stays as it is if the field is missing, or if anything is wrong with it.
type object struct {
	in      *input
	at      []any
	fields  map[string]json.RawMessage
	partial bool // an update: nothing is required
}

// created reads the body of a create, which must have every required field.
func (in *input) created() (*object, error) { return in.readObject(false) }

// updated reads the body of an update, where a missing field is to stay as it is.
func (in *input) updated() (*object, error) { return in.readObject(true) }

func (in *input) readObject(partial bool) (*object, error) {
	data, err := readAll(in.Request)
	if err != nil {
		return nil, err
	}
	o := &object{in: in, at: []any{"body"}, partial: partial}
	switch null := bytes.Equal(bytes.TrimSpace(data), []byte("null")); {
	case len(data) == 0 || null:
		return nil, invalid(problem{Type: "missing", Loc: o.at, Msg: "Field required"})
	case !isJSON(in.Header.Get("Content-Type")):
		return nil, invalid(notAnObject(o.at))
	case !utf8.Valid(data):
		return nil, unreadable(errors.New("not UTF-8"))
	}
	err = json.Unmarshal(data, &o.fields)
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		offset := max(syntax.Offset-1, 0)
		return nil, invalid(problem{Type: "json_invalid", Loc: []any{"body", offset}, Msg: "JSON decode error: " + syntax.Error()})
	}
	if err != nil {
		return nil, invalid(notAnObject(o.at))
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

func notAnObject(at []any) problem {
	return problem{Type: "model_attributes_type", Loc: at, Msg: "Input should be a valid dictionary or object to extract fields from"}
}

// loc is where a field stands, or what is below it.
func (o *object) loc(name string, below ...any) []any {
	return slices.Concat(o.at, []any{name}, below)
}

func (o *object) report(kind, msg, name string, below ...any) {
	o.in.report(kind, msg, o.loc(name, below...)...)
}

// field returns a field's JSON, if there is something to decode. In an update that is not
// so for null, unless null clears.
func (o *object) field(name string) (raw json.RawMessage, ok bool) {
	raw, ok = o.fields[name]
	if ok && isNull(raw) && o.partial && !o.in.behavior.NullClears {
		return nil, false
	}
	return raw, ok
}

// required is like field, but a create must have it.
func (o *object) required(name string) (raw json.RawMessage, ok bool) {
	raw, ok = o.field(name)
	if !ok && !o.partial {
		o.report("missing", "Field required", name)
	}
	return raw, ok
}

func isNull(raw json.RawMessage) bool { return string(raw) == "null" }

func (o *object) string(name string, raw json.RawMessage) (text string, ok bool) {
	if isNull(raw) || json.Unmarshal(raw, &text) != nil {
		o.report("string_type", "Input should be a valid string", name)
		return "", false
	}
	if o.in.behavior.TrimText && name != "password" {
		text = strings.TrimSpace(text)
	}
	return text, true
}

// text reads a required text that may be empty.
func (o *object) text(name string, into *string) {
	if raw, ok := o.required(name); ok {
		if text, ok := o.string(name, raw); ok {
			*into = text
		}
	}
}

// name reads a required text that may not be empty.
func (o *object) name(name string, into *string) {
	if raw, ok := o.required(name); ok {
		switch text, ok := o.string(name, raw); {
		case !ok:
		case text == "":
			o.report("string_too_short", "String should have at least 1 character", name)
		default:
			*into = text
		}
	}
}

// email reads a required e-mail address.
func (o *object) email(name string, into *string) {
	if raw, ok := o.required(name); ok {
		if text, ok := o.string(name, raw); ok {
			err := checkEmail(text)
			if err == nil {
				text = o.in.behavior.Case.storedEmail(text)
				err = checkEmail(text) // Small letters may take more bytes.
			}
			if err != nil {
				o.report("value_error", "value is not a valid email address: "+err.Error(), name)
				return
			}
			*into = text
		}
	}
}

// optionalText reads a text that may be null.
func (o *object) optionalText(name string, into **string) {
	if raw, ok := o.field(name); ok {
		if isNull(raw) {
			*into = nil
		} else if text, ok := o.string(name, raw); ok {
			*into = &text
		}
	}
}

// optionalID reads a UUID that may be null.
func (o *object) optionalID(name string, into **string) {
	if raw, ok := o.field(name); ok {
		if isNull(raw) {
			*into = nil
		} else if id := o.id(raw, name); id != "" {
			*into = &id
		}
	}
}

func (o *object) id(raw json.RawMessage, name string, below ...any) string {
	var text string
	if isNull(raw) || json.Unmarshal(raw, &text) != nil {
		o.report("uuid_type", "UUID input should be a string, bytes or UUID object", name, below...)
		return ""
	}
	return o.in.parseID(text, o.loc(name, below...)...)
}

// ids reads a set of UUIDs: repeated ones are dropped, the order of the others is kept.
func (o *object) ids(name string, into *[]string) {
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
		o.report("list_type", "Input should be a valid list", name)
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

// flag reads a truth value. Unlike pydantic, which takes "yes" and 1 as well, it wants a
// JSON one: no client should depend on more.
func (o *object) flag(name string, into *bool) {
	if raw, ok := o.field(name); ok {
		if isNull(raw) || json.Unmarshal(raw, into) != nil {
			o.report("bool_type", "Input should be a valid boolean", name)
		}
	}
}

// optionalObject reads an object that may be null with read, which is handed its fields and
// must see all required ones: an object inside an update is replaced, not merged.
func (o *object) optionalObject(name string, read func(*object), remove func()) {
	raw, ok := o.field(name)
	if !ok {
		return
	}
	if isNull(raw) {
		remove()
		return
	}
	inner := &object{in: o.in, at: o.loc(name)}
	if json.Unmarshal(raw, &inner.fields) != nil {
		o.in.problems = append(o.in.problems, notAnObject(inner.at))
		return
	}
	read(inner)
}

// json reads an object of any content.
func (o *object) json(name string, into *json.RawMessage) {
	if raw, ok := o.field(name); ok {
		var fields map[string]json.RawMessage
		if isNull(raw) || json.Unmarshal(raw, &fields) != nil {
			o.report("dict_type", "Input should be a valid dictionary", name)
			return
		}
		*into = raw
	}
}
