package identityprovider

import (
	"context"
	"errors"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/gateway"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider/run"
)

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
	disabled, err := providers.ManagementDisabled(ctx)
	if err == nil && disabled {
		err = errManagement
	}
	if err != nil {
		return providerModel{}, explained(err)
	}
	taken, err := isTaken(ctx, in, alias)
	switch {
	case err != nil:
		return providerModel{}, err
	case taken && !plan.AdoptExisting.ValueBool():
		return providerModel{}, &existsError{alias}
	}
	if err := providers.Register(ctx, settingsOf(plan, secret)); err != nil {
		return providerModel{}, explained(err)
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
		state.Kind = types.StringValue(kindOf(found))
	}
	if state.AdoptExisting.IsNull() {
		state.AdoptExisting = types.BoolValue(false)
	}
	if state.Scopes.IsNull() {
		state.Scopes = types.SetNull(types.StringType)
	}
	return state, nil
}

// kindOf is the kind of an identity provider that Terraform has not set up.
func kindOf(found gateway.IdentityProvider) string {
	if found.ProviderID == kindGoogle {
		return kindGoogle
	}
	return kindOIDC
}

func update(ctx context.Context, in *run.Run, plan, state providerModel, secret string) (providerModel, error) {
	if !plan.sameSettings(state) {
		if err := in.Gateway.IdentityProviders.Update(ctx, plan.Alias.ValueString(), settingsOf(plan, secret)); err != nil {
			return providerModel{}, explained(err)
		}
	}
	return enable(ctx, in, plan)
}

// remove deletes the identity provider. That it is gone already is no error.
func remove(ctx context.Context, in *run.Run, alias string) error {
	return explained(in.Gateway.IdentityProviders.Delete(ctx, alias))
}

func settingsOf(plan providerModel, secret string) gateway.IdentityProviderConfig {
	config := gateway.IdentityProviderConfig{Provider: plan.Kind.ValueString(), EnsureRedirects: plan.EnsureRedirects.IsNull() || plan.EnsureRedirects.ValueBool()}
	if plan.Kind.ValueString() == kindGoogle {
		config.Google = &gateway.GoogleConfig{
			Alias: plan.Alias.ValueString(), ClientID: plan.ClientID.ValueString(), ClientSecret: secret, HostedDomain: plan.HostedDomain.ValueString(),
			Scopes: scopes(plan.Scopes),
		}
		return config
	}
	config.OIDC = &gateway.OIDCConfig{
		Alias: plan.Alias.ValueString(), Issuer: plan.Issuer.ValueString(), ClientID: plan.ClientID.ValueString(), ClientSecret: secret, Scopes: scopes(plan.Scopes),
	}
	return config
}

// scopes are those of the configuration in order, nil for the server's.
func scopes(set types.Set) []string {
	var all []string
	for _, value := range set.Elements() {
		text, _ := value.(types.String)
		all = append(all, text.ValueString())
	}
	slices.Sort(all)
	return all
}

func list(ctx context.Context, in *run.Run) (providersModel, error) {
	found, err := in.Gateway.IdentityProviders.List(ctx)
	if err != nil {
		return providersModel{}, err
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
