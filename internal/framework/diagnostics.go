package framework

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"golang.org/x/text/unicode/norm"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/english"
)

// Subject is what an operation is about.
type Subject struct {
	// Noun is "user", "group" and so on, and Text names the object in messages.
	Noun, Text string
	// Assignment says that it connects objects which must exist, rather than being one with a name of its own.
	Assignment bool
	// Login says that the operation is a login with credentials of its own, rather than the provider's.
	Login bool
	// Attributes are those whose names differ from the API's, by the API's name.
	Attributes map[string]string
	// Advice is what the noun knows about its errors.
	Advice Advice
}

// AddFailure reports a failed operation: what was tried, what the server said, and what to do about it. Values that
// the server refused are reported at their attributes.
func AddFailure(diags *diag.Diagnostics, verb string, s Subject, err error) {
	summary := fmt.Sprintf("Could not %s %s", verb, s.Text)
	failure, called := errors.AsType[*client.Error](err)
	if called && len(failure.Fields) > 0 && (s.Login || !errors.Is(err, client.ErrLogin)) {
		wrapped := ""
		if text, ok := strings.CutSuffix(err.Error(), failure.Error()); ok && text != "" {
			wrapped = english.Capitalize(text)
		}
		for _, field := range failure.Fields {
			at := s.attributePath(field.Location)
			detail := fmt.Sprintf("%s%s %s was refused: %s.", wrapped, failure.Method, failure.Path, strings.TrimSuffix(field.Message, "."))
			if len(at.Steps()) == 0 {
				diags.AddError(summary, fmt.Sprintf("%s (%s)", detail, strings.Join(field.Location, ".")))
			} else {
				diags.AddAttributeError(at, summary, detail)
			}
		}
		return
	}
	detail := english.Capitalize(err.Error()) + "."
	if advice := advise(err, verb, s); advice != "" {
		detail += "\n\n" + advice
	}
	diags.AddError(summary, detail)
}

// addUnmet reports every value that the server did not take over as planned, with both values unless they are
// sensitive. Without it, Terraform would report a bug in the provider.
func addUnmet(ctx context.Context, diags *diag.Diagnostics, verb string, s Subject, plan tfsdk.Plan, state tfsdk.State) {
	var planned, held map[string]tftypes.Value
	if err := errors.Join(plan.Raw.As(&planned), state.Raw.As(&held)); err != nil {
		diags.AddError("Could not compare "+s.Text+" with its plan", err.Error())
		return
	}
	for _, name := range slices.Sorted(maps.Keys(planned)) {
		if !planned[name].IsFullyKnown() || planned[name].Equal(held[name]) || planned[name].Equal(normalized(held[name])) {
			continue
		}
		wanted, returned := "", ""
		attribute, problems := plan.Schema.AttributeAtPath(ctx, path.Root(name))
		if of := planned[name].Type(); !problems.HasError() && !attribute.IsSensitive() && (of.Is(tftypes.String) || of.Is(tftypes.Bool)) {
			wanted, returned = ": planned was "+show(planned[name]), ", and it returned "+show(held[name])
		}
		detail := fmt.Sprintf("The server reported success, but its value of %s differs from the plan%s%s.", name, wanted, returned)
		if planned[name].IsNull() && verb == "update" {
			detail = fmt.Sprintf("The server reported success, but kept the old value of %[1]s instead of clearing it. It does not allow "+
				"removing this value. Set %[1]s to another value, keep the old value in the configuration, or recreate the %[2]s "+
				"(terraform apply -replace=ADDRESS).", name, s.Noun)
		}
		diags.AddAttributeError(path.Root(name), english.Capitalize(s.Text)+" differs from the plan", detail+" The state has what the server holds.")
	}
}

// normalized is a value as Terraform keeps it: with all texts in the normalization form NFC, which servers may not have them in.
func normalized(value tftypes.Value) tftypes.Value {
	same, err := tftypes.Transform(value, func(_ *tftypes.AttributePath, v tftypes.Value) (tftypes.Value, error) {
		if !v.Type().Is(tftypes.String) || !v.IsKnown() || v.IsNull() {
			return v, nil
		}
		var text string
		err := v.As(&text)
		return tftypes.NewValue(tftypes.String, norm.NFC.String(text)), err
	})
	if err != nil {
		return value // It is compared as it is.
	}
	return same
}

// show writes a string or a boolean for a message.
func show(value tftypes.Value) string {
	var text string
	var flag bool
	switch {
	case value.IsNull():
		return "null"
	case value.As(&text) == nil:
		return strconv.Quote(text)
	case value.As(&flag) == nil:
		return strconv.FormatBool(flag)
	}
	return "another one"
}

// attributePath leads from the location in a request to the attribute that holds the value; it is empty when the
// value is not an attribute's own.
func (s Subject) attributePath(location []string) path.Path {
	at := path.Empty()
	if len(location) < 2 || location[0] != "body" {
		return at
	}
	for _, part := range location[1:] {
		if _, err := strconv.Atoi(part); err == nil {
			break // An element of a list: its set has no order to count by.
		}
		if len(at.Steps()) == 0 {
			at = path.Root(cmp.Or(s.Attributes[part], part))
		} else {
			at = at.AtName(part)
		}
	}
	return at
}
