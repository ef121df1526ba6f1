package gateway

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
)

// Outcome is "ok", or the status that refuses a request, such as "409".
type Outcome = authserver.Outcome

// Case is what becomes of capital letters in usernames and e-mail addresses.
type Case = authserver.Case

// Behavior is the gateway API, as an [authserver.API]. It chooses among the answers to what the API's documentation leaves
// open. A client must work under each; the zero value is the likeliest.
type Behavior struct {
	// Platform is the release of the platform.
	Platform Platform

	// Lite is a platform without Keycloak (KAMIWAZA_USE_AUTH=false): users are in the database alone, their subject id is
	// their local id, deleting them ends their logins, and users/me answers 401.
	Lite bool

	// ReBACOff is a platform without an authorization engine: what needs it answers 404 rebac_disabled.
	ReBACOff bool

	// SessionStore keeps a record of each session, which purging and revoking delete: its access tokens are refused then.
	// Otherwise both calls answer 503 session_store_disabled.
	SessionStore bool

	// ErrorObjects answers a machine word such as rebac_disabled as {"reason": …, "message": …} instead of as a text.
	ErrorObjects bool

	// SubjectIDs is where a user's subject id stands.
	SubjectIDs SubjectIDs

	// DuplicateStatus refuses a name that is taken: 400, the default, 409 or 422.
	DuplicateStatus int

	// SharedEmails lets users share an e-mail address.
	SharedEmails bool

	// OptionalEmail lets local users have no e-mail address. Up to 0.9.3 they may anyway.
	OptionalEmail bool

	// InvalidStatus refuses a password or an e-mail address that is not good enough: 400 with a text, the default, or 422
	// with a list, which repeats the password.
	InvalidStatus int

	// Case is what becomes of capital letters in usernames and e-mail addresses.
	Case Case

	// Rename is what a PUT with another username comes to.
	Rename Rename

	// NullClears makes null in a PUT clear the e-mail address. Otherwise null leaves it alone.
	NullClears bool

	// EmptyClears makes "" in a PUT clear the e-mail address. Otherwise "" is no e-mail address.
	EmptyClears bool

	// RolesMerge adds the roles in a PUT to the user's. Otherwise they replace them.
	RolesMerge bool

	// EmptyRolesDefault makes an empty list of roles ["user"]. Otherwise it stays empty.
	EmptyRolesDefault bool

	// UnknownRole is what a role comes to that is none of the realm's.
	UnknownRole UnknownRole

	// ImpliedRoles lists the roles that Keycloak gives everybody with those of each user.
	ImpliedRoles bool

	// SelfProtection refuses to delete, demote or deactivate oneself or the last admin: "400", "403" or "409". The default
	// does it.
	SelfProtection Outcome

	// UsernameReuse is what creating a user comes to whose username a deleted one has.
	UsernameReuse Reuse

	// Inactive is what active=false blocks.
	Inactive Inactive

	// ExternalHidden leaves users of an identity provider out of the list of users.
	ExternalHidden bool

	// ExternalFixed refuses to change, delete or reset users of an identity provider: "400", "403" or "409". The default
	// changes and deletes them.
	ExternalFixed Outcome

	// PATNamesUnique refuses a second token of one name and owner that is in force, with DuplicateStatus.
	PATNamesUnique bool

	// PATFromPAT is what creating a token with a token comes to: "ok", the default, or "403".
	PATFromPAT Outcome

	// PATLifetime is what a lifetime outside of the limits comes to when it is asked for in the query. In a JSON body it is
	// always refused with 422.
	PATLifetime PATLifetime

	// RevokeTwice is what revoking a revoked token comes to: "ok", the default, "404" or "409".
	RevokeTwice Outcome

	// GroupNames is which names groups may share.
	GroupNames GroupNames

	// ManagedBy is the managed_by of a group that was created by a call; "local" by default.
	ManagedBy string

	// MemberIDs is what a member's user_id may be.
	MemberIDs MemberIDs

	// AddTwice is what adding a member to a group or a workroom comes to who is one: "ok", the default, "400" or "409".
	AddTwice Outcome

	// RemoveAbsent is what removing a member of a group comes to who is none, or one of a workroom who is none any more: "ok",
	// the default, "400", "404" or "409".
	RemoveAbsent Outcome

	// GroupDelete is what deleting a group with members or grants comes to without cascade: "ok", the default, which leaves
	// the grants, or "400" or "409".
	GroupDelete Outcome

	// MappingKey is what two group mappings may not share.
	MappingKey MappingKey

	// MappingGroups is what creating a group mapping comes to whose local group there is not.
	MappingGroups MappingGroups

	// IssuerTrimmed removes slashes at the end of a group mapping's issuer, and of one that is looked for.
	IssuerTrimmed bool

	// MappedManagedBy is the managed_by of a group that a mapping names. By default it is as without the mapping.
	MappedManagedBy string

	// MappedMembers is what adding and removing members by hand comes to in a group that a mapping names: "ok", the default,
	// "403" or "409".
	MappedMembers Outcome

	// IDPManagement is whether the platform may change identity providers.
	IDPManagement IDPManagement

	// IDPAbsent is what changing or deleting an identity provider comes to that is not there: "404", the default, or "ok",
	// which creates it where it is replaced.
	IDPAbsent Outcome

	// IDPKindChange is what replacing an identity provider by one of another kind comes to: "ok", the default, "400" or "409".
	IDPKindChange Outcome

	// IDPSecretOptional lets a replacement of an identity provider leave out the secret, which stays as it is then.
	IDPSecretOptional bool

	// RebacBackend is what stores and evaluates tuples and grants.
	RebacBackend Backend

	// ProjectionLag is for how long checks, and lists of tuples and grants, miss a write, if that is longer than ReadLag.
	ProjectionLag time.Duration

	// OtherTenants is what naming a tenant comes to that is not the caller's: "ok", the default, or "403".
	OtherTenants Outcome

	// TupleDeleteAbsent is what deleting a tuple comes to that is not there: "ok", the default, or "404".
	TupleDeleteAbsent Outcome

	// SeparateLists lists tuples and grants by how they were made: neither list shows the other's. Otherwise both show both.
	SeparateLists bool

	// GroupSubjects is how a group is written as the subject of a grant.
	GroupSubjects GroupSubjects

	// Granting is who may grant.
	Granting Granting

	// GrantTwice is what creating a grant comes to that is there.
	GrantTwice GrantTwice

	// GrantDeleteAbsent is what deleting a grant comes to that is not there: "ok", the default, or "404".
	GrantDeleteAbsent Outcome

	// GrantsReplace makes a grant replace the subject's other relations to the object. Otherwise it has them all.
	GrantsReplace bool

	// GrantIDs is what a grant_id is.
	GrantIDs GrantIDs

	// MaxLimit is how many rows an access query answers at most; 1000 by default.
	MaxLimit int

	// LimitAbove is what a limit above MaxLimit comes to.
	LimitAbove LimitAbove

	// WorkroomProjection is how many requests to a new workroom are refused with 503 authorization_unavailable first.
	WorkroomProjection int

	// WorkroomAuthority is how many times deleting a workroom as an admin is refused with 503 workroom_authority_unavailable
	// first.
	WorkroomAuthority int

	// NoClassification is a platform without the fields classification and scg_references of workrooms, as of 1.3.
	NoClassification bool

	// MembersAnonymous answers members of workrooms without username and email.
	MembersAnonymous bool

	// LocalSubjects is whether local users are subjects.
	LocalSubjects LocalSubjects

	// SubjectUsers makes a new subject a local user, too.
	SubjectUsers bool

	// AttributesMerge adds the attributes in a PUT of a subject to those that there are. Otherwise they replace them.
	AttributesMerge bool

	// AttributeReuse is what declaring an attribute comes to whose name a withdrawn one had: "ok", the default, "400" or
	// "409".
	AttributeReuse Outcome

	// InviteTwice is what inviting somebody comes to who is invited already: "ok", the default, or "409".
	InviteTwice Outcome

	// NoSlashRedirect answers the router's 404 for a path whose trailing slash is missing or too many, instead of
	// redirecting with 307.
	NoSlashRedirect bool

	// TrimText removes white space at the ends of texts, passwords excepted.
	TrimText bool

	// ReadLag is for how long a GET of objects misses a write, as a replica does. Logins and tokens are read without lag, and
	// so is all that a write looks at.
	ReadLag time.Duration
}

// SubjectIDs is where a user's subject id stands.
type SubjectIDs string

// The places of a subject id. Up to 0.9.3 there is no linked_subject_id, and SubjectIDsLinked is SubjectIDsExternal.
const (
	SubjectIDsLinked   SubjectIDs = "linked" // in linked_subject_id, the default
	SubjectIDsExternal SubjectIDs = "external"
	SubjectIDsBoth     SubjectIDs = "both"
	SubjectIDsNone     SubjectIDs = "none"
)

// Rename is what a PUT with another username comes to.
type Rename string

// The outcomes of a rename.
const (
	RenameDone    Rename = "done" // the default
	RenameIgnored Rename = "ignored"
	RenameRefused Rename = "400"
)

// UnknownRole is what a role comes to that is none of the realm's.
type UnknownRole string

// The outcomes of an unknown role.
const (
	UnknownRoleCreated UnknownRole = "created" // the default
	UnknownRoleIgnored UnknownRole = "ignored"
	UnknownRole400     UnknownRole = "400"
	UnknownRole422     UnknownRole = "422"
)

// Reuse is what creating a user comes to whose username a deleted one has.
type Reuse string

// The outcomes of a reuse.
const (
	ReuseCreates Reuse = "creates" // another user, who alone can log in; the default
	ReuseRevives Reuse = "revives" // the same user, with the new password
	ReuseRefused Reuse = "refused" // as a duplicate
)

// Inactive is what active=false blocks.
type Inactive string

// What may be blocked.
const (
	InactiveLogin   Inactive = "login"  // and refreshes; the default
	InactiveTokens  Inactive = "tokens" // and all tokens that there are
	InactiveNothing Inactive = "nothing"
)

// PATLifetime is what a lifetime outside of the limits comes to.
type PATLifetime string

// The outcomes of a lifetime outside of the limits.
const (
	PATLifetime422     PATLifetime = "422" // the default
	PATLifetime400     PATLifetime = "400"
	PATLifetimeClamped PATLifetime = "clamped"
	PATLifetimeGiven   PATLifetime = "given"
)

// GroupNames is which names groups may share.
type GroupNames string

// The rules for groups' names.
const (
	GroupNamesUnique GroupNames = "unique" // a capital differs from a small letter; the default
	GroupNamesFolded GroupNames = "unique-folded"
	GroupNamesShared GroupNames = "shared"
)

// MemberIDs is what a member's user_id may be.
type MemberIDs string

// What a user_id may be. An id of nobody is refused with 404 but for MemberIDsAny.
const (
	MemberIDsAny     MemberIDs = "any" // any text; the default
	MemberIDsSubject MemberIDs = "subject"
	MemberIDsLocal   MemberIDs = "local"
	MemberIDsEither  MemberIDs = "either" // stored as the subject id
)

// Check refuses what is no answer.
func (b Behavior) Check() error {
	for _, err := range []error{
		b.Platform.check(),
		oneOf("status of a duplicate", b.DuplicateStatus, 0, http.StatusBadRequest, http.StatusConflict, http.StatusUnprocessableEntity),
		oneOf("status of an invalid password or e-mail", b.InvalidStatus, 0, http.StatusBadRequest, http.StatusUnprocessableEntity),
		oneOf("place of subject ids", b.SubjectIDs, "", SubjectIDsLinked, SubjectIDsExternal, SubjectIDsBoth, SubjectIDsNone),
		oneOf("outcome of a rename", b.Rename, "", RenameDone, RenameIgnored, RenameRefused),
		oneOf("outcome of an unknown role", b.UnknownRole, "", UnknownRoleCreated, UnknownRoleIgnored, UnknownRole400, UnknownRole422),
		oneOf("self-protection", b.SelfProtection, "", authserver.OutcomeOK, "400", "403", "409"),
		oneOf("reuse of usernames", b.UsernameReuse, "", ReuseCreates, ReuseRevives, ReuseRefused),
		oneOf("effect of inactive", b.Inactive, "", InactiveLogin, InactiveTokens, InactiveNothing),
		oneOf("outcome of changing an external user", b.ExternalFixed, "", authserver.OutcomeOK, "400", "403", "409"),
		oneOf("outcome of a token that creates one", b.PATFromPAT, "", authserver.OutcomeOK, "403"),
		oneOf("outcome of a lifetime outside of the limits", b.PATLifetime, "", PATLifetime422, PATLifetime400, PATLifetimeClamped, PATLifetimeGiven),
		oneOf("outcome of revoking twice", b.RevokeTwice, "", authserver.OutcomeOK, "404", "409"),
		oneOf("rule for groups' names", b.GroupNames, "", GroupNamesUnique, GroupNamesFolded, GroupNamesShared),
		oneOf("kind of members' ids", b.MemberIDs, "", MemberIDsAny, MemberIDsSubject, MemberIDsLocal, MemberIDsEither),
		oneOf("outcome of adding twice", b.AddTwice, "", authserver.OutcomeOK, "400", "409"),
		oneOf("outcome of removing nobody", b.RemoveAbsent, "", authserver.OutcomeOK, "400", "404", "409"),
		oneOf("outcome of deleting a group with members", b.GroupDelete, "", authserver.OutcomeOK, "400", "409"),
		oneOf("key of group mappings", b.MappingKey, "", MappingKeyAll, MappingKeyPath, MappingKeyNone),
		oneOf("outcome of mapping to no group", b.MappingGroups, "", MappingGroupsIgnored, MappingGroupsCreated, MappingGroupsRequired),
		oneOf("outcome of changing mapped members", b.MappedMembers, "", authserver.OutcomeOK, "403", "409"),
		oneOf("management of identity providers", b.IDPManagement, "", IDPManagementOn, IDPManagement403, IDPManagement503, IDPManagementIgnored),
		oneOf("outcome of an absent identity provider", b.IDPAbsent, "", authserver.OutcomeOK, "404"),
		oneOf("outcome of another kind of identity provider", b.IDPKindChange, "", authserver.OutcomeOK, "400", "409"),
		oneOf("ReBAC backend", b.RebacBackend, "", BackendPostgres, BackendSpiceDB),
		oneOf("outcome of naming another tenant", b.OtherTenants, "", authserver.OutcomeOK, "403"),
		oneOf("outcome of deleting an absent tuple", b.TupleDeleteAbsent, "", authserver.OutcomeOK, "404"),
		oneOf("form of groups as subjects", b.GroupSubjects, "", GroupSubjectsID, GroupSubjectsName, GroupSubjectsUserset),
		oneOf("rule for who may grant", b.Granting, "", GrantingBoth, GrantingOwners, GrantingAdmins),
		oneOf("outcome of granting twice", b.GrantTwice, "", GrantTwice201, GrantTwice200, GrantTwice409),
		oneOf("outcome of deleting an absent grant", b.GrantDeleteAbsent, "", authserver.OutcomeOK, "404"),
		oneOf("form of grants' ids", b.GrantIDs, "", GrantIDsUUID, GrantIDsComposite, GrantIDsChanging),
		oneOf("outcome of a limit above the maximum", b.LimitAbove, "", LimitAboveClamped, LimitAbove422),
		oneOf("place of local users among subjects", b.LocalSubjects, "", LocalSubjectsFound, LocalSubjectsSeparate),
		oneOf("outcome of declaring a withdrawn attribute", b.AttributeReuse, "", authserver.OutcomeOK, "400", "409"),
		oneOf("outcome of inviting twice", b.InviteTwice, "", authserver.OutcomeOK, "409"),
		b.Case.Check(),
	} {
		if err != nil {
			return err
		}
	}
	switch {
	case b.ReadLag < 0:
		return fmt.Errorf("the read lag is negative: %v", b.ReadLag)
	case b.ProjectionLag < 0:
		return fmt.Errorf("the projection lag is negative: %v", b.ProjectionLag)
	case b.MaxLimit < 0:
		return fmt.Errorf("the maximum of limits is negative: %d", b.MaxLimit)
	case b.WorkroomProjection < 0 || b.WorkroomAuthority < 0:
		return fmt.Errorf("a number of refused requests is negative: %d", min(b.WorkroomProjection, b.WorkroomAuthority))
	}
	return nil
}

// oneOf refuses a value that is none of those allowed, of which the first is the zero value.
func oneOf[T comparable](what string, value T, allowed ...T) error {
	if slices.Contains(allowed, value) {
		return nil
	}
	return fmt.Errorf("the %s is %q; it must be one of %q", what, fmt.Sprint(value), fmt.Sprint(allowed[1:]))
}

// Rules are those that the server keeps for all APIs.
func (b Behavior) Rules() authserver.Rules {
	return authserver.Rules{
		TrimText:        b.TrimText,
		NoSlashRedirect: b.NoSlashRedirect,
		ReadLag:         b.ReadLag,
		EchoInput:       b.Platform.since(Platform102),
	}
}

// Serve begins to serve the API.
func (b Behavior) Serve(base authserver.Base) authserver.Service { return newService(base, b) }
