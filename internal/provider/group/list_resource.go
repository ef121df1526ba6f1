package group

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

// NewListResource returns the list resource kamiwaza_group.
func NewListResource() list.ListResource {
	return run.NamedList(noun, "Lists groups. The display name is the name of the group. With the RBAC API, these are the groups that users are in, and those in `ids`.",
		"groups without members", func(ctx context.Context, in *run.Run, id string) (groupModel, error) {
			b, err := backendOf(ctx, in)
			if err != nil {
				return groupModel{}, err
			}
			return b.read(ctx, groupModel{ID: types.StringValue(id)})
		})
}
