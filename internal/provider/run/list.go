package run

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"

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
