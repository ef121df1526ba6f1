package connection

import (
	"fmt"
	"strings"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/english"
)

// Setting is one argument of the provider. The schema, the environment, the bounds and the documentation of an argument all
// follow from it.
type Setting struct {
	Name        string
	Kind        Kind
	Description string // without what the other fields say

	// Variables are those of the environment; the first that is not empty counts.
	Variables []string
	// VariableNote says what the variables hold, where that is not what the argument takes.
	VariableNote string
	// VariableNegates marks a switch that is on when the variable is false.
	VariableNegates bool

	Standard    string   // the default; "" for none
	Required    string   // says when a value is required; "" for never
	Choices     []Choice // of a text
	Least, Most int      // of a number

	Sensitive bool
}

// Kind is the type of a setting.
type Kind int

// The kinds of settings.
const (
	Text Kind = iota
	Number
	Switch
	Map
)

// Choice is one value that a text may have, and what it means.
type Choice struct{ Value, Meaning string }

// Documentation is the description with everything else that is to be known.
func (s Setting) Documentation() string {
	text := s.Description
	if len(s.Choices) > 0 {
		meanings := make([]string, len(s.Choices))
		for i, choice := range s.Choices {
			meanings[i] = fmt.Sprintf("`%s` (%s)", choice.Value, choice.Meaning)
		}
		text += ": " + english.Alternatives(meanings) + "."
	}
	if s.Kind == Number {
		text += fmt.Sprintf(" From `%d` to `%d`.", s.Least, s.Most)
	}
	switch {
	case s.Required != "":
		text += " Required" + strings.TrimPrefix(s.Required, "required") + "."
	case s.Standard != "":
		text += fmt.Sprintf(" Default: `%s`.", s.Standard)
	default:
		text += " Default: none."
	}
	return text + " Environment: " + s.Environment() + "."
}

// Environment names the variables for documentation.
func (s Setting) Environment() string {
	text := "`" + strings.Join(s.Variables, "` or `") + "`"
	if s.VariableNote != "" {
		text += fmt.Sprintf(" (%s)", s.VariableNote)
	}
	return text
}

// Values are those of the choices.
func (s Setting) Values() []string {
	values := make([]string, len(s.Choices))
	for i, choice := range s.Choices {
		values[i] = choice.Value
	}
	return values
}
