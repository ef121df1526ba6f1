package gateway_test

import (
	"context"

	gatewayserver "github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/gateway"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/gateway"
)

var (
	ada     = gateway.Ref{Namespace: "user", ID: "a b"}
	dataset = gateway.Ref{Namespace: "data/set", ID: "urn:li:dataset:(x,y)"}
	tuple   = gateway.Tuple{SubjectNamespace: "user", SubjectID: "a", Relation: "viewer", ObjectNamespace: "dataset", ObjectID: "d"}
	oidc    = gateway.IdentityProviderConfig{
		Provider: gateway.IDPOIDC, EnsureRedirects: true,
		OIDC: &gateway.OIDCConfig{Alias: "a", Issuer: "https://idp/", ClientID: "kamiwaza", ClientSecret: "the client's secret"},
	}
)

// unserved are the calls that the development server does not have.
func unserved() []call {
	only := func(_ any, err error) error { return err }
	return []call{
		{
			"Tuples.List", "GET", "/auth/tuples/?object_namespace=data%2Fset&tenant=t%261", "", false, gatewayserver.Platform093,
			func(ctx context.Context, c *gateway.API) error { return only(c.Tuples.List(ctx, "t&1", "data/set")) },
		},
		{
			"Tuples.Write", "POST", "/auth/tuples",
			`{"subject":{"namespace":"user","id":"a"},"relation":"viewer","object":{"namespace":"dataset","id":"d"},"tenant_id":"__default__"}`, false, gatewayserver.Platform093,
			func(ctx context.Context, c *gateway.API) error { return c.Tuples.Write(ctx, tuple) },
		},
		{
			"Tuples.Delete", "DELETE", "/auth/tuples",
			`{"subject":{"namespace":"user","id":"a"},"relation":"viewer","object":{"namespace":"dataset","id":"d"},"tenant_id":"__default__"}`, false, gatewayserver.Platform093,
			func(ctx context.Context, c *gateway.API) error { return c.Tuples.Delete(ctx, tuple) },
		},
		{
			"Tuples.Check", "POST", "/auth/check", `{"subject":{"namespace":"user","id":"a b"},"relation":"owner","object":{"namespace":"data/set","id":"urn:li:dataset:(x,y)"}}`,
			false, gatewayserver.Platform093,
			func(ctx context.Context, c *gateway.API) error {
				return only(c.Tuples.Check(ctx, ada, "owner", dataset))
			},
		},
		{
			"Grants.List", "GET", "/authz/resources/data%2Fset/grants?object_id=urn%3Ali%3Adataset%3A%28x%2Cy%29", "", false, gatewayserver.Platform12,
			func(ctx context.Context, c *gateway.API) error { return only(c.Grants.List(ctx, dataset)) },
		},
		{
			"Grants.Create", "POST", "/authz/resources/data%2Fset/grants",
			`{"object_id":"urn:li:dataset:(x,y)","relation":"viewer","subject":{"namespace":"user","id":"a b"}}`, false, gatewayserver.Platform12,
			func(ctx context.Context, c *gateway.API) error { return c.Grants.Create(ctx, dataset, ada, "viewer") },
		},
		{
			"Grants.Delete", "DELETE",
			"/authz/resources/data%2Fset/grants?object_id=urn%3Ali%3Adataset%3A%28x%2Cy%29&relation=viewer&subject_id=a+b&subject_namespace=user", "", false, gatewayserver.Platform12,
			func(ctx context.Context, c *gateway.API) error { return c.Grants.Delete(ctx, dataset, ada, "viewer") },
		},
		{
			"Grants.Capability", "GET", "/authz/resources/data%2Fset/grant-capability?object_id=urn%3Ali%3Adataset%3A%28x%2Cy%29", "", false, gatewayserver.Platform12,
			func(ctx context.Context, c *gateway.API) error { return only(c.Grants.Capability(ctx, dataset)) },
		},
		{
			"Grants.WhoCanAccess", "GET", "/authz/resources/data%2Fset/access?limit=200&object_id=urn%3Ali%3Adataset%3A%28x%2Cy%29&offset=0", "", false, gatewayserver.Platform12,
			func(ctx context.Context, c *gateway.API) error { return only(c.Grants.WhoCanAccess(ctx, dataset, "")) },
		},
		{
			"Grants.AccessibleResources", "GET", "/authz/access/resources?limit=200&namespace=dataset&offset=0&permission=can_edit&subject_id=a", "", false, gatewayserver.Platform12,
			func(ctx context.Context, c *gateway.API) error {
				return only(c.Grants.AccessibleResources(ctx, "dataset", "a", "can_edit"))
			},
		},
		{
			"Grants.Policy", "GET", "/authz/policy", "", false, gatewayserver.Platform12,
			func(ctx context.Context, c *gateway.API) error { return only(c.Grants.Policy(ctx)) },
		},
		{
			"Workrooms.Create", "POST", "/workrooms/", `{"name":"x","type":"persistent","labels":[]}`, true, gatewayserver.Platform012,
			func(ctx context.Context, c *gateway.API) error {
				return only(c.Workrooms.Create(ctx, gateway.WorkroomCreate{Name: "x", Type: "persistent", Labels: []string{}}))
			},
		},
		{
			"Workrooms.List", "GET", "/workrooms/?include_archived=true", "", false, gatewayserver.Platform012,
			func(ctx context.Context, c *gateway.API) error { return only(c.Workrooms.List(ctx)) },
		},
		{
			"Workrooms.Get", "GET", "/workrooms/a", "", false, gatewayserver.Platform012,
			func(ctx context.Context, c *gateway.API) error { return only(c.Workrooms.Get(ctx, "a")) },
		},
		{
			"Workrooms.Update", "PATCH", "/workrooms/a", `{"description":null,"labels":["l"],"attributes":{"a":1}}`, false, gatewayserver.Platform012,
			func(ctx context.Context, c *gateway.API) error {
				return only(c.Workrooms.Update(ctx, "a", gateway.WorkroomUpdate{
					Description: client.Null[string](), Labels: client.Set([]string{"l"}), Attributes: client.Set(map[string]any{"a": 1}),
				}))
			},
		},
		{
			"Workrooms.Delete", "DELETE", "/workrooms/a", "", false, gatewayserver.Platform012,
			func(ctx context.Context, c *gateway.API) error { return c.Workrooms.Delete(ctx, "a") },
		},
		{
			"Workrooms.Archive", "POST", "/workrooms/a/archive", "", false, gatewayserver.Platform012,
			func(ctx context.Context, c *gateway.API) error { return only(c.Workrooms.Archive(ctx, "a")) },
		},
		{
			"Workrooms.Restore", "POST", "/workrooms/a/restore", "", false, gatewayserver.Platform012,
			func(ctx context.Context, c *gateway.API) error { return only(c.Workrooms.Restore(ctx, "a")) },
		},
		{
			"Workrooms.Transfer", "POST", "/workrooms/a/ownership/transfer", `{"user_id":"b","keep_previous_owner":true}`, false, gatewayserver.Platform012,
			func(ctx context.Context, c *gateway.API) error {
				return only(c.Workrooms.Transfer(ctx, "a", gateway.WorkroomTransfer{UserID: "b", KeepPreviousOwner: true}))
			},
		},
		{
			"Workrooms.AdminList", "GET", "/admin/workrooms/?limit=1000&skip=0", "", false, gatewayserver.Platform012,
			func(ctx context.Context, c *gateway.API) error { return only(c.Workrooms.AdminList(ctx)) },
		},
		{
			"Workrooms.AdminDelete", "DELETE", "/admin/workrooms/a", "", false, gatewayserver.Platform012,
			func(ctx context.Context, c *gateway.API) error { return c.Workrooms.AdminDelete(ctx, "a") },
		},
		{
			"WorkroomMembers.List", "GET", "/workrooms/a/members?include_inactive=true", "", false, gatewayserver.Platform012,
			func(ctx context.Context, c *gateway.API) error { return only(c.WorkroomMembers.List(ctx, "a")) },
		},
		{
			"WorkroomMembers.Add", "POST", "/workrooms/a/members", `{"email":"ada@example.com","role":"editor","attested":true}`, false, gatewayserver.Platform012,
			func(ctx context.Context, c *gateway.API) error {
				return only(c.WorkroomMembers.Add(ctx, "a", gateway.WorkroomMemberAdd{Email: "ada@example.com", Role: "editor"}))
			},
		},
		{
			"WorkroomMembers.SetRole", "PATCH", "/workrooms/a/members/b", `{"role":"viewer"}`, false, gatewayserver.Platform012,
			func(ctx context.Context, c *gateway.API) error {
				return only(c.WorkroomMembers.SetRole(ctx, "a", "b", "viewer"))
			},
		},
		{
			"WorkroomMembers.Remove", "DELETE", "/workrooms/a/members/b?confirm_active_sessions=false", "", false, gatewayserver.Platform012,
			func(ctx context.Context, c *gateway.API) error {
				return c.WorkroomMembers.Remove(ctx, "a", "b", false)
			},
		},
		{
			"WorkroomMembers.Lookup", "GET", "/workrooms/a/members/lookup?email=ada%40example.com", "", false, gatewayserver.Platform012,
			func(ctx context.Context, c *gateway.API) error {
				return only(c.WorkroomMembers.Lookup(ctx, "a", "ada@example.com"))
			},
		},
		{
			"Mappings.Create", "POST", "/authz/group-mappings", `{"issuer":"https://idp/","idp_group_path":"/a b","local_group_name":"g"}`, true, gatewayserver.Platform12,
			func(ctx context.Context, c *gateway.API) error {
				return only(c.Mappings.Create(ctx, gateway.MappingCreate{Issuer: "https://idp/", IDPGroupPath: "/a b", LocalGroupName: "g"}))
			},
		},
		{
			"Mappings.List", "GET", "/authz/group-mappings", "", false, gatewayserver.Platform12,
			func(ctx context.Context, c *gateway.API) error { return only(c.Mappings.List(ctx)) },
		},
		{
			"Mappings.ListOf", "GET", "/authz/group-mappings?issuer=https%3A%2F%2Fidp%2F", "", false, gatewayserver.Platform12,
			func(ctx context.Context, c *gateway.API) error { return only(c.Mappings.ListOf(ctx, "https://idp/")) },
		},
		{
			"Mappings.Get", "GET", "/authz/group-mappings/a", "", false, gatewayserver.Platform12,
			func(ctx context.Context, c *gateway.API) error { return only(c.Mappings.Get(ctx, "a")) },
		},
		{
			"Mappings.Delete", "DELETE", "/authz/group-mappings/a", "", false, gatewayserver.Platform12,
			func(ctx context.Context, c *gateway.API) error { return c.Mappings.Delete(ctx, "a") },
		},
		{
			"IdentityProviders.List", "GET", "/auth/idp/providers", "", false, gatewayserver.Platform093,
			func(ctx context.Context, c *gateway.API) error { return only(c.IdentityProviders.List(ctx)) },
		},
		{
			"IdentityProviders.Register", "POST", "/auth/idp/register",
			`{"provider":"oidc","oidc":{"alias":"a","issuer":"https://idp/","client_id":"kamiwaza","client_secret":"the client's secret"},"ensure_redirects":true}`,
			false, gatewayserver.Platform093,
			func(ctx context.Context, c *gateway.API) error { return c.IdentityProviders.Register(ctx, oidc) },
		},
		{
			"IdentityProviders.Update", "PUT", "/auth/idp/a",
			`{"provider":"google","google":{"alias":"a","client_id":"kamiwaza","client_secret":"the client's secret","scopes":["openid"]},"ensure_redirects":false}`,
			false, gatewayserver.Platform093,
			func(ctx context.Context, c *gateway.API) error {
				return c.IdentityProviders.Update(ctx, "a", gateway.IdentityProviderConfig{
					Provider: gateway.IDPGoogle,
					Google:   &gateway.GoogleConfig{Alias: "a", ClientID: "kamiwaza", ClientSecret: "the client's secret", Scopes: []string{"openid"}},
				})
			},
		},
		{
			"IdentityProviders.SetEnabled", "PATCH", "/auth/idp/a", `{"enabled":false}`, false, gatewayserver.Platform093,
			func(ctx context.Context, c *gateway.API) error {
				return c.IdentityProviders.SetEnabled(ctx, "a", false)
			},
		},
		{
			"IdentityProviders.Delete", "DELETE", "/auth/idp/a", "", false, gatewayserver.Platform093,
			func(ctx context.Context, c *gateway.API) error { return c.IdentityProviders.Delete(ctx, "a") },
		},
		{
			"Subjects.Get", "GET", "/authz/subjects/a@b", "", false, gatewayserver.Platform102,
			func(ctx context.Context, c *gateway.API) error { return only(c.Subjects.Get(ctx, "a@b")) },
		},
		{
			"Subjects.Put", "PUT", "/authz/subjects/a", `{"attributes":{"team":["x"]},"password":"a subject's secret"}`, false, gatewayserver.Platform102,
			func(ctx context.Context, c *gateway.API) error {
				return only(c.Subjects.Put(ctx, "a", gateway.SubjectPut{Attributes: map[string]any{"team": []string{"x"}}, Password: "a subject's secret"}))
			},
		},
		{
			"Subjects.Delete", "DELETE", "/authz/subjects/a?cascade=grants", "", false, gatewayserver.Platform102,
			func(ctx context.Context, c *gateway.API) error { return c.Subjects.Delete(ctx, "a", true) },
		},
		{
			"Attributes.List", "GET", "/cluster/attribute-schema?include_deprecated=true", "", false, gatewayserver.Platform102,
			func(ctx context.Context, c *gateway.API) error { return only(c.Attributes.List(ctx)) },
		},
		{
			"Attributes.Declare", "PUT", "/cluster/attribute-schema/a", `{"type":"string[]","sensitive":true}`, false, gatewayserver.Platform102,
			func(ctx context.Context, c *gateway.API) error {
				return only(c.Attributes.Declare(ctx, "a", gateway.AttributeDeclare{Type: "string[]", Sensitive: true}))
			},
		},
		{
			"Attributes.Delete", "DELETE", "/cluster/attribute-schema/a?force=true", "", false, gatewayserver.Platform102,
			func(ctx context.Context, c *gateway.API) error { return only(c.Attributes.Delete(ctx, "a", true)) },
		},
		{
			"Invitations.Create", "POST", "/platform/users/invitations",
			`{"groups":["g"],"invitees":["ada@example.com"],"landing_target":{"kind":"app"},"room_scope":{"kind":"workroom","workroom_id":"r"},"surface_id":"use"}`,
			true, gatewayserver.Platform12,
			func(ctx context.Context, c *gateway.API) error {
				return only(c.Invitations.Create(ctx, gateway.InvitationCreate{
					Invitees: []string{"ada@example.com"}, Groups: []string{"g"}, SurfaceID: "use", LandingKind: "app", WorkroomID: "r",
				}))
			},
		},
	}
}
