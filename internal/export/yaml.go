package export

import (
	"cmp"
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/gateway"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/connection"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/snapshot"
)

// The modules that read access.yaml, and what they have in addition if the file tells assignments.
var (
	//go:embed module/rbac.tf
	rbacModule string
	//go:embed module/rbac_sets.tf
	rbacSets string
	//go:embed module/gateway.tf
	gatewayModule string
	//go:embed module/gateway_sets.tf
	gatewaySets string
)

// mergeKey is what Terraform takes for a merge of mappings, quoted or not.
const mergeKey = "<<"

// scalar writes a text in YAML: as it is where that is surely a text, and else as in JSON, which YAML takes.
func scalar(text string) string {
	if isPlain(text) {
		return text
	}
	return jsonText(text)
}

// notTexts are words that a reader of YAML may take for something else.
var notTexts = []string{"null", "true", "false", "yes", "no", "on", "off", "y", "n"}

func isPlain(text string) bool {
	for i, r := range text {
		isInside := i > 0 && i < len(text)-1 && (r == ' ' || r == '-' || r == '.' || r == '/' || r == '_' || r == '@')
		if !unicode.IsLetter(r) && (i == 0 || !unicode.IsDigit(r)) && !isInside {
			return false
		}
	}
	return text != "" && !slices.Contains(notTexts, strings.ToLower(text))
}

// jsonText writes a text as JSON, with those characters escaped that YAML does not allow.
func jsonText(text string) string {
	return `"` + escaped(strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text)) + `"`
}

// escaped escapes them in a JSON document, where they can only be inside texts.
func escaped(document string) string {
	var b strings.Builder
	for _, r := range document {
		if isRaw := r >= ' ' && (r >= 0x10000 || unicode.IsMark(r) || unicode.IsPrint(r)); isRaw {
			b.WriteRune(r)
			continue
		}
		fmt.Fprintf(&b, `\u%04x`, r)
	}
	return b.String()
}

// mapping is a YAML mapping that is being written.
type mapping struct {
	strings.Builder
	indent string
}

// text writes an optional text.
func (m *mapping) text(name, value string) {
	if value != "" {
		m.raw(name, scalar(value))
	}
}

func (m *mapping) raw(name, value string) {
	fmt.Fprintf(m, "%s%s: %s\n", m.indent, name, value)
}

func (m *mapping) list(name string, values []string) {
	m.raw(name, flow(values, scalar))
}

// flow is a list on one line. Inside one, only JSON is sure to be taken for a text.
func flow(values []string, write func(string) string) string {
	written := make([]string, len(values))
	for i, value := range values {
		written[i] = write(value)
	}
	return "[" + strings.Join(written, ", ") + "]"
}

// inside writes a mapping in this one, {} if it is empty.
func (m *mapping) inside(name string, write func(*mapping)) {
	inner := mapping{indent: m.indent + "  "}
	write(&inner)
	if inner.Len() == 0 {
		m.raw(name, "{}")
		return
	}
	fmt.Fprintf(m, "%s%s:\n%s", m.indent, name, &inner)
}

// entry writes an object under its key, and its name under another name if that is not the key.
func (c *company) entry(m *mapping, of key, importID, nameAttribute string, write func(*mapping)) {
	m.inside(scalar(c.keys[of]), func(m *mapping) {
		if c.keys[of] != normalized(c.names[of]) {
			m.text(nameAttribute, c.names[of])
		}
		write(m)
	})
	c.imported(typeOf(of.kind), c.address(of), importID, c.names[of])
}

// references writes the keys of the objects that are written, and the ids of all others.
func (c *company) references(m *mapping, name string, elements []key, ids []string) {
	var keys, others []string
	for i, element := range elements {
		if c.written[element] {
			keys = append(keys, c.keys[element])
		} else {
			others = append(others, ids[i])
		}
	}
	slices.Sort(keys)
	slices.Sort(others)
	m.list(name, keys)
	if len(others) == 0 {
		return
	}
	m.inside("other_"+name, func(m *mapping) {
		for _, other := range others {
			comment := ""
			if i := slices.Index(ids, other); i >= 0 {
				comment = c.refer(elements[i], "id").comment
			}
			fmt.Fprintf(m, "%s- %s", m.indent, jsonText(other))
			if comment != "" {
				fmt.Fprintf(m, " # %s", comment)
			}
			m.WriteString("\n")
		}
	})
}

// set notes that the set of an owner is imported.
func (c *company) set(typeName string, owner key) {
	if c.options.Managed.has(typeName, owner.id) {
		c.conflict = cmp.Or(c.conflict, fmt.Errorf("the %s of the %s %q is managed by Terraform, but the %[2]s itself is not, which -style=yaml cannot express; use -style=blocks",
			typeName, noun(owner.kind), c.names[owner]))
	}
	c.imported(typeName, fmt.Sprintf("%s.this[%s]", typeName, quoted(c.keys[owner])), owner.id, c.names[owner])
}

// writeYAML writes one file of data, and the module that reads it.
func (c *company) writeYAML(files Files) {
	var m mapping
	module, sets := rbacModule, rbacSets
	if c.Generation == connection.Gateway {
		module, sets = gatewayModule, gatewaySets
		c.gatewayYAML(&m)
	} else {
		c.rbacYAML(&m)
	}
	if c.options.Assignments == Sets {
		module += "\n" + sets
	}
	files["main.tf"] = formatted(module)
	files["access.yaml"] = []byte(header + "# A change here is a change of access.\n" + m.String())
	c.writeFrame(files)
}

// section writes all objects of a kind.
func section[T any](m *mapping, name string, objects []T, write func(*mapping, T)) {
	m.WriteString("\n")
	m.inside(name, func(m *mapping) {
		for _, object := range objects {
			write(m, object)
		}
	})
}

func (c *company) rbacYAML(m *mapping) {
	sets := c.options.Assignments == Sets
	section(m, "organizations", c.Organizations, func(m *mapping, o snapshot.Organization) {
		c.entry(m, key{snapshot.KindOrganization, o.ID}, o.ID, "name", func(m *mapping) {
			m.text("description", o.Description)
			if o.IDP != nil {
				m.inside("idp", func(m *mapping) {
					m.text("provider", o.IDP.Provider)
					m.text("domain", o.IDP.Domain)
					m.text("client_id", o.IDP.ClientID)
					m.text("metadata_url", o.IDP.MetadataURL)
				})
			}
		})
	})
	section(m, "rights", c.Rights, func(m *mapping, right snapshot.Right) {
		c.entry(m, key{snapshot.KindRight, right.ID}, right.ID, "name", func(m *mapping) { m.text("description", right.Description) })
	})
	section(m, "roles", c.Roles, func(m *mapping, role snapshot.Role) {
		of := key{snapshot.KindRole, role.ID}
		c.entry(m, of, role.ID, "name", func(m *mapping) {
			m.text("description", role.Description)
			if sets {
				c.references(m, "rights", keysOf(snapshot.KindRight, role.Rights), role.Rights)
			}
		})
		if sets {
			c.set("kamiwaza_role_rights", of)
		}
	})
	section(m, "groups", c.Groups, func(m *mapping, group snapshot.Group) {
		of := key{snapshot.KindGroup, group.ID}
		c.entry(m, of, group.ID, "name", func(m *mapping) {
			m.text("description", group.Description)
			if sets {
				c.references(m, "roles", keysOf(snapshot.KindRole, group.Roles), group.Roles)
			}
		})
		if sets {
			c.set("kamiwaza_group_roles", of)
		}
	})
	section(m, "people", c.Users, func(m *mapping, user snapshot.User) {
		of := key{snapshot.KindUser, user.SubjectID}
		c.entry(m, of, user.ID, "username", func(m *mapping) {
			m.text("email", user.Email)
			m.text("name", user.FullName)
			switch organization := (key{snapshot.KindOrganization, user.OrganizationID}); {
			case c.written[organization]:
				m.raw("organization", scalar(c.keys[organization]))
			case user.OrganizationID != "":
				m.raw("organization_id", jsonText(user.OrganizationID)+" # "+c.refer(organization, "id").comment)
			}
			if user.Superuser {
				m.raw("superuser", "true")
			}
			if !user.Active {
				m.raw("active", "false")
			}
			m.text("external_id", user.ExternalID)
			if sets {
				c.references(m, "groups", keysOf(snapshot.KindGroup, user.Groups), user.Groups)
			}
		})
		if sets {
			c.set("kamiwaza_user_groups", of)
		}
	})
}

func (c *company) gatewayYAML(m *mapping) {
	sets := c.options.Assignments == Sets
	section(m, "people", c.Users, func(m *mapping, user snapshot.User) {
		c.entry(m, key{snapshot.KindUser, user.SubjectID}, user.ID, "username", func(m *mapping) {
			m.text("email", user.Email)
			if !user.Active {
				m.raw("active", "false")
			}
			m.list("roles", user.Roles)
		})
	})
	section(m, "groups", c.Groups, func(m *mapping, group snapshot.Group) {
		of := key{snapshot.KindGroup, group.ID}
		tells := sets && group.Members != nil
		c.entry(m, of, group.ID, "name", func(m *mapping) {
			m.text("description", group.Description)
			if tells {
				// The module knows users by their subject ids alone.
				c.references(m, "members", keysOf(snapshot.KindUser, group.Members), group.Members)
			}
		})
		if tells {
			c.set("kamiwaza_group_members", of)
		}
	})
	section(m, "group_mappings", c.Mappings, func(m *mapping, mapped snapshot.Mapping) {
		c.entry(m, key{snapshot.KindMapping, mapped.ID}, mapped.ID, "path", func(m *mapping) {
			m.text("issuer", mapped.Issuer)
			if group, ok := c.groupNamed(mapped.LocalGroupName); ok && c.written[group] {
				m.raw("group", scalar(c.keys[group]))
			} else {
				m.text("group_name", mapped.LocalGroupName)
			}
		})
	})
	section(m, "identity_providers", c.IdentityProviders, func(m *mapping, p snapshot.IdentityProvider) {
		c.entry(m, key{snapshot.KindIdentityProvider, p.Alias}, p.Alias, "alias", func(m *mapping) {
			m.raw("kind", p.Kind)
			if !p.Enabled {
				m.raw("enabled", "false")
			}
		})
	})
	section(m, "workrooms", c.Workrooms, c.workroomEntry)
	section(m, "relationship_tuples", c.Tuples, func(m *mapping, t snapshot.Tuple) {
		id := tupleID(t)
		c.entry(m, key{snapshot.KindTuple, id}, id, "", func(m *mapping) {
			c.entityEntry(m, "subject", t.SubjectNamespace, t.SubjectID, snapshot.KindUser, snapshot.KindGroup)
			m.text("relation", t.Relation)
			c.entityEntry(m, "object", t.ObjectNamespace, t.ObjectID, snapshot.KindWorkroom, snapshot.KindGroup)
			if t.Tenant != gateway.DefaultTenant {
				m.text("tenant", t.Tenant)
			}
		})
	})
	section(m, "attributes", c.Attributes, func(m *mapping, a snapshot.Attribute) {
		c.entry(m, key{snapshot.KindAttribute, a.Name}, a.Name, "name", func(m *mapping) {
			m.text("type", a.Type)
			if a.Sensitive {
				m.raw("sensitive", "true")
			}
			if a.Authority != gateway.DefaultAuthority {
				m.text("authority", a.Authority)
			}
			if a.SchemaVersion != gateway.DefaultSchemaVersion {
				m.raw("schema_version", jsonText(a.SchemaVersion))
			}
		})
	})
}

func (c *company) workroomEntry(m *mapping, w snapshot.Workroom) {
	of := key{snapshot.KindWorkroom, w.ID}
	members, tells := c.roomMembers(w)
	c.entry(m, of, w.ID, "name", func(m *mapping) {
		m.text("description", w.Description)
		if len(w.Labels) > 0 {
			m.list("labels", w.Labels)
		}
		switch {
		case strings.Contains(w.Attributes, `"`+mergeKey+`"`):
			c.report.Problems = append(c.report.Problems, fmt.Sprintf("the attributes of the workroom %q (%s) are left out and stay as they are: YAML cannot express the key %s",
				w.Name, w.ID, mergeKey))
		case w.Attributes != "":
			m.raw("attributes", escaped(w.Attributes))
		}
		m.text("classification", w.Classification)
		if len(w.SCGReferences) > 0 {
			m.list("scg_references", w.SCGReferences)
		}
		if w.Archived {
			m.raw("archived", "true")
		}
		if tells {
			m.inside("members", func(m *mapping) {
				for _, member := range membersOfSet(members) {
					m.raw(scalar(member.Email), member.Role)
				}
			})
		}
	})
	if tells {
		c.set(workroomMembersType, of)
	}
}

// entityEntry writes a subject or an object of a tuple: by its key if it is of one of the kinds and written.
func (c *company) entityEntry(m *mapping, name, namespace, id string, kinds ...snapshot.Kind) {
	of := key{snapshot.Kind(namespace), id}
	if slices.Contains(kinds, of.kind) && c.written[of] {
		m.raw(name, fmt.Sprintf("{ %s: %s }", namespace, jsonText(c.keys[of])))
		return
	}
	m.raw(name, fmt.Sprintf("{ namespace: %s, id: %s }", jsonText(namespace), jsonText(id)))
}
