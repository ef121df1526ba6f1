package provider_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/authservertest"
)

// query runs the list blocks of an example on a service that has one of each type: without a CLI, and with one that has queries.
func query(t *testing.T, r acctest.CLI, file string) {
	t.Helper()
	var s acctest.Addressed
	if name := filepath.Base(filepath.Dir(file)); slices.Contains(gatewayExamples, name) || strings.HasSuffix(name, "gateway") {
		gateway := acctest.StartGateway(t, authserver.Config{})
		s = gateway
	} else {
		rbac := acctest.Start(t, authserver.Config{})
		acctest.Seed(t, rbac)
		s = rbac
	}
	p := acctest.NewProtocol(t, s)
	listed := 0
	for _, block := range bodyOf(t, file).Blocks {
		if block.Type != "list" {
			continue
		}
		var config acctest.Fields
		for _, inner := range block.Body.Blocks {
			config = fieldsOf(t, inner.Body)
		}
		all, diagnostics := p.List(block.Labels[0], config, 0)
		if len(all) == 0 || len(diagnostics) > 0 {
			t.Errorf("list.%s lists %q and says %s", strings.Join(block.Labels, "."), acctest.Names(all), acctest.Written(diagnostics))
		}
		listed++
	}
	if listed == 0 {
		t.Error("there is no list block")
	}
	t.Run("CLI", func(t *testing.T) {
		w := r.Prepare(t, file)
		w.Environment = append(slices.Clone(w.Environment),
			"KAMIWAZA_BASE_URL="+s.Address(), "KAMIWAZA_USERNAME="+authservertest.AdminUsername, "KAMIWAZA_PASSWORD="+authservertest.AdminPassword)
		w.Terraform(t, 0, "validate", "-query")
		out := w.Terraform(t, 0, "query")
		if found := strings.Count(out, "list.kamiwaza_"); found < listed || strings.Contains(strings.ReplaceAll(out, "Warning: Provider development overrides", ""), "Warning: ") {
			t.Errorf("%d list blocks list:\n%s", listed, out)
		}
	})
}

// fieldsOf are the values of a block of constants.
func fieldsOf(t *testing.T, body *hclsyntax.Body) acctest.Fields {
	t.Helper()
	fields := acctest.Fields{}
	for name, attribute := range body.Attributes {
		value, diags := attribute.Expr.Value(nil)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		fields[name] = plain(value)
	}
	return fields
}
