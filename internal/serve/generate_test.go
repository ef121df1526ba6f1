package serve_test

import (
	"context"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/serve"
)

// Generated configuration has what is not a default, and Terraform is told that it may ask for it.
func TestGeneratedConfiguration(t *testing.T) {
	server := serve.Server(&lampProvider{})
	schemas, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if !schemas.ServerCapabilities.GenerateResourceConfig {
		t.Error("Terraform is not told of GenerateResourceConfig")
	}
	objectType := schemas.ResourceSchemas["lamp"].ValueType()
	object := func(id, color, name any, on, dimmed any) tftypes.Value {
		return tftypes.NewValue(objectType, map[string]tftypes.Value{
			"id": tftypes.NewValue(tftypes.String, id), "color": tftypes.NewValue(tftypes.String, color), "name": tftypes.NewValue(tftypes.String, name),
			"on": tftypes.NewValue(tftypes.Bool, on), "dimmed": tftypes.NewValue(tftypes.Bool, dimmed),
		})
	}
	for name, test := range map[string]struct{ state, want tftypes.Value }{
		"defaults":       {object("1", "white", "hall", true, false), object(nil, nil, "hall", nil, nil)},
		"other values":   {object("1", "red", "hall", false, true), object(nil, "red", "hall", false, true)},
		"some are other": {object("1", "white", "white", false, false), object(nil, nil, "white", false, nil)},
	} {
		state, err := tfprotov6.NewDynamicValue(objectType, test.state)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := server.GenerateResourceConfig(t.Context(), &tfprotov6.GenerateResourceConfigRequest{TypeName: "lamp", State: &state})
		if err != nil || len(resp.Diagnostics) > 0 {
			t.Fatal(name, err, resp.Diagnostics)
		}
		got, err := resp.Config.Unmarshal(objectType)
		if err != nil {
			t.Fatal(err)
		}
		if !got.Equal(test.want) {
			t.Errorf("%s: the configuration is\n%s\nwant\n%s", name, got, test.want)
		}
	}
}

// lampProvider has the resource lamp.
type lampProvider struct{ emptyProvider }

func (*lampProvider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{func() resource.Resource { return lamp{} }}
}

type lamp struct{}

func (lamp) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = "lamp"
}

func (lamp) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{Attributes: map[string]schema.Attribute{
		"id":     schema.StringAttribute{Computed: true},
		"name":   schema.StringAttribute{Required: true},
		"color":  schema.StringAttribute{Optional: true, Computed: true, Default: stringdefault.StaticString("white")},
		"on":     schema.BoolAttribute{Optional: true, Computed: true, Default: booldefault.StaticBool(true)},
		"dimmed": schema.BoolAttribute{Optional: true, Computed: true},
	}}
}

func (lamp) PlatformDefaults() map[string]attr.Value {
	return map[string]attr.Value{"dimmed": types.BoolValue(false)}
}

func (lamp) Create(context.Context, resource.CreateRequest, *resource.CreateResponse) {}
func (lamp) Read(context.Context, resource.ReadRequest, *resource.ReadResponse)       {}
func (lamp) Update(context.Context, resource.UpdateRequest, *resource.UpdateResponse) {}
func (lamp) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {}
