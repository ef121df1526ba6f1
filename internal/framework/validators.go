package framework

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
)

var uuidForm = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)

// UUIDProblem says what keeps a text from being an id of the service; "" means nothing does.
func UUIDProblem(text string) string {
	switch {
	case uuidForm.MatchString(text):
		return ""
	case uuidForm.MatchString(strings.ToLower(text)):
		// The server answers ids in lower case; another spelling would be a difference in every plan.
		return fmt.Sprintf("%q must be written in lower case: %q", text, strings.ToLower(text))
	}
	return fmt.Sprintf("%q is not a UUID such as \"6f1c2b9e-4d3a-4c55-9f0e-0a7d3f1b2c48\"", text)
}

// UUIDValidator validates ids.
type UUIDValidator struct{}

func (UUIDValidator) Description(context.Context) string {
	return "value must be a UUID in lower case"
}
func (v UUIDValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (UUIDValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if problem := UUIDProblem(req.ConfigValue.ValueString()); problem != "" {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid id", fmt.Sprintf("%s: %s.", req.Path, problem))
	}
}

// EmailValidator validates the syntax of e-mail addresses. The server may be stricter.
type EmailValidator struct{}

func (EmailValidator) Description(context.Context) string { return "value must be an e-mail address" }

func (v EmailValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (EmailValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	text := req.ConfigValue.ValueString()
	if !client.IsEmail(text) {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid e-mail address",
			fmt.Sprintf("The value of %s, %q, is not an e-mail address such as \"ada@example.com\".", req.Path, text))
	}
}

// URLValidator validates that a text is a URL of the web.
type URLValidator struct{}

func (URLValidator) Description(context.Context) string { return "value must be an http or https URL" }

func (v URLValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (URLValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	text := req.ConfigValue.ValueString()
	if parsed, err := url.Parse(text); err != nil || parsed.Host == "" || parsed.Scheme != "https" && parsed.Scheme != "http" {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid URL",
			fmt.Sprintf("The value of %s, %q, is not a URL such as \"https://login.example.com\".", req.Path, text))
	}
}

// DurationValidator validates a positive time span.
type DurationValidator struct{}

func (DurationValidator) Description(context.Context) string {
	return "value must be a duration such as 45s or 2m"
}

func (v DurationValidator) MarkdownDescription(ctx context.Context) string {
	return v.Description(ctx)
}

func (DurationValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	text := req.ConfigValue.ValueString()
	if value, err := time.ParseDuration(text); err != nil || value <= 0 {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid duration", client.NotADuration(text))
	}
}

// JSONObjectValidator validates a text that must be a JSON object.
type JSONObjectValidator struct{}

func (JSONObjectValidator) Description(context.Context) string { return "value must be a JSON object" }

func (v JSONObjectValidator) MarkdownDescription(ctx context.Context) string {
	return v.Description(ctx)
}

func (JSONObjectValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
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

// RegexValidator validates regular expressions.
type RegexValidator struct{}

func (RegexValidator) Description(context.Context) string {
	return "value must be a regular expression (RE2)"
}

func (v RegexValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (RegexValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if _, err := regexp.Compile(req.ConfigValue.ValueString()); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid regular expression",
			fmt.Sprintf("The value of %s, %q, is not a regular expression of RE2: %s.", req.Path, req.ConfigValue.ValueString(),
				strings.TrimPrefix(err.Error(), "error parsing regexp: ")))
	}
}
