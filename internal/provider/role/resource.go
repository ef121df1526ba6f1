// Package role is kamiwaza_role: its resource and its data source.
package role

import (
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/detach"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/named"
)

var noun = framework.Noun{Name: "role", Advice: framework.Advice{
	Lookup:      "The API cannot list every role; its id shows in the platform's console and in the role_ids of a group that has it.",
	Unsupported: "Roles need the RBAC API of platform 0.3 to 0.6.",
	InUse:       detach.StillAssigned("role"),
}}

// NewResource returns kamiwaza_role.
func NewResource() resource.Resource {
	return &named.Resource{
		Noun: noun,
		Description: "A role: a set of rights that is given to groups. This resource does not manage the role's assignments: add rights " +
			"with `kamiwaza_role_right`, and give it to groups with `kamiwaza_group_role`.",
		Holders: holders,
		Calls:   calls,
	}
}
