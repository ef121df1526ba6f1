package attribute

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

// NewListResource returns the list resource kamiwaza_attribute.
func NewListResource() list.ListResource {
	return &run.List[run.NameFilter]{
		TypeName: typeName, Noun: noun, Nouns: "attributes",
		Description: "Lists the attributes that are declared, without those that are deprecated. The display name is the name. Needs the gateway API (platform 1.0 and later).",
		Attributes:  map[string]schema.Attribute{"name_regex": run.NameRegexAttribute("attributes", "name")},
		Rows: func(ctx context.Context, in *run.Run, config run.NameFilter) ([]framework.Row, error) {
			matches, err := config.Matches()
			if err != nil {
				return nil, err
			}
			attributes, err := listAttributes(ctx, in, false)
			var rows []framework.Row
			for _, a := range attributes {
				if name := a.Name.ValueString(); matches(name) {
					rows = append(rows, framework.ObjectRow(noun, name, name, func(ctx context.Context) (attributeModel, error) {
						return read(ctx, in, attributeModel{ID: a.Name})
					}))
				}
			}
			return rows, err
		},
	}
}
