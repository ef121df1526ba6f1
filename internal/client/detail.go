package client

import (
	"encoding/json"
	"regexp"
	"strings"
	"time"
)

// readDetail fills Detail, Code, Remediation and Fields from a body. It returns what the body says, which is "" unless it
// has FastAPI's error shape and says something.
func (e *Error) readDetail(body []byte, secrets *strings.Replacer) string {
	// A second time, because a secret may come in pieces that printable joins.
	clean := func(text string) string { return Shorten(secrets.Replace(printable(secrets.Replace(text)))) }
	var shape map[string]json.RawMessage // A struct would take "Detail" as well, which is another service's word.
	if json.Unmarshal(body, &shape) != nil || len(shape["detail"]) == 0 {
		e.Detail = clean(withoutInput(body))
		return ""
	}
	raw := shape["detail"]
	var text string
	if json.Unmarshal(raw, &text) == nil {
		e.Detail = clean(text)
		text = strings.TrimSpace(text)
		e.noteCode(text, clean)
		return text
	}
	var fields []struct {
		Loc []json.RawMessage `json:"loc"`
		Msg string            `json:"msg"`
	}
	if json.Unmarshal(raw, &fields) != nil {
		return e.readObject(raw, clean)
	}
	// Only loc and msg are kept: newer pydantic versions echo the refused input, which may be a password.
	for _, field := range fields[:min(len(fields), maxFields)] {
		location := make([]string, min(len(field.Loc), maxLocation))
		for i := range location {
			if json.Unmarshal(field.Loc[i], &location[i]) != nil {
				location[i] = withoutInput(field.Loc[i]) // a list index
			}
			location[i] = clean(location[i])
		}
		e.Fields = append(e.Fields, FieldError{Location: location, Message: clean(field.Msg)})
	}
	return content(raw)
}

// codeForm is what tells a word for machines from a text for people.
var codeForm = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)+$`)

// noteCode keeps a word for machines as the Code. The first one counts, or one that this package knows.
func (e *Error) noteCode(word string, clean func(string) string) {
	switch {
	case !codeForm.MatchString(word):
	case kinds[word] != nil, marks[word].err != nil:
		e.Code = word // A secret may be a part of it all the same, and hiding that would change what the error is.
	case e.Code == "":
		e.Code = clean(word)
	}
}

// readObject reads a detail that is an object of the gateway API, or one of no known shape.
func (e *Error) readObject(raw json.RawMessage, clean func(string) string) string {
	var object map[string]json.RawMessage
	_ = json.Unmarshal(raw, &object)
	text := func(value json.RawMessage) (text string) {
		_ = json.Unmarshal(value, &text)
		return strings.TrimSpace(text)
	}
	var class map[string]json.RawMessage
	_ = json.Unmarshal(object["error"], &class)
	for _, word := range []string{text(object["reason"]), text(object["code"]), text(class["class"])} {
		e.noteCode(word, clean)
	}
	var seconds *float64
	_ = json.Unmarshal(object["retry_after_seconds"], &seconds)
	if seconds != nil && e.retryAfter == nil {
		wait := time.Duration(min(max(*seconds, 0), maxRetryAfter.Seconds()) * float64(time.Second))
		e.retryAfter = &wait
	}
	e.Remediation = clean(text(object["remediation"]))
	e.Detail = clean(text(object["message"]))
	switch {
	case e.Detail == "":
		e.Detail = clean(withoutInput(raw))
	case e.Code != "" && !strings.Contains(e.Detail, e.Code):
		e.Detail += " (" + e.Code + ")"
	}
	return content(raw)
}

// withoutInput returns a text of JSON without the values that it repeats of a request, at any depth: they may be passwords,
// whole or in part. Any other text it returns as it is.
func withoutInput(text []byte) string {
	var value any
	if json.Unmarshal(text, &value) != nil || !dropInput(value) {
		return string(text)
	}
	rest, _ := json.Marshal(value) //nolint:errchkjson // It comes from JSON.
	return string(rest)
}

// dropInput removes what pydantic puts a refused value into, and tells whether there was any.
func dropInput(value any) (dropped bool) {
	switch value := value.(type) {
	case map[string]any:
		for name, field := range value {
			if name == "input" || name == "ctx" {
				delete(value, name)
				dropped = true
			} else if dropInput(field) {
				dropped = true
			}
		}
	case []any:
		for _, element := range value {
			if dropInput(element) {
				dropped = true
			}
		}
	}
	return dropped
}

// content returns a detail that is no text, or "" if it has nothing in it.
func content(detail json.RawMessage) string {
	var fields map[string]any
	var list []any
	_ = json.Unmarshal(detail, &fields)
	_ = json.Unmarshal(detail, &list)
	if len(fields)+len(list) == 0 {
		return ""
	}
	return string(detail)
}
