package groupmapping

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/importid"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

type listConfig struct {
	Issuer         types.String `tfsdk:"issuer"`
	IDPGroupPath   types.String `tfsdk:"idp_group_path"`
	LocalGroupName types.String `tfsdk:"local_group_name"`
}

// NewListResource returns the list resource kamiwaza_group_mapping.
func NewListResource() list.ListResource {
	filter := func(description string) schema.StringAttribute {
		return schema.StringAttribute{Optional: true, MarkdownDescription: description, Validators: []validator.String{stringvalidator.LengthAtLeast(1)}}
	}
	return &run.List[listConfig]{
		TypeName: typeName, Noun: noun, Nouns: "group mappings",
		Description: "Lists group mappings: all, or those that match all given arguments. The display name is `<issuer>/<idp_group_path>/<local_group_name>`, as for imports. " +
			"Needs the gateway API (platform 1.2 and later).",
		Attributes: map[string]schema.Attribute{
			"issuer":           filter("Only mappings of this issuer."),
			"idp_group_path":   filter("Only mappings from the group of the identity provider with this path."),
			"local_group_name": filter("Only mappings to the group of the platform with this name."),
		},
		Rows: func(ctx context.Context, in *run.Run, config listConfig) ([]framework.Row, error) {
			mappings, err := listMappings(ctx, in, config.Issuer)
			var rows []framework.Row
			for _, mapping := range mappings {
				if !config.IDPGroupPath.IsNull() && !config.IDPGroupPath.Equal(mapping.IDPGroupPath) ||
					!config.LocalGroupName.IsNull() && !config.LocalGroupName.Equal(mapping.LocalGroupName) {
					continue
				}
				name := importid.Escape(mapping.Issuer.ValueString()) + "/" + importid.Escape(mapping.IDPGroupPath.ValueString()) + "/" +
					importid.Escape(mapping.LocalGroupName.ValueString())
				rows = append(rows, framework.ObjectRow(noun, mapping.ID.ValueString(), name, func(ctx context.Context) (mappingModel, error) {
					return read(ctx, in, mappingModel{ID: mapping.ID})
				}))
			}
			return rows, err
		},
	}
}
