package right

import (
	"github.com/hashicorp/terraform-plugin-framework/datasource"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/named"
)

type dataModel struct {
	named.Data
}

func (m dataModel) Label() string { return m.Wanted("right") }

// NewDataSource returns the data source kamiwaza_right.
func NewDataSource() datasource.DataSource {
	return &named.DataSource[dataModel]{
		Noun:        "right",
		Description: "A right. Look it up by id or name. For the users who have the right, see `kamiwaza_right_holders`.",
		Fetch:       readData,
	}
}
