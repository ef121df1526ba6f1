package gateway

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
)

// attributes is the path of the collection, which has no slash.
const attributes = "/cluster/attribute-schema"

// The documented states of an attribute. Withdrawn ones are not listed.
const (
	AttributeDeclared   = "declared"
	AttributeDeprecated = "deprecated"
	AttributeWithdrawn  = "withdrawn"
)

// The documented types of attributes, and those who may set the values of one.
var (
	AttributeTypes       = []string{"string", "int", "bool", "string[]"}
	AttributeAuthorities = []string{DefaultAuthority, "self", "mesh_peer", "system"}
)

// What the API takes where a declaration leaves it out.
const (
	DefaultAuthority     = "local_admin"
	DefaultSchemaVersion = "1.0"
)

// Attribute is what subjects may have, once it is declared.
type Attribute struct {
	Name          string      `json:"name"`
	Type          string      `json:"type"` // one of AttributeTypes
	State         string      `json:"state"`
	Authority     string      `json:"authority"`
	Sensitive     bool        `json:"sensitive"`
	SchemaVersion string      `json:"schema_version"`
	DeclaredAt    client.Time `json:"declared_at"`
	DeprecatedAt  client.Time `json:"deprecated_at"`
	WithdrawnAt   client.Time `json:"withdrawn_at"`
	DeclaredBy    string      `json:"declared_by"`
}

// EntityID returns Name.
func (a Attribute) EntityID() string { return a.Name }

func (a Attribute) complete() bool { return a.Name != "" && a.State != "" }

// AttributeDeclare is how an attribute is declared. Type is needed; the server chooses what else is "".
type AttributeDeclare struct {
	Type          string `json:"type"`
	Sensitive     bool   `json:"sensitive"`
	Authority     string `json:"authority,omitempty"` // "local_admin", "self", "mesh_peer" or "system"
	SchemaVersion string `json:"schema_version,omitempty"`
}

// AttributeDeleted is what has become of an attribute.
type AttributeDeleted struct {
	State                string `json:"state"`
	SubjectsHoldingValue int64  `json:"subjects_holding_value"`
}

// Attributes is the part of the API about the attribute schema. Platforms before 1.0 do not offer it.
type Attributes struct{ client *client.Client }

// List returns the attributes that are declared or deprecated.
func (a Attributes) List(ctx context.Context) ([]Attribute, error) {
	r := client.Request{Method: http.MethodGet, Path: attributes, Query: url.Values{"include_deprecated": {"true"}}}
	answer, err := client.Do[struct {
		Attributes []Attribute `json:"attributes"`
	}](ctx, a.client, r)
	if err != nil {
		return nil, err
	}
	return checkRows(answer.Attributes, r, "attribute")
}

// Declare declares an attribute. That it is declared so already is no error; that it is declared in another way is
// client.ErrAttributeDeclared.
func (a Attributes) Declare(ctx context.Context, name string, body AttributeDeclare) (Attribute, error) {
	r := client.Request{Method: http.MethodPut, Path: attributes + "/" + client.Segment(name), JSON: body}
	attribute, err := client.Do[Attribute](ctx, a.client, r)
	switch {
	case err != nil:
		return Attribute{}, err
	case attribute.Name != name:
		return Attribute{}, client.BadAnswer(r, fmt.Sprintf("the answer is about the attribute %q", client.Shorten(attribute.Name)))
	case attribute.State == "":
		return Attribute{}, client.BadAnswer(r, "the answer has no state")
	}
	return attribute, nil
}

// Delete deprecates the attribute or, with force, withdraws it. Subjects that have a value are client.ErrConflict, unless it
// is forced.
func (a Attributes) Delete(ctx context.Context, name string, force bool) (AttributeDeleted, error) {
	r := client.Request{Method: http.MethodDelete, Path: attributes + "/" + client.Segment(name)}
	if force {
		r.Query = url.Values{"force": {"true"}}
	}
	deleted, err := client.Do[AttributeDeleted](ctx, a.client, r)
	if err == nil && deleted.State == "" {
		err = client.BadAnswer(r, "the answer has no state")
	}
	return deleted, err
}
