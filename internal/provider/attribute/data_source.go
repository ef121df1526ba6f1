package attribute

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

var _ datasource.DataSourceWithConfigure = (*attributesDataSource)(nil)

type attributesDataSource struct{ run.DataSource }

// NewDataSource returns the data source kamiwaza_attributes.
func NewDataSource() datasource.DataSource { return &attributesDataSource{} }

type attributesModel struct {
	IncludeDeprecated types.Bool      `tfsdk:"include_deprecated"`
	Attributes        []attributeData `tfsdk:"attributes"`
}

type attributeData struct {
	Name          types.String `tfsdk:"name"`
	Type          types.String `tfsdk:"type"`
	State         types.String `tfsdk:"state"`
	Sensitive     types.Bool   `tfsdk:"sensitive"`
	Authority     types.String `tfsdk:"authority"`
	SchemaVersion types.String `tfsdk:"schema_version"`
	DeclaredAt    types.String `tfsdk:"declared_at"`
}

// Label names the list.
func (m attributesModel) Label() string { return "attributes" }

func (d *attributesDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_attributes"
}

func (d *attributesDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The attributes that subjects can have. Needs the gateway API (platform 1.0 and later).",
		Attributes: map[string]schema.Attribute{
			"include_deprecated": schema.BoolAttribute{Optional: true, MarkdownDescription: "Whether to return deprecated attributes, too; `false` by default."},
			"attributes": schema.ListNestedAttribute{
				Computed: true, MarkdownDescription: "The attributes, in the order of the server.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"name":           framework.ComputedText("The name."),
					"type":           framework.ComputedText("The type of its values: `string`, `int`, `bool` or `string[]`."),
					"state":          framework.ComputedText("`declared` or `deprecated`."),
					"sensitive":      schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether its values are sensitive."},
					"authority":      framework.ComputedText("Who may set its values."),
					"schema_version": framework.ComputedText("The version of its declaration."),
					"declared_at":    framework.ComputedTime("When the attribute was declared"),
				}},
			},
		},
	}
}

func (d *attributesDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	d.CheckGeneration(ctx, "data.kamiwaza_attributes", req.Config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	framework.ReadData(ctx, req, resp, func(config attributesModel) (attributesModel, error) {
		attributes, err := listAttributes(ctx, d.Run, config.IncludeDeprecated.ValueBool())
		config.Attributes = attributes
		return config, err
	})
}
