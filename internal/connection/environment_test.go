package connection_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/connection"
)

func environment(variables map[string]string) func(string) string {
	return func(name string) string { return variables[name] }
}

func TestFromEnvironment(t *testing.T) {
	t.Parallel()
	config, problems := connection.FromEnvironment(environment(map[string]string{
		"KAMIWAZA_BASE_URI": "https://kamiwaza.example.com/api", "KAMIWAZA_USERNAME": "ada", "KAMIWAZA_PASSWORD": "correct horse",
		"KAMIWAZA_API": "gateway", "KAMIWAZA_VERIFY_SSL": "no", "KAMIWAZA_HEADERS": `{"X-Tenant": "blue"}`, "KAMIWAZA_MAX_RETRIES": "7",
	}))
	if len(problems) > 0 {
		t.Fatalf("problems: %+v", problems)
	}
	c := config.Client
	if config.API != "gateway" || c.BaseURL != "https://kamiwaza.example.com/api" || c.Username != "ada" || c.Password != "correct horse" ||
		!c.InsecureSkipVerify || c.Headers["X-Tenant"] != "blue" || c.MaxRetries != 7 || c.MaxConcurrentRequests == 0 || c.RequestTimeout == 0 {
		t.Errorf("got %+v", config)
	}
}

// Without a configuration, messages name the variables alone.
func TestFromEnvironment_problems(t *testing.T) {
	t.Parallel()
	login := map[string]string{"KAMIWAZA_BASE_URL": "https://kamiwaza.example.com/api", "KAMIWAZA_USERNAME": "ada", "KAMIWAZA_PASSWORD": "correct horse"}
	for name, test := range map[string]struct {
		variables map[string]string
		want      string
	}{
		"no base URL":    {map[string]string{"KAMIWAZA_BASE_URL": ""}, "Set the environment variable KAMIWAZA_BASE_URL."},
		"no credentials": {map[string]string{"KAMIWAZA_USERNAME": "", "KAMIWAZA_PASSWORD": ""}, "Set KAMIWAZA_API_KEY, or KAMIWAZA_USERNAME and KAMIWAZA_PASSWORD."},
		"no password":    {map[string]string{"KAMIWAZA_PASSWORD": ""}, "A username is set, but no password. Set the environment variable KAMIWAZA_PASSWORD."},
		"two logins":     {map[string]string{"KAMIWAZA_API_KEY": "x"}, "Unset one of the two."},
		"a newline":      {map[string]string{"KAMIWAZA_PASSWORD": "correct horse\n"}, "The value of KAMIWAZA_PASSWORD ends with a newline."},
		"a number":       {map[string]string{"KAMIWAZA_MAX_RETRIES": "many"}, `KAMIWAZA_MAX_RETRIES is "many"; it must be a whole number from 0 to 20.`},
		"headers":        {map[string]string{"KAMIWAZA_HEADERS": "x"}, "KAMIWAZA_HEADERS must be a JSON object with string values"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			variables := maps.Clone(login)
			maps.Copy(variables, test.variables)
			_, problems := connection.FromEnvironment(environment(variables))
			if len(problems) != 1 || !strings.Contains(problems[0].Detail, test.want) || strings.Contains(problems[0].Detail, "correct horse") {
				t.Errorf("got %+v, want %q", problems, test.want)
			}
		})
	}
}
