package role

import (
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/named"
)

type dataModel struct {
	named.Data
	RightIDs framework.IDSet `tfsdk:"right_ids"`
}

func (m dataModel) Label() string { return m.Wanted("role") }

// NewDataSource returns the data source kamiwaza_role.
func NewDataSource() datasource.DataSource {
	return &named.DataSource[dataModel]{
		Noun:        "role",
		Description: "A role with the ids of its rights. Look it up by id or name.",
		Attributes:  map[string]schema.Attribute{"right_ids": framework.NewIDSetDataAttribute("The ids of the role's rights.")},
		Fetch:       readData,
	}
}
