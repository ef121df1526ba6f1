package export

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"
	"golang.org/x/text/unicode/norm"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/gateway"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/connection"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/snapshot"
)

// normalized is a text as Terraform has it.
func normalized(text string) string { return norm.NFC.String(text) }

// quoted writes a text so that Terraform reads the same.
func quoted(text string) string {
	return string(hclwrite.TokensForValue(cty.StringVal(text)).Bytes())
}

// term is an element of a list, and a comment on it.
type term struct{ expression, comment string }

// list writes the elements in order, on one line if they are few.
func list(elements []term) string {
	elements = slices.Clone(elements)
	slices.SortFunc(elements, func(a, b term) int { return cmp.Compare(a.expression, b.expression) })
	expressions, long := make([]string, len(elements)), false
	for i, element := range elements {
		expressions[i] = element.expression
		long = long || element.comment != ""
	}
	const longest = 100
	if line := strings.Join(expressions, ", "); !long && len(line) <= longest {
		return "[" + line + "]"
	}
	var b strings.Builder
	b.WriteString("[\n")
	for _, element := range elements {
		b.WriteString(element.expression + ",")
		if element.comment != "" {
			b.WriteString(" # " + element.comment)
		}
		b.WriteString("\n")
	}
	return b.String() + "]"
}

func texts(values []string) string {
	elements := make([]term, len(values))
	for i, value := range values {
		elements[i].expression = quoted(value)
	}
	return list(elements)
}

// block is a resource that is being written.
type block struct{ strings.Builder }

func (b *block) set(name, expression string) { fmt.Fprintf(b, "%s = %s\n", name, expression) }

// text writes an optional text: null and "" differ after an import, so that none is written.
func (b *block) text(name, value string) {
	if value != "" {
		b.set(name, quoted(value))
	}
}

// document is a file that is being written.
type document struct{ strings.Builder }

// resource writes one.
func (d *document) resource(typeName, label string, write func(b *block)) {
	var b block
	write(&b)
	fmt.Fprintf(d, "resource %q %q {\n%s}\n\n", typeName, label, &b)
}

// formatted is the file in the form of "terraform fmt".
func formatted(content string) []byte {
	return hclwrite.Format([]byte(header + "\n" + strings.TrimRight(content, "\n") + "\n"))
}

// header begins each file, and tells the files that may be replaced.
const header = "# Written by kamiwaza-access export.\n"

// imported notes that the address is imported.
func (c *company) imported(typeName, address, id, name string) {
	c.items = append(c.items, Item{Address: address, Type: typeName, ID: id, Name: name})
}

// address is that of an object.
func (c *company) address(of key) string {
	if c.options.Style == YAML {
		return fmt.Sprintf("%s.this[%s]", typeOf(of.kind), quoted(c.keys[of]))
	}
	return typeOf(of.kind) + "." + c.labels[of]
}

// reference is an expression for an attribute of an object, if the configuration can refer to it.
func (c *company) reference(of key, attribute string) (string, bool) {
	id := of.id
	if of.kind == snapshot.KindUser {
		id = c.userID(id)
	}
	switch {
	case c.options.Managed[typeOf(of.kind)][id] != "":
		return c.options.Managed[typeOf(of.kind)][id] + "." + attribute, true
	case c.written[of]:
		return c.address(of) + "." + attribute, true
	}
	return "", false
}

// refer is a reference or else the id, with a comment that says what it is.
func (c *company) refer(of key, attribute string) term {
	if expression, ok := c.reference(of, attribute); ok {
		return term{expression: expression}
	}
	comment := noun(of.kind) + " that does not exist or may not be read"
	if name, known := c.names[of]; known {
		comment = fmt.Sprintf("%s %s, not exported", noun(of.kind), strconv.Quote(name))
	}
	return term{quoted(of.id), comment}
}

// member is a user as groups know it: by the subject id or, on some servers, by the id.
func (c *company) member(id string) (user key, attribute string) {
	if subject, ok := c.ownIDs[id]; ok && c.names[key{snapshot.KindUser, id}] == "" {
		return key{snapshot.KindUser, subject}, "id"
	}
	if c.Generation == connection.Gateway {
		return key{snapshot.KindUser, id}, "subject_id"
	}
	return key{snapshot.KindUser, id}, "id"
}

// writeBlocks writes one block for each object and set.
func (c *company) writeBlocks(files Files) {
	for _, part := range []struct {
		file  string
		write func(*document)
	}{
		{"organizations.tf", c.organizationBlocks},
		{"rights.tf", c.rightBlocks},
		{"roles.tf", c.roleBlocks},
		{"groups.tf", c.groupBlocks},
		{"users.tf", c.userBlocks},
		{"group_mappings.tf", c.mappingBlocks},
		{"identity_providers.tf", c.identityProviderBlocks},
		{"workrooms.tf", c.workroomBlocks},
		{"relationship_tuples.tf", c.tupleBlocks},
		{"attributes.tf", c.attributeBlocks},
	} {
		var d document
		part.write(&d)
		if d.Len() > 0 {
			files[part.file] = formatted(d.String())
		}
	}
	c.writeFrame(files)
}

// writeFrame writes what all styles have.
func (c *company) writeFrame(files Files) {
	files["versions.tf"] = formatted(versions(c.options.Version))
	var d document
	for _, item := range c.items {
		fmt.Fprintf(&d, "import {\nto = %s\nid = %s\n}\n", item.Address, quoted(item.ID))
	}
	files["imports.tf"] = formatted("# Delete this file after the apply.\n\n" + d.String())
}

func versions(version string) string {
	constraint := ""
	if isRelease(version) {
		constraint = fmt.Sprintf("version = %q\n", ">= "+version)
	}
	return `terraform {
required_version = ">= 1.5"

required_providers {
kamiwaza = {
source = "kamiwaza-ai/kamiwaza"
` + constraint + `}
}
}

# KAMIWAZA_BASE_URL, KAMIWAZA_USERNAME and KAMIWAZA_PASSWORD configure the connection.
provider "kamiwaza" {}
`
}

func isRelease(version string) bool {
	parts := strings.Split(version, ".")
	return len(parts) == 3 && !slices.ContainsFunc(parts, func(part string) bool {
		_, err := strconv.ParseUint(part, 10, 32)
		return err != nil
	})
}

// object writes the block of an object and its import.
func (c *company) object(d *document, of key, importID string, write func(*block)) {
	d.resource(typeOf(of.kind), c.labels[of], write)
	c.imported(typeOf(of.kind), c.address(of), importID, c.names[of])
}

// assigned is a set of assignments of one object.
type assigned struct {
	owner key
	// set and edge are the types, and elements the kind of the other end.
	set, edge string
	elements  []key
	// of and to are the attributes of the two ends in the single assignment, and all that of the set.
	of, to, all string
	// attribute is the one of an element that the configuration refers to, and ids are those of the elements as the API has them.
	attribute func(key) string
	ids       []string
}

// assignments writes what one object has, as a set or as single assignments.
func (c *company) assignments(d *document, a assigned) {
	switch c.options.Assignments {
	case Sets:
		if c.options.Managed.has(a.set, a.owner.id) {
			return
		}
		terms := make([]term, len(a.elements))
		for i, element := range a.elements {
			terms[i] = c.refer(element, a.attribute(element))
			if _, ok := c.reference(element, a.attribute(element)); !ok {
				terms[i].expression = quoted(a.ids[i])
			}
		}
		d.resource(a.set, c.labels[a.owner], func(b *block) {
			owner, _ := c.reference(a.owner, "id")
			b.set(a.of, owner)
			b.set(a.all, list(terms))
		})
		c.imported(a.set, a.set+"."+c.labels[a.owner], a.owner.id, c.names[a.owner])
	case Edges:
		edges := map[string]string{}
		for i, element := range a.elements {
			id := a.owner.id + "/" + a.ids[i]
			name, isKnown := c.keys[element]
			expression, ok := c.reference(element, a.attribute(element))
			if !isKnown { // as users of an identity provider are, whom no list has
				name, expression, ok = a.ids[i], quoted(a.ids[i]), true
			}
			if ok && !c.options.Managed.has(a.edge, id) {
				edges[name] = expression
				c.imported(a.edge, fmt.Sprintf("%s.%s[%s]", a.edge, c.labels[a.owner], quoted(name)), id, name+" in "+c.names[a.owner])
			}
		}
		if len(edges) == 0 {
			return
		}
		d.resource(a.edge, c.labels[a.owner], func(b *block) {
			owner, _ := c.reference(a.owner, "id")
			b.set("for_each", object(edges)+"\n")
			b.set(a.of, owner)
			b.set(a.to, "each.value")
		})
	case None:
	}
}

// object writes a map of expressions, one on a line.
func object(entries map[string]string) string {
	var b strings.Builder
	b.WriteString("{\n")
	for _, name := range slices.Sorted(maps.Keys(entries)) {
		fmt.Fprintf(&b, "%s = %s\n", quoted(name), entries[name])
	}
	return b.String() + "}"
}

func keysOf(kind snapshot.Kind, ids []string) []key {
	keys := make([]key, len(ids))
	for i, id := range ids {
		keys[i] = key{kind, id}
	}
	return keys
}

func byID(key) string { return "id" }

func (c *company) organizationBlocks(d *document) {
	for _, o := range c.Organizations {
		c.object(d, key{snapshot.KindOrganization, o.ID}, o.ID, func(b *block) {
			b.text("name", o.Name)
			b.text("description", o.Description)
			if o.IDP != nil {
				var idp block
				idp.text("provider", o.IDP.Provider)
				idp.text("domain", o.IDP.Domain)
				idp.text("client_id", o.IDP.ClientID)
				idp.text("metadata_url", o.IDP.MetadataURL)
				b.set("\nidp_config", "{\n"+idp.String()+"}")
			}
		})
	}
}

func (c *company) rightBlocks(d *document) {
	for _, right := range c.Rights {
		c.object(d, key{snapshot.KindRight, right.ID}, right.ID, func(b *block) {
			b.text("name", right.Name)
			b.text("description", right.Description)
		})
	}
}

func (c *company) roleBlocks(d *document) {
	for _, role := range c.Roles {
		of := key{snapshot.KindRole, role.ID}
		c.object(d, of, role.ID, func(b *block) {
			b.text("name", role.Name)
			b.text("description", role.Description)
		})
		c.assignments(d, assigned{
			owner: of, set: "kamiwaza_role_rights", edge: "kamiwaza_role_right", of: "role_id", to: "right_id", all: "right_ids",
			elements: keysOf(snapshot.KindRight, role.Rights), ids: role.Rights, attribute: byID,
		})
	}
}

func (c *company) groupBlocks(d *document) {
	for _, group := range c.Groups {
		of := key{snapshot.KindGroup, group.ID}
		c.object(d, of, group.ID, func(b *block) {
			b.text("name", group.Name)
			b.text("description", group.Description)
		})
		if c.Generation == connection.RBAC {
			c.assignments(d, assigned{
				owner: of, set: "kamiwaza_group_roles", edge: "kamiwaza_group_role", of: "group_id", to: "role_id", all: "role_ids",
				elements: keysOf(snapshot.KindRole, group.Roles), ids: group.Roles, attribute: byID,
			})
			if c.options.Assignments == Edges {
				c.members(d, of, c.membersByUsers(group.ID))
			}
		} else if group.Members != nil {
			c.members(d, of, group.Members)
		}
	}
}

// membersByUsers are the members of a group as the users have it.
func (c *company) membersByUsers(groupID string) []string {
	var members []string
	for _, user := range c.Users {
		if slices.Contains(user.Groups, groupID) {
			members = append(members, user.ID)
		}
	}
	return members
}

// members writes the members of a group.
func (c *company) members(d *document, group key, ids []string) {
	elements, attributes := make([]key, len(ids)), map[key]string{}
	for i, id := range ids {
		var attribute string
		elements[i], attribute = c.member(id)
		attributes[elements[i]] = attribute
	}
	c.assignments(d, assigned{
		owner: group, set: "kamiwaza_group_members", edge: "kamiwaza_group_member", of: "group_id", to: "user_id", all: "user_ids",
		elements: elements, ids: ids, attribute: func(user key) string { return attributes[user] },
	})
}

func (c *company) userBlocks(d *document) {
	for _, user := range c.Users {
		of := key{snapshot.KindUser, user.SubjectID}
		c.object(d, of, user.ID, func(b *block) {
			b.text("username", user.Username)
			b.text("email", user.Email)
			b.text("full_name", user.FullName)
			if user.OrganizationID != "" {
				organization := c.refer(key{snapshot.KindOrganization, user.OrganizationID}, "id")
				if organization.comment != "" {
					organization.expression += " # " + organization.comment
				}
				b.set("organization_id", organization.expression)
			}
			if user.Superuser {
				b.set("is_superuser", "true")
			}
			if !user.Active {
				b.set("is_active", "false")
			}
			b.text("external_id", user.ExternalID)
			if user.Roles != nil {
				b.set("roles", texts(user.Roles))
			}
		})
		if c.Generation == connection.RBAC && c.options.Assignments == Sets {
			c.assignments(d, assigned{
				owner: of, set: "kamiwaza_user_groups", of: "user_id", all: "group_ids",
				elements: keysOf(snapshot.KindGroup, user.Groups), ids: user.Groups, attribute: byID,
			})
		}
	}
}

func (c *company) mappingBlocks(d *document) {
	for _, m := range c.Mappings {
		c.object(d, key{snapshot.KindMapping, m.ID}, m.ID, func(b *block) {
			b.text("issuer", m.Issuer)
			b.text("idp_group_path", m.IDPGroupPath)
			b.set("local_group_name", c.groupName(m.LocalGroupName))
		})
	}
}

// groupName refers to the group with the name, if there is exactly one.
func (c *company) groupName(name string) string {
	if group, ok := c.groupNamed(name); ok {
		if expression, ok := c.reference(group, "name"); ok {
			return expression
		}
	}
	return quoted(name)
}

// groupNamed is the group with the name, if there is exactly one.
func (c *company) groupNamed(name string) (found key, ok bool) {
	for of, other := range c.names {
		if of.kind != snapshot.KindGroup || other != name {
			continue
		}
		if ok {
			return key{}, false
		}
		found, ok = of, true
	}
	return found, ok
}

func (c *company) identityProviderBlocks(d *document) {
	for _, p := range c.IdentityProviders {
		c.object(d, key{snapshot.KindIdentityProvider, p.Alias}, p.Alias, func(b *block) {
			b.text("alias", p.Alias)
			b.set("kind", quoted(p.Kind))
			if !p.Enabled {
				b.set("enabled", "false")
			}
		})
	}
}

func (c *company) tupleBlocks(d *document) {
	for _, t := range c.Tuples {
		id := tupleID(t)
		c.object(d, key{snapshot.KindTuple, id}, id, func(b *block) {
			b.set("subject", c.entity(t.SubjectNamespace, t.SubjectID))
			b.set("relation", quoted(t.Relation))
			b.set("object", c.entity(t.ObjectNamespace, t.ObjectID))
			if t.Tenant != gateway.DefaultTenant {
				b.text("tenant", t.Tenant)
			}
		})
	}
}

// entity is a subject or an object of a tuple.
func (c *company) entity(namespace, id string) string {
	return fmt.Sprintf("{ namespace = %s, id = %s }", quoted(namespace), c.entityID(namespace, id))
}

func (c *company) entityID(namespace, id string) string {
	of, attribute := key{snapshot.Kind(namespace), id}, "id"
	switch of.kind {
	case snapshot.KindUser:
		of, attribute = c.member(id)
	case snapshot.KindGroup, snapshot.KindWorkroom:
	default:
		return quoted(id)
	}
	if expression, ok := c.reference(of, attribute); ok {
		return expression
	}
	return quoted(id)
}

func (c *company) workroomBlocks(d *document) {
	for _, w := range c.Workrooms {
		of := key{snapshot.KindWorkroom, w.ID}
		c.object(d, of, w.ID, func(b *block) {
			b.text("name", w.Name)
			b.text("description", w.Description)
			if len(w.Labels) > 0 {
				b.set("labels", texts(w.Labels))
			}
			if w.Attributes != "" {
				b.set("attributes", "jsonencode("+jsonValue(w.Attributes)+")")
			}
			b.text("classification", w.Classification)
			if len(w.SCGReferences) > 0 {
				b.set("scg_references", texts(w.SCGReferences))
			}
			if w.Archived {
				b.set("archived", "true")
			}
		})
		switch members, tells := c.roomMembers(w); {
		case !tells:
		case c.options.Assignments == Sets:
			c.workroomSet(d, of, members)
		default:
			c.workroomEdges(d, of, members)
		}
	}
}

// jsonValue writes a JSON document as an expression.
func jsonValue(document string) string {
	data := []byte(document)
	if implied, err := ctyjson.ImpliedType(data); err == nil {
		if value, err := ctyjson.Unmarshal(data, implied); err == nil {
			return string(hclwrite.TokensForValue(value).Bytes())
		}
	}
	return "jsondecode(" + quoted(document) + ")"
}

// roomMembers are the members whom Terraform manages, if the configuration is to have them: all but the owner of the workroom.
// The resources know them by their e-mail addresses.
func (c *company) roomMembers(w snapshot.Workroom) (members []snapshot.WorkroomMember, tells bool) {
	if w.Members == nil || c.options.Assignments == None {
		return nil, false
	}
	seen, problem := map[string]bool{}, ""
	for _, m := range w.Members {
		address := strings.ToLower(m.Email)
		switch {
		case m.Owner:
			continue
		case problemOfMember(m) != "":
			problem = problemOfMember(m)
		case seen[address]:
			problem = fmt.Sprintf("two of them have the e-mail address %q", m.Email)
		}
		seen[address] = true
		members = append(members, m)
	}
	if problem != "" {
		c.report.Problems = append(c.report.Problems, fmt.Sprintf("the members of the workroom %q (%s) are left out: %s", w.Name, w.ID, problem))
	}
	return members, problem == ""
}

// membersOfSet leaves out further owners, whom a set does not manage unless it has added them.
func membersOfSet(members []snapshot.WorkroomMember) []snapshot.WorkroomMember {
	return slices.DeleteFunc(slices.Clone(members), func(m snapshot.WorkroomMember) bool { return m.Role == gateway.WorkroomOwner })
}

func problemOfMember(m snapshot.WorkroomMember) string {
	switch {
	case !client.IsEmail(m.Email):
		return fmt.Sprintf("the member %s has no e-mail address that the provider accepts", m.SubjectID)
	case !slices.Contains(gateway.WorkroomRoles, m.Role):
		return fmt.Sprintf("the provider does not know the role %q", m.Role)
	}
	return ""
}

// emailOf refers to the address of a member, if the user has exactly this one.
func (c *company) emailOf(m snapshot.WorkroomMember) (string, bool) {
	for _, user := range c.Users {
		if user.SubjectID == m.SubjectID && user.Email == m.Email {
			return c.reference(key{snapshot.KindUser, m.SubjectID}, "email")
		}
	}
	return "", false
}

const workroomMembersType = "kamiwaza_workroom_members"

// workroomSet writes all members of a workroom.
func (c *company) workroomSet(d *document, room key, members []snapshot.WorkroomMember) {
	if c.options.Managed.has(workroomMembersType, room.id) {
		return
	}
	var b strings.Builder
	for _, m := range membersOfSet(members) {
		address := quoted(m.Email)
		if expression, ok := c.emailOf(m); ok {
			address = "(" + expression + ")"
		}
		fmt.Fprintf(&b, "%s = %s\n", address, quoted(m.Role))
	}
	entries := "{}"
	if b.Len() > 0 {
		entries = "{\n" + b.String() + "}"
	}
	d.resource(workroomMembersType, c.labels[room], func(b *block) {
		id, _ := c.reference(room, "id")
		b.set("workroom_id", id)
		b.set("members", entries)
	})
	c.imported(workroomMembersType, workroomMembersType+"."+c.labels[room], room.id, c.names[room])
}

// workroomEdges writes one block with the role of each member, and another one for what else a member has.
func (c *company) workroomEdges(d *document, room key, members []snapshot.WorkroomMember) {
	const typeName = "kamiwaza_workroom_member"
	entries := map[string]string{}
	for _, m := range members {
		id := room.id + "/" + m.SubjectID
		if c.options.Managed.has(typeName, id) {
			continue
		}
		var b block
		email := quoted(m.Email)
		if expression, ok := c.emailOf(m); ok {
			email = expression
		}
		b.set("email", email)
		b.set("role", quoted(m.Role))
		b.text("surface_id", m.SurfaceID)
		if len(m.LandingTarget) > 0 {
			target := map[string]string{}
			for name, value := range m.LandingTarget {
				target[name] = quoted(value)
			}
			b.set("landing_target", object(target))
		}
		entries[normalized(m.Email)] = "{\n" + b.String() + "}"
		c.imported(typeName, fmt.Sprintf("%s.%s[%s]", typeName, c.labels[room], quoted(m.Email)), id, m.Email+" in "+c.names[room])
	}
	if len(entries) == 0 {
		return
	}
	d.resource(typeName, c.labels[room], func(b *block) {
		id, _ := c.reference(room, "id")
		b.set("for_each", object(entries)+"\n")
		b.set("workroom_id", id)
		b.set("email", "each.value.email")
		b.set("role", "each.value.role")
		if slices.ContainsFunc(members, func(m snapshot.WorkroomMember) bool { return m.SurfaceID != "" }) {
			b.set("surface_id", "try(each.value.surface_id, null)")
		}
		if slices.ContainsFunc(members, func(m snapshot.WorkroomMember) bool { return len(m.LandingTarget) > 0 }) {
			b.set("landing_target", "try(each.value.landing_target, null)")
		}
	})
}

func (c *company) attributeBlocks(d *document) {
	for _, a := range c.Attributes {
		c.object(d, key{snapshot.KindAttribute, a.Name}, a.Name, func(b *block) {
			b.text("name", a.Name)
			b.set("type", quoted(a.Type))
			if a.Sensitive {
				b.set("sensitive", "true")
			}
			if a.Authority != gateway.DefaultAuthority {
				b.set("authority", quoted(a.Authority))
			}
			if a.SchemaVersion != gateway.DefaultSchemaVersion {
				b.set("schema_version", quoted(a.SchemaVersion))
			}
		})
	}
}
