package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/connection"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/english"
)

// baseURL validates the address of the service.
type baseURL struct{}

func (baseURL) Description(context.Context) string {
	return "value must be an http or https URL without credentials, query or fragment"
}
func (v baseURL) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (baseURL) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	text := req.ConfigValue.ValueString()
	if _, err := client.ParseBaseURL(text); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid base URL", english.Capitalize(err.Error())+"."+connection.HowToTrim(text, ""))
	}
}

// headers validates additional headers.
type headers struct{}

func (headers) Description(context.Context) string {
	return "keys must be names of headers that the provider does not set, and values must not contain control characters"
}
func (v headers) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (headers) ValidateMap(_ context.Context, req validator.MapRequest, resp *validator.MapResponse) {
	values := map[string]string{}
	for name, element := range req.ConfigValue.Elements() {
		if element.IsNull() {
			resp.Diagnostics.AddAttributeError(req.Path.AtMapKey(name), "Invalid header",
				fmt.Sprintf("The value of the header %q is null. Remove the header, or set it to a string.", name))
		}
		value, _ := element.(types.String)
		values[name] = value.ValueString()
	}
	for name, err := range client.CheckHeaders(values) {
		resp.Diagnostics.AddAttributeError(req.Path.AtMapKey(name), "Invalid header", english.Capitalize(err.Error())+".")
	}
}
