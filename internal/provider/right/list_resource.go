package right

import (
	"github.com/hashicorp/terraform-plugin-framework/list"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/named"
)

// NewListResource returns the list resource kamiwaza_right.
func NewListResource() list.ListResource {
	return named.ListResource(noun, calls, "Lists the rights that users have through their groups and roles, and those in `ids`. The display name is the name of the right.",
		"rights that no user has")
}
