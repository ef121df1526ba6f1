// Package right is kamiwaza_right: its resource and its data source.
package right

import (
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/detach"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/named"
)

var noun = framework.Noun{Name: "right", Advice: framework.Advice{
	Lookup:      "The API cannot list every right; its id shows in the platform's console and in the right_ids of a role that has it.",
	Unsupported: "Rights need the RBAC API of platform 0.3 to 0.6.",
	InUse:       detach.StillAssigned("right"),
}}

// NewResource returns kamiwaza_right.
func NewResource() resource.Resource {
	return &named.Resource{
		Noun: noun,
		Description: "A right: one thing that may be done. Users have it through a role of one of their groups; give it to a role with " +
			"`kamiwaza_role_right`.",
		Holders: holders,
		Calls:   calls,
	}
}
