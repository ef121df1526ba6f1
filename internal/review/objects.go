package review

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/gateway"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/connection"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/snapshot"
)

// defaultRole is what the gateway API gives a new user whose roles are left out.
const defaultRole = "user"

// onDestroyDeactivate is the value of on_destroy with which a user stays.
const onDestroyDeactivate = "deactivate"

// applyTo applies the plan: what it does to objects first, so that their assignments find them.
func (p *Plan) applyTo(w *world) {
	for _, in := range p.instances {
		if in.forgets() {
			continue
		}
		switch in.Type {
		case "kamiwaza_user":
			w.applyUser(in)
		case "kamiwaza_group":
			applyNamed(w, in, snapshot.KindGroup, &w.Groups, func(g *snapshot.Group) (id, name *string) { return &g.ID, &g.Name },
				snapshot.Group{Roles: w.emptyFor(connection.RBAC), Members: w.emptyFor(connection.Gateway)})
		case "kamiwaza_role":
			applyNamed(w, in, snapshot.KindRole, &w.Roles, func(r *snapshot.Role) (id, name *string) { return &r.ID, &r.Name }, snapshot.Role{Rights: []string{}})
		case "kamiwaza_right":
			applyNamed(w, in, snapshot.KindRight, &w.Rights, func(r *snapshot.Right) (id, name *string) { return &r.ID, &r.Name }, snapshot.Right{})
		case "kamiwaza_workroom":
			applyNamed(w, in, snapshot.KindWorkroom, &w.Workrooms, func(r *snapshot.Workroom) (id, name *string) { return &r.ID, &r.Name },
				snapshot.Workroom{Owner: w.caller(), Members: []snapshot.WorkroomMember{}})
		case "kamiwaza_group_mapping":
			w.applyMapping(in)
		default:
			if !slices.Contains(assignmentTypes, in.Type) {
				w.noteOther(in)
			}
		}
	}
	for _, in := range p.instances {
		if !in.forgets() {
			p.assign(w, in)
		}
	}
	p.noteUnplanned(w)
}

func (w *world) emptyFor(generation connection.Generation) []string {
	if w.Generation == generation {
		return []string{}
	}
	return nil
}

// caller is the subject id of the user that Terraform logs in as, "" if that is not known.
func (w *world) caller() string {
	if user := w.user(w.Self); user != nil {
		return user.SubjectID
	}
	return ""
}

// applyNamed applies a change of an object that has little more than an id and a name.
func applyNamed[T any](w *world, in *instance, kind snapshot.Kind, objects *[]T, parts func(*T) (id, name *string), empty T) {
	is := func(wanted string) func(T) bool {
		return func(o T) bool { id, _ := parts(&o); return *id == wanted }
	}
	if in.deletes() {
		id := text(in.before["id"])
		w.gone[object{kind, id}] = true
		*objects = slices.DeleteFunc(*objects, is(id))
	}
	switch {
	case in.creates():
		id, name := parts(&empty)
		*id, *name = in.id, cmp.Or(text(in.after["name"]), in.Address)
		*objects = append(*objects, empty)
	case in.updates():
		if i := slices.IndexFunc(*objects, is(in.id)); i >= 0 {
			_, name := parts(&(*objects)[i])
			*name = cmp.Or(text(in.after["name"]), *name)
		}
	}
}

func (w *world) applyUser(in *instance) {
	if in.deletes() {
		id := text(in.before["id"])
		user := w.user(id)
		switch {
		case user == nil:
		case text(in.before["on_destroy"]) == onDestroyDeactivate:
			user.Active = false
		default:
			w.gone[object{snapshot.KindUser, id}], w.gone[object{snapshot.KindUser, user.SubjectID}] = true, true
		}
	}
	switch {
	case in.creates():
		w.createUser(in)
	case in.updates():
		if user := w.user(in.id); user != nil {
			w.change(user, in)
		}
	}
}

func (w *world) createUser(in *instance) {
	username := text(in.after["username"])
	if existing := w.userCalled(username); existing != nil && truth(in.after["adopt_existing"]) {
		in.id = existing.SubjectID // for what refers to it
		w.change(existing, in)
		return
	}
	user := snapshot.User{
		ID: in.id, SubjectID: in.id, Username: cmp.Or(username, in.Address), Email: text(in.after["email"]), Active: true,
		Groups: w.emptyFor(connection.RBAC), Roles: w.emptyFor(connection.Gateway),
	}
	if user.Roles != nil {
		user.Roles = []string{defaultRole}
	}
	w.Users = append(w.Users, user)
	w.indexUser(len(w.Users) - 1)
	w.change(&w.Users[len(w.Users)-1], in)
}

// change sets what the plan changes of a user; the rest stays as the platform has it.
func (w *world) change(user *snapshot.User, in *instance) {
	for _, argument := range []string{"username", "email", "is_active", "is_superuser", "roles"} {
		was, is := in.before[argument], in.after[argument]
		switch {
		case in.unknown[argument] == true && (argument != "roles" || in.configures(argument)):
			w.noteUnknown(in, argument, "its value is not known")
			continue
		case is == nil, in.updates() && sameValue(was, is):
			continue
		}
		switch argument {
		case "username":
			user.Username = cmp.Or(text(is), user.Username)
		case "email":
			user.Email = text(is)
		case "is_active":
			user.Active = truth(is)
		case "is_superuser":
			user.Superuser = truth(is) && w.Generation == connection.RBAC
		case "roles":
			user.Roles = w.roles(in, listOf(is))
		}
	}
}

func (w *world) roles(in *instance, values []any) []string {
	roles := []string{}
	for _, value := range values {
		switch role := text(value); {
		case gateway.IsImplied(role):
		case role != "":
			roles = append(roles, role)
		default:
			w.noteUnknown(in, "roles", "one of the roles is not known")
		}
	}
	return roles
}

// sameValue compares two values of a plan that are texts, truths, or sets of texts, which Terraform sorts.
func sameValue(a, b any) bool {
	la, isList := a.([]any)
	if !isList {
		_, isList = b.([]any)
		return !isList && a == b
	}
	return slices.EqualFunc(la, listOf(b), func(x, y any) bool { return text(x) == text(y) })
}

func (w *world) applyMapping(in *instance) {
	if in.deletes() {
		w.Mappings = slices.DeleteFunc(w.Mappings, func(m snapshot.Mapping) bool { return m.ID == text(in.before["id"]) })
	}
	if in.creates() {
		m := snapshot.Mapping{
			ID: in.id, Issuer: text(in.after["issuer"]), IDPGroupPath: text(in.after["idp_group_path"]), LocalGroupName: text(in.after["local_group_name"]),
		}
		for argument, value := range map[string]string{"issuer": m.Issuer, "idp_group_path": m.IDPGroupPath, "local_group_name": m.LocalGroupName} {
			if value == "" {
				w.noteUnknown(in, argument, "its value is not known")
				return
			}
		}
		w.Mappings = append(w.Mappings, m)
	}
}

// others are the types that are no part of a snapshot, and what names the object.
var others = map[string]string{
	"kamiwaza_subject":               "username",
	"kamiwaza_personal_access_token": "scope",
	"kamiwaza_identity_provider":     "alias",
	"kamiwaza_attribute":             "name",
	"kamiwaza_organization":          "name",
}

// noteOther notes a change of something that is no part of a snapshot.
func (w *world) noteOther(in *instance) {
	var actions []string
	for _, action := range in.Change.Actions {
		if action != "no-op" && action != "read" {
			actions = append(actions, string(action))
		}
	}
	if len(actions) == 0 {
		return
	}
	detail := ""
	if argument := others[in.Type]; argument != "" {
		if value := cmp.Or(text(in.after[argument]), text(in.before[argument])); value != "" {
			detail = argument + " " + value
		}
	}
	w.other = append(w.other, Other{in.Address, strings.Join(actions, ", "), detail})
}

func (w *world) noteUnknown(in *instance, argument, reason string) {
	w.unknown = append(w.unknown, Unknown{in.Address, argument, reason})
}

// actionsThatChangeAccess are the actions whose effect shows in a snapshot.
var actionsThatChangeAccess = []string{"kamiwaza_transfer_workroom_ownership", "kamiwaza_invite_users", "kamiwaza_lock_user"}

// noteUnplanned notes what the plan leaves to a later one, and the actions that it runs.
func (p *Plan) noteUnplanned(w *world) {
	for _, deferred := range p.deferred {
		if change := deferred.ResourceChange; change != nil && strings.HasPrefix(change.Type, typePrefix) {
			w.unknown = append(w.unknown, Unknown{change.Address, "", "Terraform plans it only after this apply"})
		}
	}
	for _, action := range p.actions {
		switch {
		case slices.Contains(actionsThatChangeAccess, action.Type):
			w.unknown = append(w.unknown, Unknown{action.Address, "", "what an action changes is not in the plan"})
		case strings.HasPrefix(action.Type, typePrefix):
			w.other = append(w.other, Other{action.Address, "invoke", ""})
		}
	}
}
