package gateway_test

import (
	"context"

	gatewayserver "github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/gateway"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/gateway"
)

var (
	ada     = gateway.Ref{Namespace: "user", ID: "a b"}
	dataset = gateway.Ref{Namespace: "data/set", ID: "urn:li:dataset:(x,y)"}
	tuple   = gateway.Tuple{SubjectNamespace: "user", SubjectID: "a", Relation: "viewer", ObjectNamespace: "dataset", ObjectID: "d"}
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
	}
}
