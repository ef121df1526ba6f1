package serve_test

import (
	"maps"
	"os"
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/serve"
)

func TestQuietLogs(t *testing.T) {
	const all, sdk, proto, framework, own = "TF_LOG", "TF_LOG_SDK", "TF_LOG_SDK_PROTO", "TF_LOG_SDK_FRAMEWORK", "TF_LOG_PROVIDER_KAMIWAZA"
	for name, test := range map[string]struct{ before, after map[string]string }{
		"no logs are wanted":        {nil, map[string]string{sdk: "off", proto: "off", framework: "off", own: "off"}},
		"logs are wanted":           {map[string]string{all: "debug"}, map[string]string{all: "debug"}},
		"providers' logs only":      {map[string]string{"TF_LOG_PROVIDER": "info"}, map[string]string{"TF_LOG_PROVIDER": "info"}},
		"a level is set":            {map[string]string{sdk: "warn"}, map[string]string{sdk: "warn", own: "off"}},
		"one level is set":          {map[string]string{proto: "warn"}, map[string]string{sdk: "off", proto: "warn", framework: "off", own: "off"}},
		"Terraform's own logs only": {map[string]string{"TF_LOG_CORE": "trace"}, map[string]string{"TF_LOG_CORE": "trace", sdk: "off", proto: "off", framework: "off", own: "off"}},
	} {
		t.Run(name, func(t *testing.T) {
			variables := []string{all, "TF_LOG_PROVIDER", "TF_LOG_CORE", sdk, proto, framework, own}
			for _, variable := range variables {
				t.Setenv(variable, test.before[variable])
			}
			serve.QuietLogs()
			after := map[string]string{}
			for _, variable := range variables {
				if value := os.Getenv(variable); value != "" {
					after[variable] = value
				}
			}
			if !maps.Equal(after, test.after) {
				t.Errorf("the environment is %v, want %v", after, test.after)
			}
		})
	}
}
