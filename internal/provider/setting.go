package provider

import (
	"cmp"
	"fmt"
	"math/big"
	"os"
	"strconv"
	"strings"
	"unicode"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
)

// setting is one argument of the provider. The schema, the environment, the bounds and the documentation of an argument all
// follow from it.
type setting struct {
	name        string
	kind        kind
	description string // without what the other fields say

	// variables are those of the environment; the first that is not empty counts.
	variables []string
	// variableNote says what the variables hold, where that is not what the argument takes.
	variableNote string
	// variableNegates marks a switch that is on when the variable is false.
	variableNegates bool

	standard    string   // the default; "" for none
	required    string   // says when a value is required; "" for never
	choices     []choice // of a text
	least, most int      // of a number

	sensitive  bool
	validators []validator.String
}

type kind int

const (
	aText kind = iota
	aNumber
	aSwitch
	aMap
)

// choice is one value that a text may have, and what it means.
type choice struct{ value, meaning string }

// attribute is the setting in the provider's schema.
func (s setting) attribute() schema.Attribute {
	switch description := s.documentation(); s.kind {
	case aNumber:
		return schema.Int64Attribute{
			Optional: true, Sensitive: s.sensitive, MarkdownDescription: description,
			Validators: []validator.Int64{int64validator.Between(int64(s.least), int64(s.most))},
		}
	case aSwitch:
		return schema.BoolAttribute{Optional: true, Sensitive: s.sensitive, MarkdownDescription: description}
	case aMap:
		return schema.MapAttribute{
			Optional: true, Sensitive: s.sensitive, MarkdownDescription: description,
			ElementType: types.StringType, Validators: []validator.Map{headers{}},
		}
	default:
		validators := s.validators
		if len(s.choices) > 0 {
			validators = append(validators, stringvalidator.OneOf(s.values()...))
		}
		return schema.StringAttribute{Optional: true, Sensitive: s.sensitive, MarkdownDescription: description, Validators: validators}
	}
}

// documentation is the description with everything else that is to be known.
func (s setting) documentation() string {
	text := s.description
	if len(s.choices) > 0 {
		meanings := make([]string, len(s.choices))
		for i, choice := range s.choices {
			meanings[i] = fmt.Sprintf("`%s` (%s)", choice.value, choice.meaning)
		}
		text += ": " + alternatives(meanings) + "."
	}
	if s.kind == aNumber {
		text += fmt.Sprintf(" From `%d` to `%d`.", s.least, s.most)
	}
	switch {
	case s.required != "":
		text += " Required" + strings.TrimPrefix(s.required, "required") + "."
	case s.standard != "":
		text += fmt.Sprintf(" Default: `%s`.", s.standard)
	default:
		text += " Default: none."
	}
	return text + " Environment: " + s.environment() + "."
}

// environment names the variables for documentation.
func (s setting) environment() string {
	text := "`" + strings.Join(s.variables, "` or `") + "`"
	if s.variableNote != "" {
		text += fmt.Sprintf(" (%s)", s.variableNote)
	}
	return text
}

func (s setting) values() []string {
	values := make([]string, len(s.choices))
	for i, choice := range s.choices {
		values[i] = choice.value
	}
	return values
}

// alternatives joins texts as in "a, b or c".
func alternatives(texts []string) string {
	last := len(texts) - 1
	if last < 1 {
		return strings.Join(texts, "")
	}
	return strings.Join(texts[:last], ", ") + " or " + texts[last]
}

// source reads settings: from the provider's configuration or, where that is silent, from the environment.
type source struct {
	arguments map[string]tftypes.Value
	diags     *diag.Diagnostics
}

func newSource(config tfsdk.Config, diags *diag.Diagnostics) source {
	from := source{diags: diags}
	if err := config.Raw.As(&from.arguments); err != nil {
		diags.AddError("Invalid provider configuration", framework.Capitalize(err.Error())+".")
	}
	return from
}

// refuse reports a setting that is missing or wrong.
func (from source) refuse(s setting, heading, detail string) {
	from.diags.AddAttributeError(path.Root(s.name), heading, detail)
}

// configured returns the text of an argument, as the environment would have it; "" if the configuration has no value for it.
func (from source) configured(s setting) string {
	argument := from.arguments[s.name]
	var text string
	var number big.Float
	var on bool
	switch {
	case argument.IsNull() || !argument.IsKnown():
	case argument.As(&text) == nil:
		return text
	case argument.As(&number) == nil:
		return number.Text('f', -1)
	case argument.As(&on) == nil:
		return strconv.FormatBool(on)
	}
	return ""
}

// textAndVariable returns a value, and the environment variable that it is from: "" if it is configured or the default.
func (from source) textAndVariable(s setting) (text, variable string) {
	if text := from.configured(s); text != "" {
		return text, ""
	}
	for _, variable := range s.variables {
		if text := os.Getenv(variable); text != "" {
			return text, variable
		}
	}
	return s.standard, ""
}

func (from source) text(s setting) string {
	text, _ := from.textAndVariable(s)
	return text
}

// choice returns one of the choices.
func (from source) choice(s setting, heading string) string {
	text, variable := from.textAndVariable(s)
	quoted := make([]string, len(s.choices))
	for i, value := range s.values() {
		if value == text {
			return text
		}
		quoted[i] = strconv.Quote(value)
	}
	from.refuse(s, heading, fmt.Sprintf("%s is %q; it must be %s.", cmp.Or(variable, s.name), text, alternatives(quoted)))
	return s.standard
}

func (from source) number(s setting) int {
	text, variable := from.textAndVariable(s)
	number, err := strconv.Atoi(text)
	if err != nil || number < s.least || number > s.most {
		from.refuse(s, "Invalid number",
			fmt.Sprintf("%s is %q; it must be a whole number from %d to %d.", cmp.Or(variable, s.name), text, s.least, s.most))
	}
	return number
}

// isOn reads a switch, in the spellings that the vendor's SDK takes.
func (from source) isOn(s setting) bool {
	text, variable := from.textAndVariable(s)
	negated := s.variableNegates && variable != ""
	switch strings.ToLower(text) {
	case "true", "1", "yes":
		return !negated
	case "false", "0", "no":
		return negated
	}
	from.refuse(s, "Invalid boolean",
		fmt.Sprintf("%s is %q; it must be true, 1 or yes, or false, 0 or no.", cmp.Or(variable, s.name), text))
	return false
}

// checkText refuses a text with a control character, such as the newline at the end of the file that it was read from: the
// server would refuse the login without saying why. The value may be secret and is never shown.
func (from source) checkText(s setting, heading string) bool {
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
	from.refuse(s, heading, fmt.Sprintf("The value of %s %s.%s", cmp.Or(variable, s.name), problem, howToTrim(text, variable)))
	return false
}

// howToTrim says how to get rid of blank space at the ends of a setting; "" if there is none.
func howToTrim(text, variable string) string {
	switch {
	case strings.TrimSpace(text) == text:
		return ""
	case variable != "":
		return fmt.Sprintf(` To read it from a file without its newline, use export %s="$(cat FILE)".`, variable)
	}
	return ` To read it from a file without its newline, use trimspace(file("FILE")).`
}
