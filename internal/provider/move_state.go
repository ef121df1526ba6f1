package provider

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
)

// fromRESTAPI moves an object from a restapi_object of the provider Mastercard/restapi, whose id is the server's. The
// refresh that follows a move reads all the rest.
func fromRESTAPI(noun string) resource.StateMover {
	return resource.StateMover{
		StateMover: func(ctx context.Context, req resource.MoveStateRequest, resp *resource.MoveStateResponse) {
			if req.SourceTypeName != "restapi_object" || !strings.HasSuffix(strings.ToLower(req.SourceProviderAddress), "/mastercard/restapi") {
				return // Not for this mover: the framework says so if there is no other.
			}
			var source struct {
				ID string `json:"id"`
			}
			if err := json.Unmarshal(req.SourceRawState.JSON, &source); err != nil {
				resp.Diagnostics.AddError("Could not read the restapi_object", "Its state is not what that provider writes: "+err.Error())
				return
			}
			if problem := framework.UUIDProblem(source.ID); problem != "" {
				resp.Diagnostics.AddError("Could not move the restapi_object",
					fmt.Sprintf("Its id is not the id of %s: %s. Point id_attribute of the restapi_object to the server's id first.", article(noun), problem))
				return
			}
			id := types.StringValue(source.ID)
			resp.Diagnostics.Append(resp.TargetState.SetAttribute(ctx, path.Root("id"), id)...)
			if resp.TargetIdentity != nil {
				resp.Diagnostics.Append(resp.TargetIdentity.Set(ctx, entityIdentity{id})...)
			}
		},
	}
}
