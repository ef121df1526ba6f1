package grant

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

var _ datasource.DataSourceWithConfigure = (*tuplesDataSource)(nil)

type tuplesDataSource struct{ run.DataSource }

// NewRelationshipTuplesDataSource returns the data source kamiwaza_relationship_tuples.
func NewRelationshipTuplesDataSource() datasource.DataSource { return &tuplesDataSource{} }

type tuplesDataModel struct {
	accessFilter
	Tenant types.String `tfsdk:"tenant"`
	Tuples []tupleModel `tfsdk:"tuples"`
}

// accessFilter is what tuples or grants must be like; arguments that are not set ask for nothing.
type accessFilter struct {
	ObjectNamespace  types.String `tfsdk:"object_namespace"`
	ObjectID         types.String `tfsdk:"object_id"`
	Relation         types.String `tfsdk:"relation"`
	SubjectNamespace types.String `tfsdk:"subject_namespace"`
	SubjectID        types.String `tfsdk:"subject_id"`
}

type tupleModel struct {
	Subject  entityModel  `tfsdk:"subject"`
	Relation types.String `tfsdk:"relation"`
	Object   entityModel  `tfsdk:"object"`
}

// entityModel is a subject or an object of a data source.
type entityModel struct {
	Namespace types.String `tfsdk:"namespace"`
	ID        types.String `tfsdk:"id"`
}

func entityModelOf(e entity) entityModel {
	return entityModel{types.StringValue(e.namespace), types.StringValue(e.id)}
}

func (m entityModel) entity() entity {
	return entity{m.Namespace.ValueString(), m.ID.ValueString()}
}

// computedEntity is a subject or an object in a result, and wantedEntity one that a configuration asks for.
func computedEntity(description string) schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{Computed: true, MarkdownDescription: description, Attributes: map[string]schema.Attribute{
		"namespace": framework.ComputedText("The namespace."),
		"id":        framework.ComputedText("The id."),
	}}
}

func wantedEntity(description, ids string) schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{Required: true, MarkdownDescription: description, Attributes: map[string]schema.Attribute{
		"namespace": schema.StringAttribute{
			Required: true, MarkdownDescription: "The namespace, such as `user` or `dataset`.", Validators: []validator.String{namespaceValidator{}},
		},
		"id": schema.StringAttribute{
			Required: true, MarkdownDescription: "The id. " + ids, Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
		},
	}}
}

func (m tuplesDataModel) Label() string { return "relationship tuples" }

// wants tells whether the filters let the access through.
func (f accessFilter) wants(a access) bool {
	for _, filter := range []struct {
		wanted types.String
		has    string
	}{
		{f.ObjectNamespace, a.object.namespace},
		{f.ObjectID, a.object.id},
		{f.Relation, a.relation},
		{f.SubjectNamespace, a.subject.namespace},
		{f.SubjectID, a.subject.id},
	} {
		if !filter.wanted.IsNull() && filter.wanted.ValueString() != filter.has {
			return false
		}
	}
	return true
}

func (d *tuplesDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_relationship_tuples"
}

func (d *tuplesDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	filter := func(description string) schema.StringAttribute {
		return schema.StringAttribute{Optional: true, MarkdownDescription: description, Validators: []validator.String{stringvalidator.LengthAtLeast(1)}}
	}
	namespace := func(description string) schema.StringAttribute {
		return schema.StringAttribute{Optional: true, MarkdownDescription: description, Validators: []validator.String{namespaceValidator{}}}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "The relationship tuples of a tenant, those that grants and workrooms have made included. Needs the gateway API (platform 0.9.3 and " +
			"later) with ReBAC switched on.\n\nThe API cannot filter tuples except by `object_namespace`. Set it if the platform has many.",
		Attributes: map[string]schema.Attribute{
			"tenant":            filter("The tenant; `__default__` by default."),
			"object_namespace":  namespace("Only tuples for objects of this namespace, such as `dataset`."),
			"object_id":         filter("Only tuples for the object with this id."),
			"relation":          filter("Only tuples with this relation, such as `owner`."),
			"subject_namespace": namespace("Only tuples of subjects of this namespace, such as `user`."),
			"subject_id":        filter("Only tuples of the subject with this id."),
			"tuples": schema.ListNestedAttribute{
				Computed: true, MarkdownDescription: "The tuples, in the order of their objects, relations and subjects.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"subject":  computedEntity("Who has the relation."),
					"relation": framework.ComputedText("The relation."),
					"object":   computedEntity("The object."),
				}},
			},
		},
	}
}

func (d *tuplesDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	d.CheckGeneration(ctx, "data.kamiwaza_relationship_tuples", req.Config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	framework.ReadData(ctx, req, resp, func(config tuplesDataModel) (tuplesDataModel, error) {
		all, err := listTuples(ctx, d.Run, config.Tenant.ValueString(), config.ObjectNamespace.ValueString())
		config.Tuples = []tupleModel{}
		for _, a := range all {
			if config.wants(a) {
				config.Tuples = append(config.Tuples, tupleModel{entityModelOf(a.subject), types.StringValue(a.relation), entityModelOf(a.object)})
			}
		}
		return config, err
	})
}
