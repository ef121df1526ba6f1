package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"time"

	"golang.org/x/crypto/bcrypt"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/rbac"
)

// The environment variables that keep secrets out of the list of processes.
const (
	passwordVariable     = "AUTHSERVER_ADMIN_PASSWORD"
	apiKeyVariable       = "AUTHSERVER_API_KEY"
	clientSecretVariable = "AUTHSERVER_CLIENT_SECRET"
)

// errUsage is a mistake in the flags that has been explained on stderr.
var errUsage = errors.New("usage")

type options struct {
	listen string
	config authserver.Config
}

// The generations of the API.
const (
	rbacAPI    = "rbac"
	gatewayAPI = "gateway"
)

const usage = `authserver runs the development AuthService: the RBAC API of Kamiwaza's AuthService.

Usage:
  authserver -admin-username NAME -admin-password PASSWORD [flags]

The first line on stdout is "AuthService (RBAC) at URL", as soon as it listens. Each
request that is refused is a line on stderr: the time, the method, the path without its
query, the status and the reason, with no password or token. It has colours on a terminal,
unless NO_COLOR is set. Without -state the data ends with the process. Counts of requests
are at /_dev/requests and faults at /_dev/faults (GET, POST, DELETE), without credentials:
do not let others reach the port.

It ends at SIGINT and SIGTERM with exit code 0. Flags that it cannot read are exit code 2,
anything else that keeps it from starting is 1.

To use it:
  export KAMIWAZA_BASE_URL=http://127.0.0.1:7777/api KAMIWAZA_USERNAME=admin KAMIWAZA_PASSWORD=...

A flag's value wins over its environment variable. Flags:
`

func parseFlags(args []string, getenv func(string) string, stderr io.Writer) (options, error) {
	var o options
	var behavior rbac.Behavior
	cfg := &o.config
	flags := flag.NewFlagSet("authserver", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprint(stderr, usage)
		flags.PrintDefaults()
	}

	api := flags.String("api", rbacAPI, "`generation` of the API: "+rbacAPI+", the only one so far")
	flags.StringVar(&o.listen, "listen", "127.0.0.1:7777", "`address` to listen at; port 0 takes a free one")
	flags.StringVar(&cfg.AdminUsername, "admin-username", "admin", "`name` of the superuser that is created, or set to -admin-password")
	flags.StringVar(&cfg.AdminPassword, "admin-password", "", "the superuser's `password`; or the variable "+passwordVariable)
	flags.StringVar(&cfg.AdminEmail, "admin-email", "admin@example.com", "the superuser's `e-mail`, at creation")
	flags.StringVar(&cfg.APIKey, "api-key", "", "a bearer `token` that acts as the superuser and never expires; or the variable "+apiKeyVariable)
	flags.StringVar(&cfg.ClientID, "client-id", "", "the `id` of the only client that may ask for tokens (default any)")
	flags.StringVar(&cfg.ClientSecret, "client-secret", "", "that client's `secret`; or the variable "+clientSecretVariable)
	flags.StringVar(&cfg.StateFile, "state", "", "`file` that keeps the data")
	flags.DurationVar(&cfg.TokenTTL, "token-ttl", time.Hour, "`time` that a token lives, in whole seconds")
	flags.IntVar(&cfg.BcryptCost, "bcrypt-cost", bcrypt.DefaultCost, fmt.Sprintf("`work` of a password's hash, %d to %d; low to create users by the thousand", bcrypt.MinCost, bcrypt.MaxCost))
	flags.DurationVar(&cfg.Latency, "latency", 0, "`time` to wait before each answer")
	flags.Float64Var(&cfg.RateLimit, "rate-limit", 0, "`requests` a second above which 429 is answered (default no limit)")
	flags.Func("fault", "a `fault` to inject, as 'METHOD ROUTE key=value…' with * for any; repeatable.\n"+
		"Keys: status (with body, content-type, retry-after), drop=before, drop=after, truncate=true,\n"+
		"latency, after=N (let N pass first), times=N (then strike N only). Examples:\n"+
		"'POST /auth/roles/ status=503 retry-after=1 times=2', 'GET * latency=200ms',\n"+
		"'PUT /auth/roles/{role_id} drop=after times=1'", func(text string) error {
		fault, err := authserver.ParseFault(text)
		cfg.Faults = append(cfg.Faults, fault)
		return err
	})

	flags.BoolVar(&behavior.NullClears, "null-clears", false, "null in a PUT clears the field (default leaves it alone)")
	flags.IntVar(&behavior.DuplicateStatus, "duplicate-status", 409, "`status` of a name that is taken: 400 or 409")
	flags.BoolVar(&behavior.DuplicateNames, "duplicate-names", false, "organizations, groups, roles and rights may share a name (default unique)")
	flags.BoolVar(&behavior.UniqueEmails, "unique-emails", false, "no two users have one e-mail (default they may)")
	flags.BoolVar(&behavior.DeleteCascades, "delete-cascades", false, "deleting a group, role or right that is assigned takes it away (default 409)")
	flags.BoolVar(&behavior.DeleteDetaches, "delete-detaches", false, "deleting an organization leaves its users in none (default 409)")
	flags.StringVar((*string)(&behavior.AssignTwice), "assign-twice", "ok", "`outcome` of assigning what is assigned: ok, 400, 404 or 409")
	flags.StringVar((*string)(&behavior.RemoveUnassigned), "remove-unassigned", "ok", "`outcome` of removing what is not assigned: ok, 400, 404 or 409")
	flags.BoolVar(&behavior.NoSlashRedirect, "no-slash-redirect", false, "a wrong trailing slash is 404 (default 307 to the right path)")
	flags.StringVar((*string)(&behavior.Case), "case", "preserve", "`treatment` of capitals in usernames and e-mails: preserve, fold-email-domain,\nfold-compare or fold-store")
	flags.BoolVar(&behavior.TrimText, "trim-text", false, "white space at the ends of texts is removed (default kept)")
	flags.DurationVar(&behavior.ReadLag, "read-lag", 0, "`time` for which a GET misses a write")

	err := flags.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return o, err
	case err != nil:
		return o, errUsage // flag has said what and how
	case flags.NArg() > 0:
		fmt.Fprintf(stderr, "there is no argument %q; see -help\n", flags.Arg(0))
		return o, errUsage
	}
	switch *api {
	case rbacAPI:
		cfg.API = behavior
	case gatewayAPI:
		fmt.Fprintln(stderr, "the gateway API is not built yet: leave out -api, or give -api "+rbacAPI)
		return o, errUsage
	default:
		fmt.Fprintf(stderr, "there is no API %q: give -api %s\n", *api, rbacAPI)
		return o, errUsage
	}
	cfg.AdminPassword = cmp.Or(cfg.AdminPassword, getenv(passwordVariable))
	cfg.APIKey = cmp.Or(cfg.APIKey, getenv(apiKeyVariable))
	cfg.ClientSecret = cmp.Or(cfg.ClientSecret, getenv(clientSecretVariable))
	if cfg.AdminPassword == "" {
		return o, errors.New("there is no password for the superuser: give -admin-password or set " + passwordVariable)
	}
	return o, nil
}
