package user

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

type listConfig struct {
	usersFilter
	Usernames   []string   `tfsdk:"usernames"`
	IncludeSelf types.Bool `tfsdk:"include_self"`
}

// NewListResource returns the list resource kamiwaza_user.
func NewListResource() list.ListResource {
	text := []validator.String{stringvalidator.LengthAtLeast(1)}
	regex := []validator.String{framework.RegexValidator{}}
	return &run.List[listConfig]{
		TypeName: typeName, Noun: noun, Nouns: "users",
		Description: "Lists users: all, or those that match all given arguments. The display name is the username.",
		Attributes: map[string]schema.Attribute{
			"organization_id": schema.StringAttribute{
				Optional: true, Validators: []validator.String{framework.UUIDValidator{}},
				MarkdownDescription: "Only users of the organization with this id. Needs the RBAC API (platform 0.3 to 0.6).",
			},
			"group_id": schema.StringAttribute{Optional: true, Validators: text, MarkdownDescription: "Only members of the group with this id."},
			"is_superuser": schema.BoolAttribute{
				Optional: true, MarkdownDescription: "Only superusers (`true`), or only users who are not superusers (`false`).",
			},
			"is_active": schema.BoolAttribute{
				Optional: true, MarkdownDescription: "Only users who may log in (`true`), or only those who may not (`false`).",
			},
			"role": schema.StringAttribute{
				Optional: true, Validators: text,
				MarkdownDescription: "Only users with the platform role of this name, such as `admin`. Needs the gateway API (platform 0.7 and later).",
			},
			"username_regex": schema.StringAttribute{
				Optional: true, Validators: regex,
				MarkdownDescription: "Only users whose username matches this regular expression ([RE2](https://github.com/google/re2/wiki/Syntax)). It may match " +
					"anywhere in the name; use `^` and `$` to anchor it.",
			},
			"email_regex": schema.StringAttribute{
				Optional: true, Validators: regex, MarkdownDescription: "Only users whose e-mail address matches this regular expression, such as `@example\\\\.com$`.",
			},
			"inactive_since": schema.StringAttribute{
				Optional: true, CustomType: timetypes.RFC3339Type{},
				MarkdownDescription: "Only users whose last login was before this time (RFC 3339), or who never logged in. Needs the RBAC API (platform 0.3 to 0.6).",
			},
			"usernames": schema.ListAttribute{
				Optional: true, ElementType: types.StringType, Validators: []validator.List{listvalidator.ValueStringsAre(text...), listvalidator.NoNullValues()},
				MarkdownDescription: "Only users with these usernames. A username that no user has is an error.",
			},
			"include_self": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Whether to list the user the provider authenticates as; `false` by default, because a mistake in the configuration of this user could " +
					"lock you out.",
			},
		},
		Rows: rows,
	}
}

func rows(ctx context.Context, in *run.Run, config listConfig) ([]framework.Row, error) {
	b, err := backendOf(ctx, in)
	if err != nil {
		return nil, err
	}
	users, err := config.list(ctx, b)
	if err != nil {
		return nil, err
	}
	wanted, err := config.wantedIDs(ctx, in)
	if err != nil {
		return nil, err
	}
	self := ""
	if !config.IncludeSelf.ValueBool() {
		if self, _, err = in.Self(ctx); err != nil {
			return nil, framework.Advised(fmt.Errorf("could not find out which user the provider authenticates as, to leave it out: %w", err),
				"To list this user, too, set include_self = true.")
		}
	}
	var rows []framework.Row
	for _, user := range users {
		subject := user.SubjectID.ValueString()
		if subject == self || wanted != nil && !wanted[subject] {
			continue
		}
		rows = append(rows, framework.ObjectRow(noun, user.ID.ValueString(), user.Username.ValueString(), func(ctx context.Context) (userModel, error) {
			return b.read(ctx, userModel{ID: user.ID})
		}))
	}
	return rows, nil
}

// wantedIDs are the subject ids of the users whom the configuration names, nil if it names none.
func (c listConfig) wantedIDs(ctx context.Context, in *run.Run) (map[string]bool, error) {
	if c.Usernames == nil {
		return nil, nil //nolint:nilnil // There is nothing to filter by.
	}
	lookup, err := in.Lookup(ctx, noun.Name)
	if err != nil {
		return nil, err
	}
	ids := map[string]bool{}
	for _, username := range c.Usernames {
		id, err := lookup.ID(username)
		if err != nil {
			return nil, err
		}
		ids[id] = true
	}
	return ids, nil
}
