package run

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/connection"
)

// Generation is one of the two APIs that platforms have.
type Generation = connection.Generation

// The two generations.
const (
	RBAC    = connection.RBAC
	Gateway = connection.Gateway
)

// only is an attribute that one generation has alone, and what the other has instead, if anything.
type only struct {
	generation Generation
	instead    string
}

// generations are those of the types that one has alone, and attributes the attributes of types that both have. The documentation
// and the errors follow from them. A list has the generation of what it lists.
var (
	generations = map[string]Generation{
		"kamiwaza_organization": RBAC, "kamiwaza_role": RBAC, "kamiwaza_right": RBAC,
		"kamiwaza_group_role": RBAC, "kamiwaza_role_right": RBAC,
		"kamiwaza_user_groups": RBAC, "kamiwaza_group_roles": RBAC, "kamiwaza_role_rights": RBAC,

		"data.kamiwaza_organization": RBAC, "data.kamiwaza_role": RBAC, "data.kamiwaza_right": RBAC,
		"data.kamiwaza_right_holders": RBAC, "data.kamiwaza_current_permissions": RBAC,

		"kamiwaza_personal_access_token": Gateway, "ephemeral.kamiwaza_personal_access_token": Gateway,
		"action.kamiwaza_reset_password": Gateway, "action.kamiwaza_purge_sessions": Gateway, "action.kamiwaza_lock_user": Gateway,
		"kamiwaza_workroom": Gateway, "kamiwaza_workroom_member": Gateway, "kamiwaza_workroom_members": Gateway,
		"data.kamiwaza_workroom": Gateway, "data.kamiwaza_workrooms": Gateway, "data.kamiwaza_workroom_members": Gateway,
		"action.kamiwaza_transfer_workroom_ownership": Gateway,
		"kamiwaza_relationship_tuple":                 Gateway, "kamiwaza_resource_grant": Gateway, "kamiwaza_resource_grants": Gateway,
		"kamiwaza_identity_provider": Gateway, "kamiwaza_group_mapping": Gateway, "kamiwaza_subject": Gateway, "kamiwaza_attribute": Gateway,
		"data.kamiwaza_identity_providers": Gateway, "data.kamiwaza_group_mappings": Gateway, "data.kamiwaza_subject": Gateway, "data.kamiwaza_attributes": Gateway,
		"action.kamiwaza_invite_users":      Gateway,
		"data.kamiwaza_relationship_tuples": Gateway, "data.kamiwaza_resource_access": Gateway, "data.kamiwaza_accessible_resources": Gateway,
		"data.kamiwaza_access_check": Gateway,
		"data.kamiwaza_groups":       Gateway, "data.kamiwaza_personal_access_tokens": Gateway, "data.kamiwaza_pat_config": Gateway,
	}
	attributes = map[string]map[string]only{
		"kamiwaza_user": {
			"full_name":       {RBAC, "The gateway API takes the name from the identity provider."},
			"organization_id": {RBAC, "The gateway API has no organizations."},
			"is_superuser":    {RBAC, `Use roles = ["admin"].`},
			"external_id":     {RBAC, "The gateway API sets it itself."},
			"roles":           {Gateway, "Use kamiwaza_group_member and is_superuser."},
		},
		"kamiwaza_group": {
			"force_detach": {RBAC, "Use cascade."},
			"cascade":      {Gateway, "Use force_detach."},
		},
		"list.kamiwaza_user": {
			"organization_id": {RBAC, "The gateway API has no organizations."},
			"inactive_since":  {RBAC, "The gateway API does not tell when users logged in."},
			"role":            {Gateway, "Use group_id or is_superuser."},
		},
		"list.kamiwaza_group": {
			"ids": {RBAC, "The gateway API lists all groups."},
		},
		"data.kamiwaza_users": {
			"organization_id": {RBAC, "The gateway API has no organizations."},
			"inactive_since":  {RBAC, "The gateway API does not tell when users logged in."},
			"role":            {Gateway, "Use group_id or is_superuser."},
		},
	}
)

// Annotate adds to the descriptions of a type's attributes which generation they need.
func Annotate(typeName string, described map[string]schema.Attribute) map[string]schema.Attribute {
	for name, only := range attributes[typeName] {
		note := fmt.Sprintf(" Needs the %s.", only.generation)
		switch attribute := described[name].(type) {
		case schema.StringAttribute:
			attribute.MarkdownDescription += note
			described[name] = attribute
		case schema.BoolAttribute:
			attribute.MarkdownDescription += note
			described[name] = attribute
		case schema.SetAttribute:
			attribute.MarkdownDescription += note
			described[name] = attribute
		}
	}
	return described
}

// PlannedGeneration returns the API of the platform as far as a plan needs to know it. It is "" where that cannot be found
// out: a plan that only creates needs no platform, and all else reports what is wrong with it.
func (r *Run) PlannedGeneration(ctx context.Context) Generation {
	if r == nil {
		return ""
	}
	generation, _ := r.GenerationOnce(ctx)
	return generation
}

// CheckGeneration refuses a type, and attributes of a configuration, that the platform does not have.
func (r *Run) CheckGeneration(ctx context.Context, typeName string, config tfsdk.Config, diags *diag.Diagnostics) {
	has := r.PlannedGeneration(ctx)
	if has == "" {
		return
	}
	if needed, ok := generations[strings.TrimPrefix(typeName, "list.")]; ok && needed != has {
		_, name, found := strings.Cut(typeName, ".")
		if !found {
			name = typeName
		}
		diags.AddError(fmt.Sprintf("%s is not available on this platform", name),
			fmt.Sprintf("It needs the %s, but the platform at %s has the %s.", needed, r.Client.BaseURL(), has))
		return
	}
	var configured map[string]tftypes.Value
	if config.Raw.IsNull() || config.Raw.As(&configured) != nil {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(attributes[typeName])) {
		only := attributes[typeName][name]
		if value, ok := configured[name]; ok && !value.IsNull() && only.generation != has {
			diags.AddAttributeError(path.Root(name), fmt.Sprintf("%s is not available on this platform", name),
				fmt.Sprintf("The attribute needs the %s, but the platform at %s has the %s. %s", only.generation, r.Client.BaseURL(), has, only.instead))
		}
	}
}
