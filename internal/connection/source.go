package connection

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/english"
)

// source reads settings: from the arguments or, where they are silent, from the environment.
type source struct {
	arguments Arguments
	problems  *[]Problem
}

// refuse reports a setting that is missing or wrong.
func (from source) refuse(s Setting, heading, detail string) {
	*from.problems = append(*from.problems, Problem{s, heading, detail})
}

// configured returns the text of an argument; "" if there is none.
func (from source) configured(s Setting) string { return from.arguments.text(s) }

// howToSet names the argument, if there are arguments, and the environment variable.
func (from source) howToSet(s Setting) string {
	if from.arguments.Text == nil {
		return "the environment variable " + s.Variables[0]
	}
	return fmt.Sprintf("%s or the environment variable %s", s.Name, s.Variables[0])
}

// textAndVariable returns a value, and the environment variable that it is from: "" if it is configured or the default.
func (from source) textAndVariable(s Setting) (text, variable string) {
	if text := from.configured(s); text != "" {
		return text, ""
	}
	for _, variable := range s.Variables {
		if text := from.arguments.Getenv(variable); text != "" {
			return text, variable
		}
	}
	return s.Standard, ""
}

func (from source) text(s Setting) string {
	text, _ := from.textAndVariable(s)
	return text
}

// choice returns one of the choices.
func (from source) choice(s Setting, heading string) string {
	text, variable := from.textAndVariable(s)
	quoted := make([]string, len(s.Choices))
	for i, value := range s.Values() {
		if value == text {
			return text
		}
		quoted[i] = strconv.Quote(value)
	}
	from.refuse(s, heading, fmt.Sprintf("%s is %q; it must be %s.", cmp.Or(variable, s.Name), text, english.Alternatives(quoted)))
	return s.Standard
}

func (from source) number(s Setting) int {
	text, variable := from.textAndVariable(s)
	number, err := strconv.Atoi(text)
	if err != nil || number < s.Least || number > s.Most {
		from.refuse(s, "Invalid number",
			fmt.Sprintf("%s is %q; it must be a whole number from %d to %d.", cmp.Or(variable, s.Name), text, s.Least, s.Most))
	}
	return number
}

// isOn reads a switch, in the spellings that the vendor's SDK takes.
func (from source) isOn(s Setting) bool {
	text, variable := from.textAndVariable(s)
	negated := s.VariableNegates && variable != ""
	switch strings.ToLower(text) {
	case "true", "1", "yes":
		return !negated
	case "false", "0", "no":
		return negated
	}
	from.refuse(s, "Invalid boolean",
		fmt.Sprintf("%s is %q; it must be true, 1 or yes, or false, 0 or no.", cmp.Or(variable, s.Name), text))
	return false
}

// checkText refuses a text with a control character, such as the newline at the end of the file that it was read from: the
// server would refuse the login without saying why. The value may be secret and is never shown.
func (from source) checkText(s Setting, heading string) bool {
	text, variable := from.textAndVariable(s)
	problem := "contains a control character"
	switch {
	case !strings.ContainsFunc(text, unicode.IsControl):
		return true
	case strings.TrimRight(text, "\r\n") != text:
		problem = "ends with a newline"
	case strings.TrimLeft(text, "\r\n") != text:
		problem = "begins with a newline"
	}
	from.refuse(s, heading, fmt.Sprintf("The value of %s %s.%s", cmp.Or(variable, s.Name), problem, HowToTrim(text, variable)))
	return false
}

// HowToTrim says how to get rid of blank space at the ends of a setting; "" if there is none.
func HowToTrim(text, variable string) string {
	switch {
	case strings.TrimSpace(text) == text:
		return ""
	case variable != "":
		return fmt.Sprintf(` To read it from a file without its newline, use export %s="$(cat FILE)".`, variable)
	}
	return ` To read it from a file without its newline, use trimspace(file("FILE")).`
}
