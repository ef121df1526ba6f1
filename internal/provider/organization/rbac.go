package organization

import (
	"context"
	"encoding/json"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/directory"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/named"
)

func createOrganization(ctx context.Context, d *directory.Directory, plan organizationModel) (organizationModel, error) {
	organization, err := d.Organizations.Create(ctx, rbac.OrganizationCreate{
		Name:        plan.Name.ValueString(),
		Description: plan.Description.ValueString(),
		IDPConfig:   plan.IDPConfig.toAPI(),
	})
	return organizationFromAPI(organization, plan), err
}

func readOrganization(ctx context.Context, d *directory.Directory, state organizationModel) (organizationModel, error) {
	organization, err := d.Organizations.Get(ctx, state.ID.ValueString())
	return organizationFromAPI(organization, state), err
}

func updateOrganization(ctx context.Context, d *directory.Directory, plan, state organizationModel) (organizationModel, error) {
	organization, err := d.Organizations.Update(ctx, state.ID.ValueString(), rbac.OrganizationUpdate{
		Name:        framework.ChangedText(state.Name, plan.Name),
		Description: framework.ChangedText(state.Description, plan.Description),
		IDPConfig:   changedIDPConfig(state.IDPConfig, plan.IDPConfig),
	})
	return organizationFromAPI(organization, plan), err
}

func organizationFromAPI(organization rbac.Organization, prior organizationModel) organizationModel {
	return organizationModel{
		ID:          types.StringValue(organization.ID),
		Name:        framework.SameText(prior.Name, organization.Name),
		Description: framework.OptionalText(prior.Description, organization.Description),
		IDPConfig:   idpConfigFromAPI(organization.IDPConfig, prior.IDPConfig),
		CreatedAt:   framework.Timestamp(organization.CreatedAt),

		DeletionProtection: framework.DeletionProtection(prior.DeletionProtection),
		ForceDetach:        types.BoolValue(prior.ForceDetach.ValueBool()),
	}
}

func idpConfigFromAPI(config *rbac.IDPConfig, prior *idpConfigModel) *idpConfigModel {
	if config == nil {
		return nil
	}
	if prior == nil {
		prior = &idpConfigModel{}
	}
	return &idpConfigModel{
		Provider:         types.StringValue(config.Provider),
		Domain:           types.StringValue(config.Domain),
		ClientID:         types.StringValue(config.ClientID),
		MetadataURL:      framework.OptionalText(prior.MetadataURL, config.MetadataURL),
		AdditionalConfig: additionalConfigFromAPI(config.AdditionalConfig, prior.AdditionalConfig),
	}
}

// additionalConfigFromAPI keeps the configuration's spelling of an object that is the same to JSON; no object and an
// empty one are the same to the service.
func additionalConfigFromAPI(server json.RawMessage, prior types.String) types.String {
	if framework.SameJSON(prior.ValueString(), string(server)) {
		return prior
	}
	return types.StringValue(string(server))
}

func (m *idpConfigModel) toAPI() *rbac.IDPConfig {
	if m == nil {
		return nil
	}
	additional := json.RawMessage("{}")
	if m.AdditionalConfig.ValueString() != "" {
		additional = json.RawMessage(m.AdditionalConfig.ValueString())
	}
	return &rbac.IDPConfig{
		Provider:         m.Provider.ValueString(),
		Domain:           m.Domain.ValueString(),
		ClientID:         m.ClientID.ValueString(),
		MetadataURL:      m.MetadataURL.ValueString(),
		AdditionalConfig: additional,
	}
}

// changedIDPConfig is the update of the whole configuration, which the API replaces in one piece.
func changedIDPConfig(state, plan *idpConfigModel) client.Field[rbac.IDPConfig] {
	switch {
	case plan == nil && state == nil, plan != nil && state != nil && *plan == *state:
		return client.Field[rbac.IDPConfig]{}
	case plan == nil:
		return client.Null[rbac.IDPConfig]()
	}
	return client.Set(*plan.toAPI())
}

func dataFromAPI(organization rbac.Organization) organizationDataModel {
	fields := named.Fields{
		ID: organization.ID, Name: organization.Name, Description: organization.Description,
		CreatedAt: organization.CreatedAt, UpdatedAt: organization.UpdatedAt,
	}
	return organizationDataModel{fields.Data(), idpConfigFromAPI(organization.IDPConfig, nil)}
}
