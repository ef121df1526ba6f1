package provider

import (
	"fmt"
	"math/big"
	"os"
	"slices"
	"strconv"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/connection"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/english"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
)

func settingAttributes() map[string]schema.Attribute {
	attributes := make(map[string]schema.Attribute, len(connection.Settings))
	for _, s := range connection.Settings {
		attributes[s.Name] = attributeOf(s)
	}
	return attributes
}

// attributeOf is a setting in the provider's schema.
func attributeOf(s connection.Setting) schema.Attribute {
	switch description := s.Documentation(); s.Kind {
	case connection.Number:
		return schema.Int64Attribute{
			Optional: true, Sensitive: s.Sensitive, MarkdownDescription: description,
			Validators: []validator.Int64{int64validator.Between(int64(s.Least), int64(s.Most))},
		}
	case connection.Switch:
		return schema.BoolAttribute{Optional: true, Sensitive: s.Sensitive, MarkdownDescription: description}
	case connection.Map:
		return schema.MapAttribute{
			Optional: true, Sensitive: s.Sensitive, MarkdownDescription: description,
			ElementType: types.StringType, Validators: []validator.Map{headers{}},
		}
	default:
		validators := validatorsOf(s.Name)
		if len(s.Choices) > 0 {
			validators = append(validators, stringvalidator.OneOf(s.Values()...))
		}
		return schema.StringAttribute{Optional: true, Sensitive: s.Sensitive, MarkdownDescription: description, Validators: validators}
	}
}

// validatorsOf are those of a text besides its choices.
func validatorsOf(name string) []validator.String {
	switch name {
	case "base_url":
		return []validator.String{baseURL{}}
	case "username", "password", "api_key":
		return []validator.String{stringvalidator.LengthAtLeast(1)}
	case "ca_cert_file":
		return []validator.String{stringvalidator.ConflictsWith(path.MatchRoot("ca_cert_pem"))}
	case "request_timeout":
		return []validator.String{framework.DurationValidator{}}
	}
	return nil
}

// argumentsOf are what the provider's configuration says of the settings.
func argumentsOf(config tfsdk.Config, diags *diag.Diagnostics) connection.Arguments {
	var values map[string]tftypes.Value
	if err := config.Raw.As(&values); err != nil {
		diags.AddError("Invalid provider configuration", english.Capitalize(err.Error())+".")
	}
	arguments := connection.Arguments{
		Text:    func(name string) string { return textOf(values[name]) },
		Headers: func() map[string]string { return headersOf(values["headers"]) },
		Getenv:  os.Getenv,
	}
	for name, value := range values {
		if !value.IsFullyKnown() {
			arguments.Unknown = append(arguments.Unknown, name)
		}
	}
	slices.Sort(arguments.Unknown)
	return arguments
}

// textOf is an argument as the environment would have it; "" if it has no value.
func textOf(argument tftypes.Value) string {
	var text string
	var number big.Float
	var on bool
	switch {
	case argument.IsNull() || !argument.IsKnown():
	case argument.As(&text) == nil:
		return text
	case argument.As(&number) == nil:
		return number.Text('f', -1)
	case argument.As(&on) == nil:
		return strconv.FormatBool(on)
	}
	return ""
}

func headersOf(argument tftypes.Value) map[string]string {
	var elements map[string]tftypes.Value
	if argument.IsNull() || argument.As(&elements) != nil {
		return nil
	}
	headers := map[string]string{}
	for name, element := range elements {
		var value string
		_ = element.As(&value) // The schema has texts alone.
		headers[name] = value
	}
	return headers
}

// report reports settings that are missing or wrong.
func report(problems []connection.Problem, diags *diag.Diagnostics) {
	for _, problem := range problems {
		diags.AddAttributeError(path.Root(problem.Setting.Name), problem.Heading, problem.Detail)
	}
}

// warnOfPlainHTTP warns of an address at which credentials travel unencrypted.
func warnOfPlainHTTP(address string, diags *diag.Diagnostics) {
	base, plain := connection.PlainHTTP(address)
	if !plain {
		return
	}
	diags.AddAttributeWarning(path.Root("base_url"), "Credentials travel unencrypted",
		fmt.Sprintf("The base URL, http://%s, uses plain HTTP. Anyone who intercepts the connection between this machine and %s can read the credentials and all "+
			"responses. Use https:// if the platform supports it. For a private certificate authority, set ca_cert_file.", base.Host, base.Hostname()))
}
