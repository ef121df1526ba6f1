package right

import (
	"github.com/hashicorp/terraform-plugin-framework/datasource"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/named"
)

type dataModel struct {
	named.Data
}

func (m dataModel) Label() string { return "right " + m.ID.ValueString() }

// NewDataSource returns the data source kamiwaza_right.
func NewDataSource() datasource.DataSource {
	return &named.DataSource[dataModel]{
		Noun:        "right",
		Description: "A right, by its id. The API cannot look it up by name. See `kamiwaza_right_holders` for the users who hold it.",
		Fetch:       readData,
	}
}
