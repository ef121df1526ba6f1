// Command terraform-provider-kamiwaza is the Terraform and OpenTofu provider for the Kamiwaza AuthService.
package main

import (
	"flag"
	"log"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/serve"
)

// version is set by the linker in a release.
var version = "dev"

func main() {
	debug := flag.Bool("debug", false, "run until interrupted and print how Terraform reaches this process, for use with a debugger")
	flag.Parse()

	var opts []tf6server.ServeOpt
	if *debug {
		opts = append(opts, tf6server.WithManagedDebug())
	} else {
		serve.QuietLogs()
		serve.CollectLess()
	}
	err := tf6server.Serve("registry.terraform.io/kamiwaza-ai/kamiwaza", func() tfprotov6.ProviderServer {
		return serve.Server(provider.New(version)())
	}, opts...)
	if err != nil {
		log.Fatal(err)
	}
}
