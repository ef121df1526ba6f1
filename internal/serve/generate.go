package serve

import (
	"context"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/defaults"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// PlatformDefaults are implemented by resources with defaults that depend on the platform, so that their schema does not have them.
type PlatformDefaults interface {
	// PlatformDefaults returns the defaults where they are not null, by attribute.
	PlatformDefaults() map[string]attr.Value
}

// GetProviderSchema announces GenerateResourceConfig. The framework has it, but does not say so with protocol 6.
func (s server) GetProviderSchema(ctx context.Context, req *tfprotov6.GetProviderSchemaRequest) (*tfprotov6.GetProviderSchemaResponse, error) {
	resp, err := s.framework.GetProviderSchema(ctx, req)
	if err == nil && resp.ServerCapabilities != nil {
		resp.ServerCapabilities.GenerateResourceConfig = true
	}
	return resp, err
}

// GenerateResourceConfig leaves out the attributes that have their default, which the framework writes.
func (s server) GenerateResourceConfig(ctx context.Context, req *tfprotov6.GenerateResourceConfigRequest) (*tfprotov6.GenerateResourceConfigResponse, error) {
	resp, err := forgetting(ctx, req, s.framework.GenerateResourceConfig)
	if err != nil || resp.Config == nil {
		return resp, err
	}
	objectType, byName := defaultsOf(ctx, s.provider, req.TypeName)
	if len(byName) == 0 {
		return resp, nil
	}
	config, err := resp.Config.Unmarshal(objectType)
	if err != nil {
		return resp, err
	}
	var values map[string]tftypes.Value
	if err := config.As(&values); err != nil {
		return resp, err
	}
	without := make(map[string]tftypes.Value, len(values))
	for name, value := range values {
		without[name] = value
		if standard, ok := byName[name]; ok && value.Equal(standard) {
			without[name] = tftypes.NewValue(value.Type(), nil)
		}
	}
	encoded, err := tfprotov6.NewDynamicValue(objectType, tftypes.NewValue(objectType, without))
	resp.Config = &encoded
	return resp, err
}

// defaultsOf returns the type of a resource's state, and the defaults of its attributes by name. Nested attributes have none.
func defaultsOf(ctx context.Context, p provider.Provider, typeName string) (tftypes.Type, map[string]tftypes.Value) {
	var own provider.MetadataResponse
	p.Metadata(ctx, provider.MetadataRequest{}, &own)
	for _, newResource := range p.Resources(ctx) {
		r := newResource()
		var metadata resource.MetadataResponse
		r.Metadata(ctx, resource.MetadataRequest{ProviderTypeName: own.TypeName}, &metadata)
		if metadata.TypeName != typeName {
			continue
		}
		var described resource.SchemaResponse
		r.Schema(ctx, resource.SchemaRequest{}, &described)
		all := map[string]attr.Value{}
		for name, attribute := range described.Schema.Attributes {
			if standard := defaultOf(ctx, attribute); standard != nil {
				all[name] = standard
			}
		}
		if more, ok := r.(PlatformDefaults); ok {
			maps.Copy(all, more.PlatformDefaults())
		}
		values := map[string]tftypes.Value{}
		for name, standard := range all {
			if value, err := standard.ToTerraformValue(ctx); err == nil {
				values[name] = value
			}
		}
		return described.Schema.Type().TerraformType(ctx), values
	}
	return nil, nil
}

// defaultOf returns the default of an attribute, nil for none.
func defaultOf(ctx context.Context, attribute schema.Attribute) attr.Value {
	switch attribute := attribute.(type) {
	case interface{ BoolDefaultValue() defaults.Bool }:
		if standard := attribute.BoolDefaultValue(); standard != nil {
			var resp defaults.BoolResponse
			standard.DefaultBool(ctx, defaults.BoolRequest{}, &resp)
			return resp.PlanValue
		}
	case interface{ StringDefaultValue() defaults.String }:
		if standard := attribute.StringDefaultValue(); standard != nil {
			var resp defaults.StringResponse
			standard.DefaultString(ctx, defaults.StringRequest{}, &resp)
			return resp.PlanValue
		}
	}
	return nil
}
