// Command terraform-provider-kamiwaza is the Terraform and OpenTofu provider for the Kamiwaza AuthService.
package main

import (
	"context"
	"flag"
	"log"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider"
)

// version is set by the linker in a release.
var version = "dev"

func main() {
	debug := flag.Bool("debug", false, "run until interrupted and print how Terraform reaches this process, for use with a debugger")
	flag.Parse()

	err := providerserver.Serve(context.Background(), provider.New(version), providerserver.ServeOpts{
		Address: "registry.terraform.io/kamiwaza-ai/kamiwaza",
		Debug:   *debug,
	})
	if err != nil {
		log.Fatal(err)
	}
}
