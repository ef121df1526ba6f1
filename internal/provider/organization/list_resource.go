package organization

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

// NewListResource returns the list resource kamiwaza_organization.
func NewListResource() list.ListResource {
	return run.NamedList(noun, "Lists the organizations of users, and those in `ids`. The display name is the name of the organization. `additional_config` of "+
		"`idp_config` is null, because it may contain secrets.",
		"organizations without users", func(ctx context.Context, in *run.Run, id string) (organizationModel, error) {
			return readOrganization(ctx, in.Directory, organizationModel{ID: types.StringValue(id)})
		})
}
