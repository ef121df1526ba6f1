package named

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/list"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

// ListResource is the list resource of one noun. unlisted says which objects the API does not find from the list of users on.
func ListResource(noun framework.Noun, calls Calls, description, unlisted string) list.ListResource {
	return run.NamedList(noun, description, unlisted, func(ctx context.Context, in *run.Run, id string) (model, error) {
		fields, err := calls.Get(ctx, in.Directory, id)
		return fields.model(model{}), err
	})
}
