package framework

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/english"
)

// Advice is what a noun knows about its errors, beyond what all nouns share. Each text is a sentence or more.
type Advice struct {
	// Lookup says how to find the id of an object whose name is known.
	Lookup string
	// Searched says what was done to find out whether a create without an answer has succeeded.
	Searched string
	// Unsupported says which releases of the platform offer the noun.
	Unsupported string
	// InUse says what to do when the server refuses to delete an object because something has it.
	InUse string
}

// Adviser is an error that knows best what to do about it.
type Adviser interface {
	error
	// Advice is what the user can do, "" when the error says all there is.
	Advice() string
}

// advisedError is an error that comes with its advice.
type advisedError struct {
	error

	advice string
}

// Advised adds to an error what the user can do about it; "" when the error says all there is.
func Advised(err error, advice string) error { return &advisedError{err, advice} }

// Offered adds to the error of a call that the platform lacks the advice, which says which releases have the call.
func Offered(err error, advice string) error {
	if errors.Is(err, client.ErrUnsupported) {
		return Advised(err, advice)
	}
	return err
}

// Unwrap returns the error itself.
func (e *advisedError) Unwrap() error { return e.error }

// Advice returns the advice.
func (e *advisedError) Advice() string { return e.advice }

// advise says what the user can do about an error, "" when the error says all there is.
func advise(err error, verb string, s Subject) string {
	var status int // 0: no answer came
	failure, called := errors.AsType[*client.Error](err)
	if called {
		status = failure.Status
	}
	if adviser, ok := errors.AsType[Adviser](err); ok {
		return adviser.Advice()
	}
	_, badCertificate := errors.AsType[*tls.CertificateVerificationError](err)
	_, notTLS := errors.AsType[tls.RecordHeaderError](err)
	switch {
	case errors.Is(err, client.ErrNotAPI):
		return "Something other than the AuthService's API answered. Check base_url: it usually ends in /api, and " +
			"without it, it is the address of the platform's web console." + doubt(err, s)
	case badCertificate:
		return "The server's certificate could not be verified. If the platform uses a private certificate authority, set ca_cert_file " +
			"(or ca_cert_pem) in the provider's configuration to its certificate."
	case notTLS:
		return "The server does not speak TLS at this address. Check the scheme and the port of base_url."
	case errors.Is(err, client.ErrOutcomeUnknown):
		return strings.TrimSpace(doubt(err, s))
	case errors.Is(err, client.ErrLogin) && !s.Login:
		return loginAdvice(err, status)
	case errors.Is(err, client.ErrUnauthorized):
		return "The server does not accept the credentials. An API key may have expired or been revoked, and the user may have been deactivated."
	case errors.Is(err, client.ErrAdminRequired):
		return "The provider needs the platform role admin. A personal access token has that role only if it was created with the scope admin, whatever " +
			"the roles of its owner are."
	case errors.Is(err, client.ErrForbidden):
		return "The identity that the provider logs in as may not do this; writing needs a superuser."
	case errors.Is(err, client.ErrDisabled):
		return "The platform offers this call, but its operator has switched it off. Nothing was removed from the state."
	case errors.Is(err, client.ErrUnavailable):
		return "The platform cannot do this at the moment. Apply again in a minute."
	case errors.Is(err, client.ErrUnsupported):
		return strings.Join(slices.DeleteFunc([]string{
			"The server does not offer this call.", s.Advice.Unsupported, "Check the platform's version and base_url.",
		}, func(sentence string) bool { return sentence == "" }), " ")
	case errors.Is(err, client.ErrNotFound), errors.Is(err, client.ErrConflict), status == http.StatusBadRequest:
		return refusalAdvice(err, verb, s)
	case status == http.StatusTooManyRequests:
		return "The server limits the rate of requests. Decrease max_concurrent_requests or increase max_retries in the provider's configuration."
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
		return "The server limits the rate of logins. Wait, and apply again."
	}
	return "The provider could not log in. Check username, password and login_method in the provider's configuration, or KAMIWAZA_USERNAME and " +
		"KAMIWAZA_PASSWORD in the environment."
}

// refusalAdvice is about a change that contradicts what the server has.
func refusalAdvice(err error, verb string, s Subject) string {
	gone := errors.Is(err, client.ErrNotFound)
	switch {
	case gone && s.Assignment:
		return "One of these objects does not exist on the server. If it was deleted since the plan was made, plan and apply again; if its id is written " +
			"in the configuration, check it."
	case gone && verb == "update":
		return fmt.Sprintf("The %s was deleted after the plan was made. Plan and apply again, which creates it anew.", s.Noun)
	case gone, s.Assignment:
		return ""
	case verb == "create" && errors.Is(err, client.ErrConflict):
		return fmt.Sprintf("There probably is %s of that name already. Choose another name, or import the existing one "+
			"(terraform import, or an import block) with its id. If it is the %s of this resource, because the resource is tainted or replaced "+
			"with create_before_destroy, run: terraform untaint ADDRESS. ", english.Article(s.Noun), s.Noun) + s.Advice.Lookup
	case verb == "create":
		return fmt.Sprintf("If the name is taken, choose another name, or import the existing %s (terraform import, or an "+
			"import block) with its id. ", s.Noun) + s.Advice.Lookup
	case verb == "update":
		return fmt.Sprintf("If another %[1]s has this name or address: to swap the names of two objects, first apply "+
			"a temporary name for one of them.", s.Noun)
	case verb == "delete":
		return s.Advice.InUse
	}
	return ""
}

// doubt says that a create may have succeeded, "" when it certainly did not.
func doubt(err error, s Subject) string {
	if !errors.Is(err, client.ErrOutcomeUnknown) {
		return ""
	}
	searched := ""
	if s.Advice.Searched != "" {
		searched = s.Advice.Searched + " "
	}
	return fmt.Sprintf("\n\nThe provider sent the request but received no valid response, so the %s may exist on the server now, and it is not "+
		"in the state. %sLook for it before you apply again: if it exists, import it with its id (terraform import, or an import "+
		"block), or delete it. ", s.Text, searched) + s.Advice.Lookup
}
