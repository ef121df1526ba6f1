package provider

import (
	"context"
	"encoding/json"
	"fmt"
	"net/mail"
	"regexp"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
)

var uuidForm = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)

// uuidProblem says what keeps a text from being an id of the service; "" means nothing does.
func uuidProblem(text string) string {
	switch {
	case uuidForm.MatchString(text):
		return ""
	case uuidForm.MatchString(strings.ToLower(text)):
		// The server answers ids in lower case; another spelling would be a difference in every plan.
		return fmt.Sprintf("%q must be written in lower case: %q", text, strings.ToLower(text))
	}
	return fmt.Sprintf("%q is not a UUID such as \"6f1c2b9e-4d3a-4c55-9f0e-0a7d3f1b2c48\"", text)
}

// uuid validates ids.
type uuid struct{}

func (uuid) Description(context.Context) string {
	return "value must be a UUID in lower case"
}
func (v uuid) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (uuid) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if problem := uuidProblem(req.ConfigValue.ValueString()); problem != "" {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid id", fmt.Sprintf("%s: %s.", req.Path, problem))
	}
}

// email validates the syntax of e-mail addresses. The server may be stricter.
type email struct{}

func (email) Description(context.Context) string               { return "value must be an e-mail address" }
func (v email) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (email) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	text := req.ConfigValue.ValueString()
	address, err := mail.ParseAddress(text)
	if err != nil || address.Name != "" || address.Address != text {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid e-mail address",
			fmt.Sprintf("The value of %s, %q, is not an e-mail address such as \"ada@example.com\".", req.Path, text))
	}
}

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
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid base URL", capitalize(err.Error())+"."+howToTrim(text, ""))
	}
}

// duration validates a positive time span.
type duration struct{}

func (duration) Description(context.Context) string {
	return "value must be a duration such as 45s or 2m"
}

func (v duration) MarkdownDescription(ctx context.Context) string {
	return v.Description(ctx)
}

func (duration) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	text := req.ConfigValue.ValueString()
	if value, err := time.ParseDuration(text); err != nil || value <= 0 {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid duration", notADuration(text))
	}
}

func notADuration(text string) string {
	return fmt.Sprintf("%q is not a duration above zero with a unit, such as \"45s\" or \"2m\".", text)
}

// headers validates additional headers.
type headers struct{}

func (headers) Description(context.Context) string {
	return "keys must be names of headers that the provider does not set itself, and values must not contain control characters"
}
func (v headers) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (headers) ValidateMap(_ context.Context, req validator.MapRequest, resp *validator.MapResponse) {
	values := map[string]string{}
	for name, element := range req.ConfigValue.Elements() {
		if element.IsNull() {
			resp.Diagnostics.AddAttributeError(req.Path.AtMapKey(name), "Invalid header",
				fmt.Sprintf("The value of the header %q is null. Leave the header out, or set it to a string.", name))
		}
		value, _ := element.(types.String)
		values[name] = value.ValueString()
	}
	for name, err := range client.CheckHeaders(values) {
		resp.Diagnostics.AddAttributeError(req.Path.AtMapKey(name), "Invalid header", capitalize(err.Error())+".")
	}
}

// jsonObject validates a text that must be a JSON object.
type jsonObject struct{}

func (jsonObject) Description(context.Context) string               { return "value must be a JSON object" }
func (v jsonObject) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (jsonObject) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	// The value stays out of the message, because it may hold secrets.
	var fields map[string]any
	if err := json.Unmarshal([]byte(req.ConfigValue.ValueString()), &fields); err != nil || fields == nil {
		resp.Diagnostics.AddAttributeError(req.Path, "Not a JSON object",
			fmt.Sprintf("The value of %s must be a JSON object, as jsonencode({ key = \"value\" }) makes one.", req.Path))
	}
}

// regex validates regular expressions.
type regex struct{}

func (regex) Description(context.Context) string               { return "value must be a regular expression (RE2)" }
func (v regex) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (regex) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if _, err := regexp.Compile(req.ConfigValue.ValueString()); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid regular expression",
			fmt.Sprintf("The value of %s, %q, is not a regular expression of RE2: %s.", req.Path, req.ConfigValue.ValueString(),
				strings.TrimPrefix(err.Error(), "error parsing regexp: ")))
	}
}

// moment validates points in time.
type moment struct{}

func (moment) Description(context.Context) string {
	return "value must be a time in the form of RFC 3339"
}
func (v moment) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (moment) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if _, err := time.Parse(time.RFC3339, req.ConfigValue.ValueString()); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid time",
			fmt.Sprintf("The value of %s, %q, is not a time in the form of RFC 3339, such as \"2026-01-31T00:00:00Z\".", req.Path, req.ConfigValue.ValueString()))
	}
}
