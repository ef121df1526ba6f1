package session

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

// NewPersonalAccessTokenListResource returns the list resource kamiwaza_personal_access_token.
func NewPersonalAccessTokenListResource() list.ListResource {
	return &run.List[run.NameFilter]{
		TypeName: "kamiwaza_personal_access_token", Noun: patNoun, Nouns: "personal access tokens",
		Description: "Lists the personal access tokens of the user the provider authenticates as that are valid. The display name is the id (`jti`), because tokens " +
			"cannot be imported by name. Needs the gateway API (platform 0.7 and later). The token itself is never listed.",
		Attributes: map[string]schema.Attribute{"name_regex": run.NameRegexAttribute("tokens", "name")},
		Rows: func(ctx context.Context, in *run.Run, config run.NameFilter) ([]framework.Row, error) {
			matches, err := config.Matches()
			if err != nil {
				return nil, err
			}
			pats, err := listPATs(ctx, in)
			var rows []framework.Row
			for _, p := range pats {
				if p.ended(in) == "" && matches(p.name) {
					rows = append(rows, framework.ObjectRow(patNoun, p.jti, p.jti, func(context.Context) (patModel, error) { return patModel{}.with(p), nil }))
				}
			}
			return rows, err
		},
	}
}
