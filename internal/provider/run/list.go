package run

import (
	"context"
	"fmt"
	"regexp"

	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/directory"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
)

var _ list.ListResourceWithConfigure = (*List[struct{}])(nil)

// List is the list resource of one type. C is its configuration.
type List[C any] struct {
	Resource // whose Configure lists need, too

	// TypeName is the type of the resources.
	TypeName string
	// Noun is what is listed, and Nouns how messages call several.
	Noun  framework.Noun
	Nouns string

	Description string
	Attributes  map[string]schema.Attribute
	// Rows returns all that match the configuration, in any order.
	Rows func(ctx context.Context, in *Run, config C) ([]framework.Row, error)
}

func (l *List[C]) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = l.TypeName
}

func (l *List[C]) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = schema.Schema{MarkdownDescription: l.Description, Attributes: l.Attributes}
}

// List reports what went wrong as a result: there is no other way.
func (l *List[C]) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	var diags diag.Diagnostics
	l.CheckGeneration(ctx, "list."+l.TypeName, req.Config, &diags)
	var config C
	if !req.Config.Raw.IsNull() { // There is no config block.
		diags.Append(req.Config.Get(ctx, &config)...)
	}
	var rows []framework.Row
	if !diags.HasError() {
		var err error
		if rows, err = l.Rows(ctx, l.Run, config); err != nil {
			framework.AddFailure(&diags, "list", framework.Subject{Noun: l.Noun.Name, Text: l.Nouns, Advice: l.Noun.Advice}, err)
		}
	}
	if diags.HasError() {
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}
	framework.ListRows(ctx, l.Nouns, rows, req, stream)
}

// NameFilter is the configuration of lists whose objects have a name.
type NameFilter struct {
	NameRegex types.String `tfsdk:"name_regex"`
}

// NameRegexAttribute is its argument. what is a name in messages.
func NameRegexAttribute(nouns, what string) schema.StringAttribute {
	return schema.StringAttribute{
		Optional: true, Validators: []validator.String{framework.RegexValidator{}},
		MarkdownDescription: fmt.Sprintf("Only %s whose %s matches this regular expression ([RE2](https://github.com/google/re2/wiki/Syntax)). It may match "+
			"anywhere in the %[2]s; use `^` and `$` to anchor it.", nouns, what),
	}
}

// Matches returns whether a name is one of those that are wanted.
func (f NameFilter) Matches() (func(name string) bool, error) {
	name, err := regexp.Compile(f.NameRegex.ValueString())
	if err != nil {
		return nil, err
	}
	return name.MatchString, nil
}

// NamedConfig is the configuration of lists of objects that the RBAC API finds from the list of users on.
type NamedConfig struct {
	NameFilter
	IDs []string `tfsdk:"ids"`
}

// NamedList is the list resource of a noun whose objects are found by name, of whom read returns one. unlisted says which of
// them the RBAC API does not find.
func NamedList[M framework.Model](noun framework.Noun, description, unlisted string, read func(ctx context.Context, in *Run, id string) (M, error)) list.ListResource {
	nouns := noun.Name + "s"
	return &List[NamedConfig]{
		TypeName: "kamiwaza_" + noun.Name, Noun: noun, Nouns: nouns, Description: description,
		Attributes: map[string]schema.Attribute{
			"name_regex": NameRegexAttribute(nouns, "name"),
			"ids": schema.ListAttribute{
				Optional: true, ElementType: types.StringType, Validators: []validator.List{listvalidator.ValueStringsAre(framework.UUIDValidator{}), listvalidator.NoNullValues()},
				MarkdownDescription: fmt.Sprintf("Ids of more %s to list. The RBAC API can only list users, so the provider does not find %s. Their ids are in the "+
					"platform's console. Needs the RBAC API (platform 0.3 to 0.6).", nouns, unlisted),
			},
		},
		Rows: func(ctx context.Context, in *Run, config NamedConfig) ([]framework.Row, error) {
			matches, err := config.Matches()
			if err != nil {
				return nil, err
			}
			lookup, err := in.Lookup(ctx, noun.Name)
			if err != nil {
				return nil, err
			}
			objects := lookup.Objects()
			for _, id := range config.IDs {
				if lookup.Has(id) {
					continue
				}
				model, err := read(ctx, in, id)
				if err != nil {
					return nil, fmt.Errorf("could not read %s %s: %w", noun.Name, id, err)
				}
				_, name := model.Key()
				objects = append(objects, directory.Named{ID: id, Name: name.ValueString()})
			}
			var rows []framework.Row
			for _, object := range objects {
				if matches(object.Name) {
					rows = append(rows, framework.ObjectRow(noun, object.ID, object.Name, func(ctx context.Context) (M, error) { return read(ctx, in, object.ID) }))
				}
			}
			return rows, nil
		},
	}
}
