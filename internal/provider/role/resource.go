// Package role is kamiwaza_role: its resource and its data source.
package role

import (
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/detach"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/named"
)

var noun = framework.Noun{Name: "role", Advice: framework.Advice{
	Lookup:      "The API cannot list roles. The id is in the platform's console and in the role_ids of a group.",
	Unsupported: "Roles need the RBAC API of platform 0.3 to 0.6.",
	InUse:       detach.StillAssigned("role"),
}}

// NewResource returns kamiwaza_role.
func NewResource() resource.Resource {
	return &named.Resource{
		Noun: noun,
		Description: "A role, which is a set of rights for groups. This resource does not manage assignments: add rights " +
			"with `kamiwaza_role_right`, and add the role to groups with `kamiwaza_group_role`.",
		Holders: holders,
		Calls:   calls,
	}
}
