package session

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

var (
	_ datasource.DataSourceWithConfigure = (*patsDataSource)(nil)
	_ datasource.DataSourceWithConfigure = (*patConfigDataSource)(nil)
)

type patsDataSource struct{ run.DataSource }

// NewPersonalAccessTokensDataSource returns the data source kamiwaza_personal_access_tokens.
func NewPersonalAccessTokensDataSource() datasource.DataSource { return &patsDataSource{} }

type patsDataModel struct {
	IncludeRevoked types.Bool     `tfsdk:"include_revoked"`
	Tokens         []patDataModel `tfsdk:"tokens"`
}

type patDataModel struct {
	ID        types.String `tfsdk:"id"`
	Name      types.String `tfsdk:"name"`
	Scope     types.String `tfsdk:"scope"`
	Audience  types.String `tfsdk:"audience"`
	OwnerID   types.String `tfsdk:"owner_id"`
	ExpiresAt types.String `tfsdk:"expires_at"`
	CreatedAt types.String `tfsdk:"created_at"`
	Revoked   types.Bool   `tfsdk:"revoked"`
}

func (m patsDataModel) Label() string { return "personal access tokens" }

func (d *patsDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_personal_access_tokens"
}

func (d *patsDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The personal access tokens of the user the provider authenticates as, without the tokens themselves. Nobody can list those of " +
			"another user. Needs the gateway API (platform 0.7 and later).",
		Attributes: map[string]schema.Attribute{
			"include_revoked": schema.BoolAttribute{
				Optional:            true,
				MarkdownDescription: "Whether to return revoked tokens too; `false` by default.",
			},
			"tokens": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The tokens, in the order of the server.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"id":         framework.ComputedText("The id of the token (`jti`)."),
					"name":       framework.ComputedText("The name; null if there is none."),
					"scope":      framework.ComputedText("The scope; null if the server does not say."),
					"audience":   framework.ComputedText("The audience; null if the server does not say."),
					"owner_id":   framework.ComputedText("The subject id of the owner."),
					"expires_at": framework.ComputedText("When the token expires, in UTC (RFC 3339); null if it does not expire."),
					"created_at": framework.ComputedTime("When the token was created"),
					"revoked":    schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the token was revoked."},
				}},
			},
		},
	}
}

func (d *patsDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	d.CheckGeneration(ctx, "data.kamiwaza_personal_access_tokens", req.Config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	framework.ReadData(ctx, req, resp, func(config patsDataModel) (patsDataModel, error) {
		tokens, err := listPATs(ctx, d.Run)
		config.Tokens = []patDataModel{}
		for _, t := range tokens {
			if t.revoked && !config.IncludeRevoked.ValueBool() {
				continue
			}
			config.Tokens = append(config.Tokens, patDataModel{
				ID: types.StringValue(t.jti), Name: framework.TextOrNull(t.name), Scope: framework.TextOrNull(t.scope), Audience: framework.TextOrNull(t.audience),
				OwnerID: framework.TextOrNull(t.ownerID), ExpiresAt: t.expiry(), CreatedAt: t.createdAt, Revoked: types.BoolValue(t.revoked),
			})
		}
		return config, err
	})
}

type patConfigDataSource struct{ run.DataSource }

// NewPATConfigDataSource returns the data source kamiwaza_pat_config.
func NewPATConfigDataSource() datasource.DataSource { return &patConfigDataSource{} }

type patConfigModel struct {
	Scopes            types.List   `tfsdk:"scopes"`
	DefaultScope      types.String `tfsdk:"default_scope"`
	DefaultTTLSeconds types.Int64  `tfsdk:"default_ttl_seconds"`
	MinTTLSeconds     types.Int64  `tfsdk:"min_ttl_seconds"`
	MaxTTLSeconds     types.Int64  `tfsdk:"max_ttl_seconds"`
}

func newPATConfigModel(scopes []string, defaultScope string, defaultTTL, minTTL, maxTTL int64) patConfigModel {
	elements := framework.TextList(scopes)
	return patConfigModel{elements, framework.TextOrNull(defaultScope), types.Int64Value(defaultTTL), types.Int64Value(minTTL), types.Int64Value(maxTTL)}
}

func (m patConfigModel) Label() string { return "configuration of personal access tokens" }

func (d *patConfigDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_pat_config"
}

func (d *patConfigDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	seconds := func(description string) schema.Int64Attribute {
		return schema.Int64Attribute{Computed: true, MarkdownDescription: description}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "What the platform allows of personal access tokens: their scopes and how long they may be valid. Needs platform 0.12 and later.",
		Attributes: map[string]schema.Attribute{
			"scopes": schema.ListAttribute{
				Computed: true, ElementType: types.StringType,
				MarkdownDescription: "The scopes that the provider's own user may choose, from what allows least to what allows most.",
			},
			"default_scope":       framework.ComputedText("The scope of a token that names none."),
			"default_ttl_seconds": seconds("How long a token is valid that names no time, in seconds."),
			"min_ttl_seconds":     seconds("The shortest time for which a token can be valid, in seconds."),
			"max_ttl_seconds":     seconds("The longest time for which a token can be valid, in seconds."),
		},
	}
}

func (d *patConfigDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	d.CheckGeneration(ctx, "data.kamiwaza_pat_config", req.Config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	framework.ReadData(ctx, req, resp, func(patConfigModel) (patConfigModel, error) { return readPATConfig(ctx, d.Run) })
}
