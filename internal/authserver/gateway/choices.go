package gateway

// Backend is what stores and evaluates tuples and grants.
type Backend string

// The backends.
const (
	BackendPostgres Backend = "postgres" // tuples alone: a grant to a group lets none of its members in; the default
	BackendSpiceDB  Backend = "spicedb"  // groups expand to their members
)

// GroupSubjects is how a group is written as the subject of a grant. A grant in another form is refused, but not where the
// form is the id.
type GroupSubjects string

// The forms of a group.
const (
	GroupSubjectsID      GroupSubjects = "id" // the default
	GroupSubjectsName    GroupSubjects = "name"
	GroupSubjectsUserset GroupSubjects = "userset" // ID#member
)

// Granting is who may grant.
type Granting string

// Who may grant.
const (
	GrantingBoth   Granting = "owners-and-admins" // the default
	GrantingOwners Granting = "owners"            // of the object, admins or not
	GrantingAdmins Granting = "admins"
)

// GrantTwice is what creating a grant comes to that is there.
type GrantTwice string

// The outcomes of a grant that is there.
const (
	GrantTwice201 GrantTwice = "201" // the default
	GrantTwice200 GrantTwice = "200" // which the OpenAPI document does not list
	GrantTwice409 GrantTwice = "409"
)

// GrantIDs is what a grant_id is.
type GrantIDs string

// The forms of a grant_id.
const (
	GrantIDsUUID      GrantIDs = "uuid" // the default
	GrantIDsComposite GrantIDs = "composite"
	GrantIDsChanging  GrantIDs = "changing" // another in each answer
)

// LimitAbove is what a limit above the maximum comes to.
type LimitAbove string

// The outcomes of a limit above the maximum.
const (
	LimitAboveClamped LimitAbove = "clamped" // the default
	LimitAbove422     LimitAbove = "422"
)

// MappingKey is what two group mappings may not share.
type MappingKey string

// What differs between mappings.
const (
	MappingKeyAll  MappingKey = "all"  // the issuer, the path or the name; the default
	MappingKeyPath MappingKey = "path" // the issuer or the path
	MappingKeyNone MappingKey = "none" // nothing
)

// MappingGroups is what creating a group mapping comes to whose local group there is not.
type MappingGroups string

// The outcomes of a group that there is not.
const (
	MappingGroupsIgnored  MappingGroups = "ignored" // the default
	MappingGroupsCreated  MappingGroups = "created"
	MappingGroupsRequired MappingGroups = "required" // 404
)

// IDPManagement is whether the platform may change identity providers, and what becomes of changes if not.
type IDPManagement string

// The ways to manage identity providers.
const (
	IDPManagementOn      IDPManagement = "on" // the default
	IDPManagement403     IDPManagement = "403"
	IDPManagement503     IDPManagement = "503"
	IDPManagementIgnored IDPManagement = "ignored" // a success that changes nothing
)

// LocalSubjects is whether local users are subjects.
type LocalSubjects string

// What local users are to the calls about subjects.
const (
	LocalSubjectsFound    LocalSubjects = "found"    // subjects, by the subject id or the username; the default
	LocalSubjectsSeparate LocalSubjects = "separate" // nobody
)
