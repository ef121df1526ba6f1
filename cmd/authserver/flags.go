package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"time"

	"golang.org/x/crypto/bcrypt"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/gateway"
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
	name   string // of the API, on stdout
	config authserver.Config
}

// The generations of the API.
const (
	rbacAPI    = "rbac"
	gatewayAPI = "gateway"
)

const usage = `authserver runs the development AuthService: the API of Kamiwaza's AuthService, as the RBAC API
of platform 0.3 to 0.6 or, with -api gateway, as the gateway API of later releases.

Usage:
  authserver [-api rbac|gateway] -admin-username NAME -admin-password PASSWORD [flags]

The first line on stdout is "AuthService (RBAC) at URL" or "AuthService (gateway) at URL", as
soon as it listens. Each request that is refused is a line on stderr: the time, the method, the
path without its query, the status and the reason, with no password or token. It has colours on
a terminal, unless NO_COLOR is set. Without -state the data ends with the process. Counts of
requests are at /_dev/requests and faults at /_dev/faults (GET, POST, DELETE), without
credentials: do not let others reach the port.

It ends at SIGINT and SIGTERM with exit code 0. Flags that it cannot read are exit code 2,
anything else that keeps it from starting is 1.

To use it:
  export KAMIWAZA_BASE_URL=http://127.0.0.1:7777/api KAMIWAZA_USERNAME=admin KAMIWAZA_PASSWORD=...

A flag's value wins over its environment variable. Flags of the API that -api names ("authserver
-api gateway -help" shows the gateway's) and of both:
`

func parseFlags(args []string, getenv func(string) string, stderr io.Writer) (options, error) {
	var o options
	cfg := &o.config
	flags := flag.NewFlagSet("authserver", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprint(stderr, usage)
		flags.PrintDefaults()
	}

	api := flags.String("api", rbacAPI, "`generation` of the API: "+rbacAPI+" or "+gatewayAPI+"; each has flags of its own")
	flags.StringVar(&o.listen, "listen", "127.0.0.1:7777", "`address` to listen at; port 0 takes a free one")
	flags.StringVar(&cfg.AdminUsername, "admin-username", "admin", "`name` of the superuser that is created, or set to -admin-password")
	flags.StringVar(&cfg.AdminPassword, "admin-password", "", "the superuser's `password`; or the variable "+passwordVariable)
	flags.StringVar(&cfg.AdminEmail, "admin-email", "admin@example.com", "the superuser's `e-mail`, at creation")
	flags.StringVar(&cfg.APIKey, "api-key", "", "a bearer `token` that acts as the superuser and never expires; or the variable "+apiKeyVariable)
	flags.StringVar(&cfg.ClientID, "client-id", "", "the `id` of the only client that may ask for tokens (default any; kamiwaza-platform with -api gateway)")
	flags.StringVar(&cfg.ClientSecret, "client-secret", "", "that client's `secret`; or the variable "+clientSecretVariable)
	flags.StringVar(&cfg.StateFile, "state", "", "`file` that keeps the data")
	flags.DurationVar(&cfg.TokenTTL, "token-ttl", time.Hour, "`time` that a token lives, in whole seconds")
	flags.IntVar(&cfg.BcryptCost, "bcrypt-cost", bcrypt.DefaultCost, fmt.Sprintf("`work` of a password's hash, %d to %d; low to create users by the thousand", bcrypt.MinCost, bcrypt.MaxCost))
	flags.DurationVar(&cfg.Latency, "latency", 0, "`time` to wait before each answer")
	flags.Float64Var(&cfg.RateLimit, "rate-limit", 0, "`requests` a second above which 429 is answered (default no limit)")
	flags.Func("fault", "a `fault` to inject, as 'METHOD ROUTE key=value…' with * for any; repeatable.\n"+
		"Keys: status (with body, content-type, retry-after), drop=before, drop=after, truncate=true,\n"+
		"latency, after=N (let N pass first), times=N (then strike N only). Examples:\n"+
		"'POST /auth/users/local status=503 retry-after=1 times=2', 'GET * latency=200ms',\n"+
		"'PUT /auth/users/{user_id} drop=after times=1'", func(text string) error {
		fault, err := authserver.ParseFault(text)
		cfg.Faults = append(cfg.Faults, fault)
		return err
	})

	var behavior func() authserver.API // as the flags have set it
	chosen := apiIn(args)
	switch chosen {
	case rbacAPI:
		o.name = "RBAC"
		var b rbac.Behavior
		rbacFlags(flags, &b)
		behavior = func() authserver.API { return b }
	case gatewayAPI:
		o.name = "gateway"
		var b gateway.Behavior
		gatewayFlags(flags, &b)
		behavior = func() authserver.API { return b }
	default:
		fmt.Fprintf(stderr, "there is no API %q: give -api %s or -api %s\n", chosen, rbacAPI, gatewayAPI)
		return o, errUsage
	}

	err := flags.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return o, err
	case err != nil:
		return o, errUsage // flag has said what and how
	case flags.NArg() > 0:
		fmt.Fprintf(stderr, "there is no argument %q; see -help\n", flags.Arg(0))
		return o, errUsage
	case *api != chosen: // such as the value of another flag
		fmt.Fprintf(stderr, "more than one argument looks like -api: give it once, as -api=%s\n", *api)
		return o, errUsage
	}
	cfg.API = behavior()
	cfg.AdminPassword = cmp.Or(cfg.AdminPassword, getenv(passwordVariable))
	cfg.APIKey = cmp.Or(cfg.APIKey, getenv(apiKeyVariable))
	cfg.ClientSecret = cmp.Or(cfg.ClientSecret, getenv(clientSecretVariable))
	if cfg.AdminPassword == "" {
		return o, errors.New("there is no password for the superuser: give -admin-password or set " + passwordVariable)
	}
	return o, nil
}

// apiIn returns the value of -api, which says what other flags there are.
func apiIn(args []string) string {
	for i, arg := range args {
		name, value, hasValue := strings.Cut(arg, "=")
		if name != "-api" && name != "--api" {
			continue
		}
		if !hasValue && i+1 < len(args) {
			value = args[i+1]
		}
		return value
	}
	return rbacAPI
}

// rbacFlags are the switches of the RBAC API.
func rbacFlags(flags *flag.FlagSet, b *rbac.Behavior) {
	flags.BoolVar(&b.NullClears, "null-clears", false, "null in a PUT clears the field (default leaves it alone)")
	flags.IntVar(&b.DuplicateStatus, "duplicate-status", 409, "`status` of a name that is taken: 400 or 409")
	flags.BoolVar(&b.DuplicateNames, "duplicate-names", false, "organizations, groups, roles and rights may share a name (default unique)")
	flags.BoolVar(&b.UniqueEmails, "unique-emails", false, "no two users have one e-mail (default they may)")
	flags.BoolVar(&b.DeleteCascades, "delete-cascades", false, "deleting a group, role or right that is assigned takes it away (default 409)")
	flags.BoolVar(&b.DeleteDetaches, "delete-detaches", false, "deleting an organization leaves its users in none (default 409)")
	flags.StringVar((*string)(&b.AssignTwice), "assign-twice", "ok", "`outcome` of assigning what is assigned: ok, 400, 404 or 409")
	flags.StringVar((*string)(&b.RemoveUnassigned), "remove-unassigned", "ok", "`outcome` of removing what is not assigned: ok, 400, 404 or 409")
	flags.BoolVar(&b.NoSlashRedirect, "no-slash-redirect", false, "a wrong trailing slash is 404 (default 307 to the right path)")
	flags.StringVar((*string)(&b.Case), "case", "preserve", "`treatment` of capitals in usernames and e-mails: preserve, fold-email-domain,\nfold-compare or fold-store")
	flags.BoolVar(&b.TrimText, "trim-text", false, "white space at the ends of texts is removed (default kept)")
	flags.DurationVar(&b.ReadLag, "read-lag", 0, "`time` for which a GET misses a write")
}

// gatewayFlags are the switches of the gateway API.
func gatewayFlags(flags *flag.FlagSet, b *gateway.Behavior) {
	flags.StringVar((*string)(&b.Platform), "platform", "1.2", "`release` of the platform, which says what there is: 0.9.3, 0.12, 1.0.2 or 1.2")
	flags.BoolVar(&b.Lite, "lite", false, "a platform without Keycloak: users are in its database alone (default with Keycloak)")
	flags.BoolVar(&b.ReBACOff, "rebac-off", false, "ReBAC is off: what needs it is 404 rebac_disabled (default on)")
	flags.BoolVar(&b.SessionStore, "session-store", false, "sessions are recorded and can be purged (default 503 session_store_disabled)")
	flags.BoolVar(&b.ErrorObjects, "error-objects", false, "such words come in an object with a reason (default as the detail)")
	flags.StringVar((*string)(&b.SubjectIDs), "subject-ids", "linked", "`field` of a user that holds the subject id: linked, external, both or none")
	flags.IntVar(&b.DuplicateStatus, "duplicate-status", 400, "`status` of a name that is taken: 400, 409 or 422")
	flags.BoolVar(&b.SharedEmails, "shared-emails", false, "users may share an e-mail (default unique)")
	flags.BoolVar(&b.OptionalEmail, "optional-email", false, "users may have no e-mail (default required; optional in 0.9.3)")
	flags.IntVar(&b.InvalidStatus, "invalid-status", 400, "`status` of a password or e-mail that is not good enough: 400 or 422")
	flags.StringVar((*string)(&b.Case), "case", "preserve", "`treatment` of capitals in usernames and e-mails: preserve, fold-email-domain,\nfold-compare or fold-store")
	flags.StringVar((*string)(&b.Rename), "rename", "done", "`outcome` of a PUT with another username: done, ignored or 400")
	flags.BoolVar(&b.NullClears, "null-clears", false, "null in a PUT clears the e-mail (default leaves it alone)")
	flags.BoolVar(&b.EmptyClears, "empty-clears", false, "\"\" in a PUT clears the e-mail (default is no e-mail)")
	flags.BoolVar(&b.RolesMerge, "roles-merge", false, "roles in a PUT are added (default replace)")
	flags.BoolVar(&b.EmptyRolesDefault, "empty-roles-default", false, "an empty list of roles becomes user (default stays empty)")
	flags.StringVar((*string)(&b.UnknownRole), "unknown-role", "created", "`outcome` of an unknown role: created, ignored, 400 or 422")
	flags.BoolVar(&b.ImpliedRoles, "implied-roles", false, "users' roles include those of everybody (default not)")
	flags.StringVar((*string)(&b.SelfProtection), "self-protection", "ok", "`outcome` of deleting or demoting oneself or the last admin: ok, 400, 403 or 409")
	flags.StringVar((*string)(&b.UsernameReuse), "username-reuse", "creates", "`outcome` of creating a user with a deleted one's name: creates, revives or refused")
	flags.StringVar((*string)(&b.Inactive), "inactive", "login", "`effect` of active=false: blocks login, or tokens as well, or nothing")
	flags.BoolVar(&b.ExternalHidden, "external-hidden", false, "users of an identity provider are not listed (default listed)")
	flags.StringVar((*string)(&b.ExternalFixed), "external-fixed", "ok", "`outcome` of changing a user of an identity provider: ok, 400, 403 or 409")
	flags.BoolVar(&b.PATNamesUnique, "pat-names-unique", false, "a user's tokens have different names (default they may share one)")
	flags.StringVar((*string)(&b.PATFromPAT), "pat-from-pat", "ok", "`outcome` of creating a token with a token: ok or 403")
	flags.StringVar((*string)(&b.PATLifetime), "pat-lifetime", "422", "`outcome` of a token's lifetime outside of the limits: 422, 400, clamped or given")
	flags.StringVar((*string)(&b.RevokeTwice), "revoke-twice", "ok", "`outcome` of revoking a revoked token: ok, 404 or 409")
	flags.StringVar((*string)(&b.GroupNames), "group-names", "unique", "`rule` for groups' names: unique, unique-folded or shared")
	flags.StringVar(&b.ManagedBy, "managed-by", "local", "`text` of a new group's managed_by")
	flags.StringVar((*string)(&b.MemberIDs), "member-ids", "any", "`kind` of members' ids: any text, subject, local, or either, which is stored as the subject's")
	flags.StringVar((*string)(&b.AddTwice), "add-twice", "ok", "`outcome` of adding a member who is one: ok, 400 or 409")
	flags.StringVar((*string)(&b.RemoveAbsent), "remove-absent", "ok", "`outcome` of removing a member who is none: ok, 400, 404 or 409")
	flags.StringVar((*string)(&b.GroupDelete), "group-delete", "ok", "`outcome` of deleting a group with members or grants without cascade: ok, 400 or 409")
	flags.StringVar((*string)(&b.MappingKey), "mapping-key", "all", "`fields` that two group mappings may not share: all, path (and the issuer) or none")
	flags.StringVar((*string)(&b.MappingGroups), "mapping-groups", "ignored", "`outcome` of mapping to a group that is not there: ignored, created or required")
	flags.BoolVar(&b.IssuerTrimmed, "issuer-trimmed", false, "a mapping's issuer loses slashes at its end (default kept)")
	flags.StringVar(&b.MappedManagedBy, "mapped-managed-by", "", "`text` of the managed_by of a group that a mapping names (default as without)")
	flags.StringVar((*string)(&b.MappedMembers), "mapped-members", "ok", "`outcome` of changing the members of such a group: ok, 403 or 409")
	flags.StringVar((*string)(&b.IDPManagement), "idp-management", "on", "`outcome` of changing identity providers: on, 403, 503 or ignored")
	flags.StringVar((*string)(&b.IDPAbsent), "idp-absent", "404", "`outcome` of changing an identity provider that is not there: 404 or ok")
	flags.StringVar((*string)(&b.IDPKindChange), "idp-kind-change", "ok", "`outcome` of changing an identity provider's kind: ok, 400 or 409")
	flags.BoolVar(&b.IDPSecretOptional, "idp-secret-optional", false, "replacing an identity provider without a secret keeps it (default 422)")
	flags.StringVar((*string)(&b.RebacBackend), "rebac-backend", "postgres", "`engine` of tuples and grants: postgres, where grants to groups let nobody in, or spicedb")
	flags.DurationVar(&b.ProjectionLag, "projection-lag", 0, "`time` for which checks, and lists of tuples and grants, miss a write")
	flags.StringVar((*string)(&b.OtherTenants), "other-tenants", "ok", "`outcome` of tuples in another tenant than the caller's: ok or 403")
	flags.StringVar((*string)(&b.TupleDeleteAbsent), "tuple-delete-absent", "ok", "`outcome` of deleting a tuple that is not there: ok or 404")
	flags.BoolVar(&b.SeparateLists, "separate-lists", false, "tuples and grants are not in each other's lists (default they are)")
	flags.StringVar((*string)(&b.GroupSubjects), "group-subjects", "id", "`form` of a group as the subject of a grant: id, name or userset, which is ID#member")
	flags.StringVar((*string)(&b.Granting), "granting", "owners-and-admins", "`rule` for who may grant: owners-and-admins, owners or admins")
	flags.StringVar((*string)(&b.GrantTwice), "grant-twice", "201", "`outcome` of creating a grant that is there: 201, 200 or 409")
	flags.StringVar((*string)(&b.GrantDeleteAbsent), "grant-delete-absent", "ok", "`outcome` of deleting a grant that is not there: ok or 404")
	flags.BoolVar(&b.GrantsReplace, "grants-replace", false, "a grant replaces the subject's other relations to the object (default it has them all)")
	flags.StringVar((*string)(&b.GrantIDs), "grant-ids", "uuid", "`form` of a grant's id: uuid, composite or changing")
	flags.IntVar(&b.MaxLimit, "max-limit", 1000, "`rows` that an access query answers at most")
	flags.StringVar((*string)(&b.LimitAbove), "limit-above", "clamped", "`outcome` of a limit above -max-limit: clamped or 422")
	flags.IntVar(&b.WorkroomProjection, "workroom-projection", 0, "`requests` to a new workroom that are 503 authorization_unavailable first")
	flags.IntVar(&b.WorkroomAuthority, "workroom-authority", 0, "`times` that an admin's delete of a workroom is 503 workroom_authority_unavailable first")
	flags.BoolVar(&b.NoClassification, "no-classification", false, "workrooms have no classification and scg_references, as in 1.3 (default they have)")
	flags.BoolVar(&b.MembersAnonymous, "members-anonymous", false, "members of workrooms have no username and e-mail (default they have)")
	flags.StringVar((*string)(&b.LocalSubjects), "local-subjects", "found", "`place` of local users among subjects: found or separate")
	flags.BoolVar(&b.SubjectUsers, "subject-users", false, "a new subject is a local user, too (default not)")
	flags.BoolVar(&b.AttributesMerge, "attributes-merge", false, "attributes in a PUT of a subject are added (default replace)")
	flags.StringVar((*string)(&b.AttributeReuse), "attribute-reuse", "ok", "`outcome` of declaring an attribute with a withdrawn one's name: ok, 400 or 409")
	flags.StringVar((*string)(&b.InviteTwice), "invite-twice", "ok", "`outcome` of inviting somebody who is invited already: ok or 409")
	flags.BoolVar(&b.NoSlashRedirect, "no-slash-redirect", false, "a wrong trailing slash is 404 (default 307 to the right path)")
	flags.BoolVar(&b.TrimText, "trim-text", false, "white space at the ends of texts is removed (default kept)")
	flags.DurationVar(&b.ReadLag, "read-lag", 0, "`time` for which a GET misses a write")
}
