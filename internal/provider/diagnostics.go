package provider

import (
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
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
)

// addError reports a failed operation: what was tried, what the server said, and what to do about it. Values that
// the server refused are reported at their attributes.
func addError(diags *diag.Diagnostics, verb, label string, err error) {
	summary := fmt.Sprintf("Could not %s %s", verb, label)
	if failure, ok := errors.AsType[*client.Error](err); ok && len(failure.Fields) > 0 {
		for _, field := range failure.Fields {
			at := attributePath(field.Location)
			detail := fmt.Sprintf("%s %s was refused: %s.", failure.Method, failure.Path, strings.TrimSuffix(field.Message, "."))
			if len(at.Steps()) == 0 {
				diags.AddError(summary, fmt.Sprintf("%s (%s)", detail, strings.Join(field.Location, ".")))
			} else {
				diags.AddAttributeError(at, summary, detail)
			}
		}
		return
	}
	detail := capitalize(err.Error()) + "."
	if advice := advice(err, verb, label); advice != "" {
		detail += "\n\n" + advice
	}
	diags.AddError(summary, detail)
}

// advice says what the user can do about an error, "" when the error says all there is.
func advice(err error, verb, label string) string {
	var status int // 0: no answer came
	failure, called := errors.AsType[*client.Error](err)
	if called {
		status = failure.Status
	}
	_, badCertificate := errors.AsType[*tls.CertificateVerificationError](err)
	_, notTLS := errors.AsType[tls.RecordHeaderError](err)
	noun, _, _ := strings.Cut(label, " ")
	exists, isTaken := errors.AsType[*existsError](err)
	switch {
	case isTaken:
		return exists.advice()
	case errors.Is(err, client.ErrNotAPI):
		return "Something other than the AuthService's API answered. Check base_url: it usually ends in /api, and " +
			"without it the platform's web console answers." + doubt(err, label)
	case badCertificate:
		return "The server's certificate could not be verified. If the platform uses a private certificate authority, set ca_cert_file " +
			"(or ca_cert_pem) in the provider's configuration to its certificate."
	case notTLS:
		return "The server does not speak TLS at this address. Check the scheme and the port of base_url."
	case errors.Is(err, client.ErrOutcomeUnknown):
		return strings.TrimSpace(doubt(err, label))
	case errors.Is(err, client.ErrLogin) && errors.Is(err, client.ErrUnsupported):
		return "The server does not offer this way of logging in. Check base_url and login_method in the provider's configuration."
	case errors.Is(err, client.ErrLogin) && (errors.Is(err, client.ErrUnauthorized) || errors.Is(err, client.ErrForbidden)):
		return "Check username, password and login_method in the provider's configuration, or KAMIWAZA_USERNAME and KAMIWAZA_PASSWORD " +
			"in the environment."
	case errors.Is(err, client.ErrUnauthorized):
		return "The server does not accept the credentials. An API key may have expired or been revoked, and the user may have been deactivated."
	case errors.Is(err, client.ErrForbidden):
		return "The identity that the provider logs in as may not do this; writing needs a superuser."
	case errors.Is(err, client.ErrUnsupported):
		return "The server does not offer this call. This version of the provider manages the RBAC API of platform 0.3 to 0.6; check " +
			"the platform's version and base_url."
	case (errors.Is(err, client.ErrConflict) || status == http.StatusBadRequest) && verb == "create" && noun != "assignment":
		return fmt.Sprintf("There probably is %s of that name already. Choose another name, or import the existing one "+
			"(terraform import, or an import block) with its id.", article(noun)) + lookup(noun)
	case errors.Is(err, client.ErrConflict) && verb == "delete" && noun == "organization":
		return "The server keeps an organization that still has users. Move them to another organization, or delete them, first; data " +
			"\"kamiwaza_users\" with its organization_id lists them."
	case errors.Is(err, client.ErrConflict) && verb == "delete":
		return fmt.Sprintf("The server keeps %s that is still in use. Remove the assignments to it first; those that are not "+
			"managed by Terraform have to be removed by hand.", article(noun))
	case status == http.StatusTooManyRequests:
		return "The server limits how many requests it takes. Lower max_concurrent_requests or raise max_retries in the provider's configuration."
	case called && (status == 0 || status >= 500):
		return "If the service is only slow or restarting, apply again, or raise request_timeout and max_retries in the provider's configuration. " +
			"If it has never answered, check base_url."
	}
	return ""
}

// doubt says that a create may have succeeded, "" when it certainly did not.
func doubt(err error, label string) string {
	if !errors.Is(err, client.ErrOutcomeUnknown) {
		return ""
	}
	noun, _, _ := strings.Cut(label, " ")
	searched := ""
	if noun == "user" {
		searched = "Among the users, none was found that is certainly the one that was asked for. "
	}
	return fmt.Sprintf("\n\nThe request was sent but no usable answer came back, so the %s may exist on the server now, and Terraform does not "+
		"know about it. %sLook for it there before you apply again: if it exists, import it with its id (terraform import, or an import "+
		"block), or delete it.", label, searched) + lookup(noun)
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

// addUnmet reports every value that the server did not take over as planned. Without it, Terraform would report a
// bug in the provider. The values themselves stay out of the message, since some are secret.
func addUnmet(diags *diag.Diagnostics, label string, plan, state tftypes.Value) {
	var planned, held map[string]tftypes.Value
	if err := errors.Join(plan.As(&planned), state.As(&held)); err != nil {
		diags.AddError("Could not compare "+label+" with its plan", err.Error())
		return
	}
	noun, _, _ := strings.Cut(label, " ")
	for _, name := range slices.Sorted(maps.Keys(planned)) {
		if !planned[name].IsFullyKnown() || planned[name].Equal(held[name]) {
			continue
		}
		detail := fmt.Sprintf("The server answered with success but holds another value of %s than planned.", name)
		if planned[name].IsNull() {
			detail = fmt.Sprintf("The server answered with success but kept the old value of %[1]s instead of clearing it: it does not let "+
				"this value be removed. Set %[1]s to another value, keep the old one in the configuration, or recreate the %[2]s "+
				"(terraform apply -replace=ADDRESS).", name, noun)
		}
		diags.AddAttributeError(path.Root(name), capitalize(label)+" differs from the plan", detail+" The state has what the server holds.")
	}
}

// attributePath leads from the location in a request to the attribute that holds the value; it is empty when the
// value is not an attribute's own.
func attributePath(location []string) path.Path {
	at := path.Empty()
	if len(location) < 2 || location[0] != "body" {
		return at
	}
	for _, part := range location[1:] {
		if _, err := strconv.Atoi(part); err == nil {
			break // An element of a list: its set has no order to count by.
		}
		if len(at.Steps()) == 0 {
			at = path.Root(part)
		} else {
			at = at.AtName(part)
		}
	}
	return at
}
