// Command floor is the provider with reads that answer from memory: what it is given is what it answers. All else, from
// the schemas to the plans, is the real provider's. It is the least that a plan can take with any provider that has these
// schemas and is built on the plugin framework.
package main

import (
	"context"
	"log"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/serve"
)

type floor struct{ tfprotov6.ProviderServer }

func (floor) ReadResource(_ context.Context, req *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	return &tfprotov6.ReadResourceResponse{NewState: req.CurrentState, NewIdentity: req.CurrentIdentity, Private: req.Private}, nil
}

func main() {
	serve.QuietLogs()
	serve.CollectLess()
	err := tf6server.Serve("registry.terraform.io/kamiwaza-ai/kamiwaza", func() tfprotov6.ProviderServer {
		return floor{serve.Server(provider.New("floor")())}
	})
	if err != nil {
		log.Fatal(err)
	}
}
