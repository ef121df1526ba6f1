package identityprovider

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

// What the API documents: the kinds of identity providers, and how the aliases begin that are the platform's own.
const (
	kindOIDC   = gateway.IDPOIDC
	kindGoogle = gateway.IDPGoogle
	federation = gateway.IDPReserved
)

// checkManaged refuses a change where the platform may not administer Keycloak. What it would answer then is not documented.
func checkManaged(ctx context.Context, in *run.Run) error {
	disabled, err := in.Gateway.IdentityProviders.ManagementDisabled(ctx)
	if err == nil && disabled {
		err = framework.Advised(errors.New("the platform does not manage identity providers"), managementAdvice)
	}
	return err
}

// isTaken tells whether there is an identity provider with the alias.
func isTaken(ctx context.Context, in *run.Run, alias string) (bool, error) {
	_, err := in.Gateway.IdentityProviders.Get(ctx, alias)
	if errors.Is(err, client.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// create looks first, because the API takes over an identity provider that exists.
func create(ctx context.Context, in *run.Run, plan providerModel, secret string) (providerModel, error) {
	alias, providers := plan.Alias.ValueString(), in.Gateway.IdentityProviders
	if err := checkManaged(ctx, in); err != nil {
		return providerModel{}, err
	}
	taken, err := isTaken(ctx, in, alias)
	switch {
	case err != nil:
		return providerModel{}, err
	case taken && !plan.AdoptExisting.ValueBool():
		return providerModel{}, framework.Advised(fmt.Errorf("the identity provider %q exists already", alias), fmt.Sprintf(
			"The API would overwrite its settings. To manage the existing one, import it (terraform import ADDRESS %s, or an import block), or set "+
				"adopt_existing = true. Otherwise, choose another alias.", alias))
	}
	if err := providers.Register(ctx, settingsOf(plan, secret)); err != nil {
		return providerModel{}, explained(err)
	}
	if taken {
		in.TakeOver(plan.takeover())
	}
	plan.ID = plan.Alias
	return enable(ctx, in, plan)
}

// enable makes sure of enabled after the settings were written, which may have changed it.
func enable(ctx context.Context, in *run.Run, plan providerModel) (providerModel, error) {
	found, err := in.Gateway.IdentityProviders.Get(ctx, plan.Alias.ValueString())
	if err == nil && found.Enabled != plan.Enabled.ValueBool() {
		err = in.Gateway.IdentityProviders.SetEnabled(ctx, found.Alias, plan.Enabled.ValueBool())
	}
	if err != nil && found.Alias != "" {
		plan.Enabled = types.BoolValue(found.Enabled)
	}
	return plan, explained(err)
}

func read(ctx context.Context, in *run.Run, state providerModel) (providerModel, error) {
	found, err := in.Gateway.IdentityProviders.Get(ctx, state.ID.ValueString())
	if err != nil {
		return providerModel{}, err
	}
	state.Alias, state.Enabled = types.StringValue(found.Alias), types.BoolValue(found.Enabled)
	if state.Kind.IsNull() {
		state.Kind = types.StringValue(found.Kind())
	}
	if state.AdoptExisting.IsNull() {
		state.AdoptExisting = types.BoolValue(false)
	}
	return state, nil
}

func update(ctx context.Context, in *run.Run, plan, state providerModel, secret string) (providerModel, error) {
	if err := checkManaged(ctx, in); err != nil {
		return providerModel{}, err
	}
	if !plan.sameSettings(state) {
		if err := in.Gateway.IdentityProviders.Update(ctx, plan.Alias.ValueString(), settingsOf(plan, secret)); err != nil {
			return providerModel{}, explained(err)
		}
	}
	return enable(ctx, in, plan)
}

// remove deletes the identity provider. That it is gone already is no error, whatever the server calls that.
func remove(ctx context.Context, in *run.Run, alias string) error {
	if err := checkManaged(ctx, in); err != nil {
		return err
	}
	err := in.Gateway.IdentityProviders.Delete(ctx, alias)
	if err == nil || errors.Is(err, client.ErrNotFound) {
		return nil
	}
	if exists, problem := isTaken(ctx, in, alias); problem == nil && !exists {
		return nil
	}
	return explained(err)
}

func settingsOf(plan providerModel, secret string) gateway.IdentityProviderConfig {
	config := gateway.IdentityProviderConfig{Provider: plan.Kind.ValueString(), EnsureRedirects: plan.EnsureRedirects.IsNull() || plan.EnsureRedirects.ValueBool()}
	if plan.Kind.ValueString() == kindGoogle {
		config.Google = &gateway.GoogleConfig{
			Alias: plan.Alias.ValueString(), ClientID: plan.ClientID.ValueString(), ClientSecret: secret, HostedDomain: plan.HostedDomain.ValueString(),
			Scopes: plan.Scopes.Known(),
		}
		return config
	}
	config.OIDC = &gateway.OIDCConfig{
		Alias: plan.Alias.ValueString(), Issuer: plan.Issuer.ValueString(), ClientID: plan.ClientID.ValueString(), ClientSecret: secret, Scopes: plan.Scopes.Known(),
	}
	return config
}

func listProviders(ctx context.Context, in *run.Run) (providersModel, error) {
	found, err := in.Gateway.IdentityProviders.List(ctx)
	if err != nil {
		return providersModel{}, framework.Offered(err, unsupported)
	}
	disabled, err := in.Gateway.IdentityProviders.ManagementDisabled(ctx)
	all := providersModel{ManagementEnabled: types.BoolValue(!disabled), Providers: []providerData{}}
	for _, p := range found {
		all.Providers = append(all.Providers, providerData{
			Alias: types.StringValue(p.Alias), Kind: framework.TextOrNull(p.ProviderID), DisplayName: framework.TextOrNull(p.DisplayName),
			Enabled: types.BoolValue(p.Enabled),
		})
	}
	return all, err
}
