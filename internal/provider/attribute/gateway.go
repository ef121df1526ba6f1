package attribute

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/gateway"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

// What the API documents.
var attributeTypes, authorities = gateway.AttributeTypes, gateway.AttributeAuthorities

const (
	defaultAuthority     = gateway.DefaultAuthority
	defaultSchemaVersion = gateway.DefaultSchemaVersion
)

// create looks first, because the API takes over an attribute that is declared in the same way. One that is deprecated is
// declared again.
func create(ctx context.Context, in *run.Run, plan attributeModel) (attributeModel, error) {
	name := plan.Name.ValueString()
	found, err := in.Gateway.Attributes.Get(ctx, name)
	switch {
	case err == nil && found.State == gateway.AttributeDeclared && !plan.AdoptExisting.ValueBool():
		return attributeModel{}, framework.Advised(fmt.Errorf("the attribute %q is declared already", name), fmt.Sprintf(
			"To manage the existing one, import it (terraform import ADDRESS %s, or an import block), or set adopt_existing = true.", name))
	case err != nil && !errors.Is(err, client.ErrNotFound):
		return attributeModel{}, err
	}
	declared, err := in.Gateway.Attributes.Declare(ctx, name, gateway.AttributeDeclare{
		Type: plan.Type.ValueString(), Sensitive: plan.Sensitive.ValueBool(), Authority: plan.Authority.ValueString(), SchemaVersion: plan.SchemaVersion.ValueString(),
	})
	if err != nil {
		return attributeModel{}, explained(err)
	}
	if declared.State != gateway.AttributeDeclared {
		return attributeModel{}, fmt.Errorf("the server answered with success, but the attribute is %s", declared.State)
	}
	if found.State == gateway.AttributeDeclared {
		in.TakeOver(plan.takeover())
	}
	return fromAttribute(declared, plan), nil
}

// read takes an attribute that is deprecated for gone.
func read(ctx context.Context, in *run.Run, state attributeModel) (attributeModel, error) {
	found, err := in.Gateway.Attributes.Get(ctx, state.ID.ValueString())
	if err == nil && found.State != gateway.AttributeDeclared {
		err = client.ErrNotFound
	}
	if err != nil {
		return attributeModel{}, err
	}
	return fromAttribute(found, state), nil
}

func remove(ctx context.Context, in *run.Run, name string, force bool) error {
	_, err := in.Gateway.Attributes.Delete(ctx, name, force)
	return err
}

func fromAttribute(found gateway.Attribute, prior attributeModel) attributeModel {
	return attributeModel{
		ID: types.StringValue(found.Name), Name: types.StringValue(found.Name), Type: types.StringValue(found.Type), Sensitive: types.BoolValue(found.Sensitive),
		Authority: types.StringValue(found.Authority), SchemaVersion: types.StringValue(found.SchemaVersion), DeclaredAt: framework.Timestamp(found.DeclaredAt),
		AdoptExisting: types.BoolValue(prior.AdoptExisting.ValueBool()), ForceWithdraw: types.BoolValue(prior.ForceWithdraw.ValueBool()),
	}
}

func listAttributes(ctx context.Context, in *run.Run, includeDeprecated bool) ([]attributeData, error) {
	found, err := in.Gateway.Attributes.List(ctx)
	all := []attributeData{}
	for _, a := range found {
		if includeDeprecated || a.State == gateway.AttributeDeclared {
			all = append(all, attributeData{
				Name: types.StringValue(a.Name), Type: framework.TextOrNull(a.Type), State: types.StringValue(a.State), Sensitive: types.BoolValue(a.Sensitive),
				Authority: framework.TextOrNull(a.Authority), SchemaVersion: framework.TextOrNull(a.SchemaVersion), DeclaredAt: framework.Timestamp(a.DeclaredAt),
			})
		}
	}
	return all, framework.Offered(err, unsupported)
}
