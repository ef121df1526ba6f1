package provider

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
)

// subject is what an operation is about.
type subject struct {
	// noun is "user", "group", "assignment" and so on, and text names the object in messages.
	noun, text string
	// attributes are those whose names differ from the API's, by the API's name.
	attributes map[string]string
	// login says that the operation is a login with credentials of its own, rather than the provider's.
	login bool
}

// adviser is an error that knows best what to do about it.
type adviser interface {
	error
	advice() string
}

// addError reports a failed operation: what was tried, what the server said, and what to do about it. Values that
// the server refused are reported at their attributes.
func addError(diags *diag.Diagnostics, verb string, s subject, err error) {
	summary := fmt.Sprintf("Could not %s %s", verb, s.text)
	failure, called := errors.AsType[*client.Error](err)
	if called && len(failure.Fields) > 0 && (s.login || !errors.Is(err, client.ErrLogin)) {
		wrapped := ""
		if text, ok := strings.CutSuffix(err.Error(), failure.Error()); ok && text != "" {
			wrapped = capitalize(text)
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
	detail := capitalize(err.Error()) + "."
	if advice := advice(err, verb, s); advice != "" {
		detail += "\n\n" + advice
	}
	diags.AddError(summary, detail)
}

// advice says what the user can do about an error, "" when the error says all there is.
func advice(err error, verb string, s subject) string {
	var status int // 0: no answer came
	failure, called := errors.AsType[*client.Error](err)
	if called {
		status = failure.Status
	}
	if adviser, ok := errors.AsType[adviser](err); ok {
		return adviser.advice()
	}
	_, badCertificate := errors.AsType[*tls.CertificateVerificationError](err)
	_, notTLS := errors.AsType[tls.RecordHeaderError](err)
	switch {
	case errors.Is(err, client.ErrNotAPI):
		return "Something other than the AuthService's API answered. Check base_url: it usually ends in /api, and " +
			"without it the platform's web console answers." + doubt(err, s)
	case badCertificate:
		return "The server's certificate could not be verified. If the platform uses a private certificate authority, set ca_cert_file " +
			"(or ca_cert_pem) in the provider's configuration to its certificate."
	case notTLS:
		return "The server does not speak TLS at this address. Check the scheme and the port of base_url."
	case errors.Is(err, client.ErrOutcomeUnknown):
		return strings.TrimSpace(doubt(err, s))
	case errors.Is(err, client.ErrLogin) && !s.login:
		return loginAdvice(err, status)
	case errors.Is(err, client.ErrUnauthorized):
		return "The server does not accept the credentials. An API key may have expired or been revoked, and the user may have been deactivated."
	case errors.Is(err, client.ErrForbidden):
		return "The identity that the provider logs in as may not do this; writing needs a superuser."
	case errors.Is(err, client.ErrUnsupported):
		return "The server does not offer this call. This version of the provider manages the RBAC API of platform 0.3 to 0.6; check " +
			"the platform's version and base_url."
	case errors.Is(err, client.ErrNotFound), errors.Is(err, client.ErrConflict), status == http.StatusBadRequest:
		return refusalAdvice(err, verb, s)
	case status == http.StatusTooManyRequests:
		return "The server limits how many requests it takes. Lower max_concurrent_requests or raise max_retries in the provider's configuration."
	case called && (status == 0 || status >= http.StatusInternalServerError):
		return "If the service is only slow or restarting, apply again, or raise request_timeout and max_retries in the provider's configuration. " +
			"If it has never answered, check base_url."
	}
	return ""
}

// loginAdvice is about the provider's own credentials, whatever object the login was for.
func loginAdvice(err error, status int) string {
	switch {
	case errors.Is(err, client.ErrUnsupported):
		return "The server does not offer this way of logging in. Check base_url and login_method in the provider's configuration."
	case status == 0 || status >= http.StatusInternalServerError:
		return "The provider could not log in. If the service is only slow or restarting, apply again, or raise request_timeout and max_retries in " +
			"the provider's configuration. If it has never answered, check base_url."
	case status == http.StatusTooManyRequests:
		return "The server limits how often one may log in. Wait, and apply again."
	}
	return "The provider could not log in. Check username, password and login_method in the provider's configuration, or KAMIWAZA_USERNAME and " +
		"KAMIWAZA_PASSWORD in the environment."
}

// refusalAdvice is about a change that contradicts what the server has.
func refusalAdvice(err error, verb string, s subject) string {
	isEdge := s.noun == "assignment" || s.noun == "set"
	switch {
	case errors.Is(err, client.ErrNotFound) && isEdge:
		return "One of these objects does not exist on the server. If it was deleted since the plan was made, plan and apply again; if its id is written " +
			"in the configuration, check it."
	case errors.Is(err, client.ErrNotFound) && verb == "update":
		return fmt.Sprintf("The %s was deleted after the plan was made. Plan and apply again, which creates it anew.", s.noun)
	case errors.Is(err, client.ErrNotFound), isEdge:
		return ""
	case verb == "create" && errors.Is(err, client.ErrConflict):
		return fmt.Sprintf("There probably is %s of that name already. Choose another name, or import the existing one "+
			"(terraform import, or an import block) with its id. If it is this resource's own %s, because the resource is tainted or replaced "+
			"with create_before_destroy, run: terraform untaint ADDRESS.", article(s.noun), s.noun) + lookup(s.noun)
	case verb == "create":
		return fmt.Sprintf("If the server means that the name is taken, choose another name, or import the existing %s (terraform import, or an "+
			"import block) with its id.", s.noun) + lookup(s.noun)
	case verb == "update":
		return fmt.Sprintf("If the server means that another %[1]s has this name or address: two objects that exchange their names need an apply in "+
			"between, in which one of them has a name of its own.", s.noun)
	case verb == "delete" && s.noun == "organization":
		return "The server keeps an organization that still has users; data \"kamiwaza_users\" with its organization_id lists them. If this configuration " +
			"moves or deletes them, Terraform deletes the organization first. " + destroyLater(s.noun)
	case verb == "delete":
		return fmt.Sprintf("The server keeps %s that is still assigned. Assignments that Terraform does not manage have to be removed by hand. If a "+
			"set in this configuration drops it, Terraform deletes the %s first. ", article(s.noun), s.noun) + destroyLater(s.noun)
	}
	return ""
}

// destroyLater is the order of Terraform turned around. The setting counts only once it is in the state.
func destroyLater(noun string) string {
	return fmt.Sprintf("To turn that around, put the %[1]s back into the configuration, add lifecycle { create_before_destroy = true } to its "+
		"resource, and apply; then remove the %[1]s and apply again. With force_detach = true instead, the %[1]s is taken from what has it when it is "+
		"destroyed.", noun)
}

// doubt says that a create may have succeeded, "" when it certainly did not.
func doubt(err error, s subject) string {
	if !errors.Is(err, client.ErrOutcomeUnknown) {
		return ""
	}
	searched := ""
	if s.noun == "user" {
		searched = "Among the users, none was found that is certainly the one that was asked for. "
	}
	return fmt.Sprintf("\n\nThe request was sent but no usable answer came back, so the %s may exist on the server now, and Terraform does not "+
		"know about it. %sLook for it there before you apply again: if it exists, import it with its id (terraform import, or an import "+
		"block), or delete it.", s.text, searched) + lookup(s.noun)
}

// lookup says how to find the id of an object whose name is known.
func lookup(noun string) string {
	if noun == "user" {
		return " A user can be imported by username too."
	}
	tells := map[string]string{
		"organization": " and in the organization_id of its users",
		"group":        " and in the group_ids of its users",
		"role":         " and in the role_ids of a group that has it",
		"right":        " and in the right_ids of a role that has it",
	}
	return fmt.Sprintf(" The API cannot list every %s; its id shows in the platform's console%s.", noun, tells[noun])
}

// article puts "a" or "an" before a noun.
func article(noun string) string {
	if strings.ContainsRune("aeiou", rune(noun[0])) && noun != "user" {
		return "an " + noun
	}
	return "a " + noun
}

// addUnmet reports every value that the server did not take over as planned, with both values unless they are
// sensitive. Without it, Terraform would report a bug in the provider.
func addUnmet(ctx context.Context, diags *diag.Diagnostics, verb string, s subject, plan tfsdk.Plan, state tfsdk.State) {
	var planned, held map[string]tftypes.Value
	if err := errors.Join(plan.Raw.As(&planned), state.Raw.As(&held)); err != nil {
		diags.AddError("Could not compare "+s.text+" with its plan", err.Error())
		return
	}
	for _, name := range slices.Sorted(maps.Keys(planned)) {
		if !planned[name].IsFullyKnown() || planned[name].Equal(held[name]) {
			continue
		}
		wanted, returned := "", ""
		attribute, problems := plan.Schema.AttributeAtPath(ctx, path.Root(name))
		if of := planned[name].Type(); !problems.HasError() && !attribute.IsSensitive() && (of.Is(tftypes.String) || of.Is(tftypes.Bool)) {
			wanted, returned = ": planned was "+show(planned[name]), ", and it returned "+show(held[name])
		}
		detail := fmt.Sprintf("The server answered with success but holds another value of %s than planned%s%s.", name, wanted, returned)
		if planned[name].IsNull() && verb == "update" {
			detail = fmt.Sprintf("The server answered with success but kept the old value of %[1]s instead of clearing it: it does not let "+
				"this value be removed. Set %[1]s to another value, keep the old one in the configuration, or recreate the %[2]s "+
				"(terraform apply -replace=ADDRESS).", name, s.noun)
		}
		diags.AddAttributeError(path.Root(name), capitalize(s.text)+" differs from the plan", detail+" The state has what the server holds.")
	}
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
func (s subject) attributePath(location []string) path.Path {
	at := path.Empty()
	if len(location) < 2 || location[0] != "body" {
		return at
	}
	for _, part := range location[1:] {
		if _, err := strconv.Atoi(part); err == nil {
			break // An element of a list: its set has no order to count by.
		}
		if len(at.Steps()) == 0 {
			at = path.Root(cmp.Or(s.attributes[part], part))
		} else {
			at = at.AtName(part)
		}
	}
	return at
}
