package provider

import (
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
)

// sameText is the state's value for a text: the spelling of the configuration stays where the server only removes white
// space at the ends, as many do.
func sameText(prior types.String, server string) types.String {
	if !prior.IsUnknown() && !prior.IsNull() && strings.TrimSpace(prior.ValueString()) == strings.TrimSpace(server) {
		return prior
	}
	return types.StringValue(server)
}

// optionalText is the same for an optional text: "", null and a missing value are one and the same to the service, so the
// spelling of "nothing" that the configuration chose stays.
func optionalText(prior types.String, server string) types.String {
	if !prior.IsUnknown() && strings.TrimSpace(prior.ValueString()) == strings.TrimSpace(server) {
		return prior
	}
	if server == "" {
		return types.StringNull()
	}
	return types.StringValue(server)
}

// sameFold is the same for a text that some servers store in lower case.
func sameFold(prior types.String, server string) types.String {
	if !prior.IsUnknown() && !prior.IsNull() && sameButCase(prior.ValueString(), server) {
		return prior
	}
	return types.StringValue(server)
}

// sameButCase tells whether two texts differ in upper and lower case at most, and in white space at the ends.
func sameButCase(a, b string) bool {
	return strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(b))
}

// timestamp is null for a time that the server did not tell.
func timestamp(t client.Time) types.String {
	if t.IsZero() {
		return types.StringNull()
	}
	return types.StringValue(t.Format(time.RFC3339Nano))
}

// changedText is the update of a text from state to plan. A text is cleared with "", because a null may be ignored.
func changedText(state, plan types.String) client.Field[string] {
	if state.ValueString() == plan.ValueString() {
		return client.Field[string]{}
	}
	return client.Set(plan.ValueString())
}

func changedBool(state, plan types.Bool) client.Field[bool] {
	if state.Equal(plan) {
		return client.Field[bool]{}
	}
	return client.Set(plan.ValueBool())
}

func idAttribute(noun string) schema.StringAttribute {
	return schema.StringAttribute{
		Computed:            true,
		MarkdownDescription: fmt.Sprintf("The id of the %s, a UUID that the server chooses.", noun),
		PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
	}
}

func createdAtAttribute(noun string) schema.StringAttribute {
	return schema.StringAttribute{
		Computed:            true,
		MarkdownDescription: fmt.Sprintf("When the %s was created: UTC, in the form of RFC 3339.", noun),
		PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
	}
}

func nameAttribute(noun string) schema.StringAttribute {
	return schema.StringAttribute{
		Required: true,
		MarkdownDescription: fmt.Sprintf("The name of the %s, not empty. Can be changed in place. Whether two may have the same name is up to the server.",
			noun),
		Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
	}
}

func descriptionAttribute(noun string) schema.StringAttribute {
	return schema.StringAttribute{
		Optional:            true,
		MarkdownDescription: fmt.Sprintf("What the %s is for. Leaving it out clears it; an empty text means the same.", noun),
	}
}

// identitySchema is the resource identity of every entity.
func identitySchema(noun string) identityschema.Schema {
	return identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"id": identityschema.StringAttribute{RequiredForImport: true, Description: fmt.Sprintf("The id of the %s, a UUID.", noun)},
	}}
}

func deletionProtectionAttribute(noun string) schema.BoolAttribute {
	return schema.BoolAttribute{
		Optional: true, Computed: true, Default: booldefault.StaticBool(false),
		MarkdownDescription: fmt.Sprintf("Whether a plan that would destroy or replace the %s is an error; `false` by default. It protects against "+
			"Terraform alone. To destroy a protected %s, set this to `false` and apply first.", noun, noun),
	}
}

// deletionProtection is what the configuration last said. After an import that is the default.
func deletionProtection(prior types.Bool) types.Bool {
	return types.BoolValue(prior.ValueBool())
}
