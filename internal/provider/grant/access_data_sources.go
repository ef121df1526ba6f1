package grant

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

var (
	_ datasource.DataSourceWithConfigure = (*resourceAccessDataSource)(nil)
	_ datasource.DataSourceWithConfigure = (*accessibleResourcesDataSource)(nil)
	_ datasource.DataSourceWithConfigure = (*accessCheckDataSource)(nil)
)

// How the two access queries speak of what the platform tells.
const (
	effectiveDescription = "Whether the result is complete: `false` if the platform evaluates direct grants only and does not expand groups."
	sourceDescription    = "Where the platform takes the result from, as it says itself."
)

func permissionAttribute() schema.StringAttribute {
	return schema.StringAttribute{
		Optional: true, Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
		MarkdownDescription: "The permission to ask for, such as `can_view`, which is the default. A permission is not a relation: the platform derives it from " +
			"the relations.",
	}
}

type resourceAccessDataSource struct{ run.DataSource }

// NewResourceAccessDataSource returns the data source kamiwaza_resource_access.
func NewResourceAccessDataSource() datasource.DataSource { return &resourceAccessDataSource{} }

type resourceAccessModel struct {
	Object     entityModel       `tfsdk:"object"`
	Permission types.String      `tfsdk:"permission"`
	Effective  types.Bool        `tfsdk:"effective"`
	Source     types.String      `tfsdk:"source"`
	Subjects   []accessSubjModel `tfsdk:"subjects"`
}

type accessSubjModel struct {
	Namespace   types.String `tfsdk:"namespace"`
	ID          types.String `tfsdk:"id"`
	DisplayName types.String `tfsdk:"display_name"`
	Relation    types.String `tfsdk:"relation"`
	Source      types.String `tfsdk:"source"`
	Effective   types.Bool   `tfsdk:"effective"`
}

// Label names the object.
func (m resourceAccessModel) Label() string {
	return fmt.Sprintf("access to %s", m.Object.entity())
}

func (d *resourceAccessDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_resource_access"
}

func (d *resourceAccessDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Who can access an object, as the platform evaluates it. Needs the gateway API (platform 1.2 and later) with ReBAC switched on.\n\n" +
			"Do not take the result for everyone who has access if `effective` is `false`.",
		Attributes: map[string]schema.Attribute{
			"object":     wantedEntity("The object.", objectIDs),
			"permission": permissionAttribute(),
			"effective":  schema.BoolAttribute{Computed: true, MarkdownDescription: effectiveDescription},
			"source":     framework.ComputedText(sourceDescription),
			"subjects": schema.ListNestedAttribute{
				Computed: true, MarkdownDescription: "Who has the permission, in the order of the server.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"namespace":    framework.ComputedText("The namespace of the subject, such as `user` or `group`."),
					"id":           framework.ComputedText("The id of the subject."),
					"display_name": framework.ComputedText("The name of the subject; null if the platform does not tell it."),
					"relation":     framework.ComputedText("The relation that gives the permission; null if the platform does not tell it."),
					"source":       framework.ComputedText("Where the permission comes from, as the platform says itself."),
					"effective": schema.BoolAttribute{
						Computed: true, MarkdownDescription: "Whether this gives access: `false` for a group that the platform does not expand.",
					},
				}},
			},
		},
	}
}

func (d *resourceAccessDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	d.CheckGeneration(ctx, "data.kamiwaza_resource_access", req.Config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	framework.ReadData(ctx, req, resp, func(config resourceAccessModel) (resourceAccessModel, error) { return whoCanAccess(ctx, d.Run, config) })
}

type accessibleResourcesDataSource struct{ run.DataSource }

// NewAccessibleResourcesDataSource returns the data source kamiwaza_accessible_resources.
func NewAccessibleResourcesDataSource() datasource.DataSource {
	return &accessibleResourcesDataSource{}
}

type accessibleResourcesModel struct {
	Namespace   types.String `tfsdk:"namespace"`
	Permission  types.String `tfsdk:"permission"`
	SubjectID   types.String `tfsdk:"subject_id"`
	Effective   types.Bool   `tfsdk:"effective"`
	Source      types.String `tfsdk:"source"`
	ResourceIDs types.List   `tfsdk:"resource_ids"`
}

// Label names what is looked for.
func (m accessibleResourcesModel) Label() string {
	return fmt.Sprintf("accessible objects of the namespace %q", m.Namespace.ValueString())
}

func (d *accessibleResourcesDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_accessible_resources"
}

func (d *accessibleResourcesDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The objects of a namespace that a user can access, as the platform evaluates it. Needs the gateway API (platform 1.2 and later) with " +
			"ReBAC switched on.",
		Attributes: map[string]schema.Attribute{
			"namespace": schema.StringAttribute{
				Required: true, Validators: []validator.String{namespaceValidator{}},
				MarkdownDescription: "The namespace of the objects, such as `dataset` or `model`.",
			},
			"permission": permissionAttribute(),
			"subject_id": schema.StringAttribute{
				Optional: true, Computed: true, Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
				MarkdownDescription: "The subject id of the user (the attribute `subject_id` of `kamiwaza_user`); by default, the user the provider authenticates as.",
			},
			"effective": schema.BoolAttribute{Computed: true, MarkdownDescription: effectiveDescription},
			"source":    framework.ComputedText(sourceDescription),
			"resource_ids": schema.ListAttribute{
				Computed: true, ElementType: types.StringType, MarkdownDescription: "The ids of the objects, in the order of the server.",
			},
		},
	}
}

func (d *accessibleResourcesDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	d.CheckGeneration(ctx, "data.kamiwaza_accessible_resources", req.Config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	framework.ReadData(ctx, req, resp, func(config accessibleResourcesModel) (accessibleResourcesModel, error) {
		return accessibleResources(ctx, d.Run, config)
	})
}

type accessCheckDataSource struct{ run.DataSource }

// NewAccessCheckDataSource returns the data source kamiwaza_access_check.
func NewAccessCheckDataSource() datasource.DataSource { return &accessCheckDataSource{} }

type accessCheckModel struct {
	Subject  entityModel  `tfsdk:"subject"`
	Relation types.String `tfsdk:"relation"`
	Object   entityModel  `tfsdk:"object"`
	Allowed  types.Bool   `tfsdk:"allowed"`
}

// Label names what is checked.
func (m accessCheckModel) Label() string {
	return "access check: " + access{object: m.Object.entity(), holder: holder{m.Relation.ValueString(), m.Subject.entity()}}.String()
}

func (d *accessCheckDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_access_check"
}

func (d *accessCheckDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Whether a subject has a relation to an object, as the platform decides it. Use it in `check` blocks and postconditions: that " +
			"access is denied is a result and not an error. Needs the gateway API (platform 0.7 and later) with ReBAC switched on.\n\n" +
			"The platform caches decisions for about a quarter of a second.",
		Attributes: map[string]schema.Attribute{
			"subject": wantedEntity("The subject.", subjectIDs),
			"relation": schema.StringAttribute{
				Required: true, MarkdownDescription: "The relation, such as `viewer`.", Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
			},
			"object":  wantedEntity("The object.", objectIDs),
			"allowed": schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the platform allows it."},
		},
	}
}

func (d *accessCheckDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	d.CheckGeneration(ctx, "data.kamiwaza_access_check", req.Config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	framework.ReadData(ctx, req, resp, func(config accessCheckModel) (accessCheckModel, error) {
		allowed, err := check(ctx, d.Run, config.Subject.entity(), config.Relation.ValueString(), config.Object.entity())
		config.Allowed = types.BoolValue(allowed)
		return config, err
	})
}
