package role

import (
	"github.com/hashicorp/terraform-plugin-framework/list"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/named"
)

// NewListResource returns the list resource kamiwaza_role.
func NewListResource() list.ListResource {
	return named.ListResource(noun, calls, "Lists the roles that groups with members have, and those in `ids`. The display name is the name of the role.",
		"roles that no group with members has")
}
