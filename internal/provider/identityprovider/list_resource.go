package identityprovider

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

// NewListResource returns the list resource kamiwaza_identity_provider.
func NewListResource() list.ListResource {
	return &run.List[run.NameFilter]{
		TypeName: typeName, Noun: noun, Nouns: "identity providers",
		Description: "Lists identity providers, without the brokers of federations, which the platform manages. The display name is the alias. Needs the gateway API " +
			"(platform 0.9 and later), which does not tell how an identity provider is set up: only `alias`, `kind` and `enabled` are not null.",
		Attributes: map[string]schema.Attribute{"name_regex": run.NameRegexAttribute("identity providers", "alias")},
		Rows: func(ctx context.Context, in *run.Run, config run.NameFilter) ([]framework.Row, error) {
			matches, err := config.Matches()
			if err != nil {
				return nil, err
			}
			found, err := listProviders(ctx, in)
			var rows []framework.Row
			for _, p := range found.Providers {
				alias := p.Alias.ValueString()
				if !matches(alias) || strings.HasPrefix(alias, federation) {
					continue
				}
				rows = append(rows, framework.ObjectRow(noun, alias, alias, func(ctx context.Context) (providerModel, error) {
					return read(ctx, in, providerModel{ID: p.Alias})
				}))
			}
			return rows, err
		},
	}
}
