package provider_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
)

func TestAccRole(t *testing.T) {
	s := start(t, authserver.Config{})
	resource.ParallelTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories,
		Steps: []resource.TestStep{{
			Config: s.config(`resource "kamiwaza_role" "viewer" { name = "viewer" }`),
		}},
	})
}
