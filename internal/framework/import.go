package framework

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/english"
)

// ImportByID takes the id from the command line, or from the identity in an import block.
func ImportByID(ctx context.Context, noun string, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	id := types.StringValue(req.ID)
	if req.ID == "" {
		resp.Diagnostics.Append(req.Identity.GetAttribute(ctx, path.Root("id"), &id)...)
	}
	if problem := UUIDProblem(id.ValueString()); problem != "" {
		resp.Diagnostics.AddError("Invalid import id", fmt.Sprintf("The import id of %s is its id: %s.", english.Article(noun), problem))
		return
	}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("id"), id)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, objectIdentity{id})...)
}

// ImportByText is ImportByID for ids that are free text.
func ImportByText(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	id := types.StringValue(req.ID)
	if req.ID == "" {
		resp.Diagnostics.Append(req.Identity.GetAttribute(ctx, path.Root("id"), &id)...)
	}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("id"), id)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, objectIdentity{id})...)
}

// FromRESTAPI moves an object from a restapi_object of the provider Mastercard/restapi, whose id is the server's. The
// refresh that follows a move reads all the rest.
func FromRESTAPI(noun string) resource.StateMover {
	return resource.StateMover{
		StateMover: func(ctx context.Context, req resource.MoveStateRequest, resp *resource.MoveStateResponse) {
			if req.SourceTypeName != "restapi_object" || !strings.HasSuffix(strings.ToLower(req.SourceProviderAddress), "/mastercard/restapi") {
				return // Not for this mover: the framework says so if there is no other.
			}
			var source struct {
				ID string `json:"id"`
			}
			if err := json.Unmarshal(req.SourceRawState.JSON, &source); err != nil {
				resp.Diagnostics.AddError("Could not read the restapi_object", "Its state does not have the expected format: "+err.Error())
				return
			}
			if problem := UUIDProblem(source.ID); problem != "" {
				resp.Diagnostics.AddError("Could not move the restapi_object",
					fmt.Sprintf("Its id is not the id of %s: %s. First set id_attribute of the restapi_object to the attribute with the server's id.", english.Article(noun), problem))
				return
			}
			id := types.StringValue(source.ID)
			resp.Diagnostics.Append(resp.TargetState.SetAttribute(ctx, path.Root("id"), id)...)
			if resp.TargetIdentity != nil {
				resp.Diagnostics.Append(resp.TargetIdentity.Set(ctx, objectIdentity{id})...)
			}
		},
	}
}
