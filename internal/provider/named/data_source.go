package named

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
)

// Data is what the data sources of organizations, groups, roles and rights have in common.
type Data struct {
	ID          types.String `tfsdk:"id"`
	Name        types.String `tfsdk:"name"`
	Description types.String `tfsdk:"description"`
	CreatedAt   types.String `tfsdk:"created_at"`
	UpdatedAt   types.String `tfsdk:"updated_at"`
}

// NewData returns the data of one object.
func NewData(fields Fields, updatedAt client.Time) Data {
	return Data{
		ID:          types.StringValue(fields.ID),
		Name:        types.StringValue(fields.Name),
		Description: framework.TextOrNull(fields.Description),
		CreatedAt:   framework.Timestamp(fields.CreatedAt),
		UpdatedAt:   framework.Timestamp(updatedAt),
	}
}

// DataAttributes are the attributes of Data.
func DataAttributes(noun string) map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"id":          framework.WantedID(noun),
		"name":        framework.ComputedText(fmt.Sprintf("The name of the %s.", noun)),
		"description": framework.ComputedText(fmt.Sprintf("What the %s is for; null if not set.", noun)),
		"created_at":  framework.ComputedTime(fmt.Sprintf("When the %s was created", noun)),
		"updated_at":  framework.ComputedTime(fmt.Sprintf("When the %s was last changed; null if the server does not say", noun)),
	}
}
