package provider_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/authservertest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
)

const role = `
resource "kamiwaza_role" "test" {
  name = "test"
}
`

func providerBlock(arguments string) string {
	return "provider \"kamiwaza\" {\n" + arguments + "\n}\n"
}

func TestAccProvider_waysToLogIn(t *testing.T) {
	s := acctest.Start(t, authserver.Config{})
	url := fmt.Sprintf("base_url = %q\n", s.URL)
	pair := fmt.Sprintf("username = %q\npassword = %q\n", authservertest.AdminUsername, authservertest.AdminPassword)
	for name, test := range map[string]struct {
		arguments   string
		environment map[string]string
		login       string // the call that logs in
	}{
		"password grant": {arguments: url + pair, login: "/auth/token"},
		"local login":    {arguments: url + pair + `login_method = "local"`, login: "/auth/local-login"},
		"API key":        {arguments: url + fmt.Sprintf("api_key = %q", authservertest.APIKey)},
		"environment, password": {
			environment: map[string]string{
				"KAMIWAZA_BASE_URL": s.URL, "KAMIWAZA_USERNAME": authservertest.AdminUsername, "KAMIWAZA_PASSWORD": authservertest.AdminPassword,
			},
			login: "/auth/token",
		},
		"environment, local": {
			environment: map[string]string{
				"KAMIWAZA_BASE_URI": s.URL, "KAMIWAZA_USERNAME": authservertest.AdminUsername, "KAMIWAZA_PASSWORD": authservertest.AdminPassword,
				"KAMIWAZA_LOGIN_METHOD": "local",
			},
			login: "/auth/local-login",
		},
		"environment, API key": {
			environment: map[string]string{"KAMIWAZA_BASE_URL": s.URL, "KAMIWAZA_API_KEY": authservertest.APIKey},
		},
		"environment, API token": {
			environment: map[string]string{"KAMIWAZA_BASE_URL": s.URL, "KAMIWAZA_API_TOKEN": authservertest.APIKey},
		},
		"configuration before environment": {
			arguments: url + pair,
			environment: map[string]string{
				"KAMIWAZA_BASE_URL": "http://127.0.0.1:1/api", "KAMIWAZA_API_KEY": "wrong", "KAMIWAZA_USERNAME": "wrong", "KAMIWAZA_PASSWORD": "wrong",
			},
			login: "/auth/token",
		},
		"half configuration, half environment": {
			arguments:   url + fmt.Sprintf("username = %q\n", authservertest.AdminUsername),
			environment: map[string]string{"KAMIWAZA_PASSWORD": authservertest.AdminPassword, "KAMIWAZA_API_KEY": "wrong"},
			login:       "/auth/token",
		},
	} {
		t.Run(name, func(t *testing.T) {
			for variable, value := range test.environment {
				t.Setenv(variable, value)
			}
			s.Server.ResetRequests()
			resource.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: acctest.Factories,
				Steps:                    []resource.TestStep{{Config: providerBlock(test.arguments) + role}},
			})
			for _, login := range []string{"/auth/token", "/auth/local-login"} {
				if n := s.Count("POST", login); (n > 0) != (login == test.login) {
					t.Errorf("POST %s was called %d times", login, n)
				}
			}
		})
	}
}

func TestAccProvider_badConfiguration(t *testing.T) {
	s := acctest.Start(t, authserver.Config{})
	notPEM := filepath.Join(t.TempDir(), "ca.pem")
	acctest.Must(t, os.WriteFile(notPEM, []byte("this is no certificate"), 0o600))
	const login = "username = \"admin\"\npassword = \"wrong password\"\n"
	url := fmt.Sprintf("base_url = %q\n", s.URL)

	for name, test := range map[string]struct {
		arguments   string
		environment map[string]string
		phrases     []string
	}{
		"no base URL":  {arguments: login, phrases: []string{"Invalid base URL", "The base URL is empty", "Set base_url or the environment variable KAMIWAZA_BASE_URL"}},
		"no scheme":    {arguments: login + `base_url = "kamiwaza.example.com/api"`, phrases: []string{"Invalid base URL", `base_url = "kamiwaza.example.com/api"`, "must begin with https:// or http://"}},
		"other scheme": {arguments: login + `base_url = "ftp://kamiwaza.example.com/api"`, phrases: []string{"must begin with https:// or http://"}},
		"a query":      {arguments: login + `base_url = "https://kamiwaza.example.com/api?x=1"`, phrases: []string{"must not have a query"}},
		"credentials in URL": {
			arguments: login, environment: map[string]string{"KAMIWAZA_BASE_URL": "https://joe:s3cret@kamiwaza.example.com/api"},
			phrases: []string{"must not contain credentials"},
		},
		"two logins": {arguments: url + login + `api_key = "key"`, phrases: []string{"Two ways of logging in", `api_key = "key"`, "Keep one of the two"}},
		"two logins in the environment": {
			arguments: url, environment: map[string]string{"KAMIWAZA_API_KEY": "key", "KAMIWAZA_USERNAME": "admin", "KAMIWAZA_PASSWORD": "pw"},
			phrases: []string{"Two ways of logging in", "The environment has both"},
		},
		"no credentials": {arguments: url, phrases: []string{"No credentials", "Set api_key (or KAMIWAZA_API_KEY)"}},
		"no username":    {arguments: url + `password = "pw"`, phrases: []string{"No username", "KAMIWAZA_USERNAME"}},
		"no password":    {arguments: url + `username = "admin"`, phrases: []string{"No password", "KAMIWAZA_PASSWORD"}},
		"login method":   {arguments: url + login + `login_method = "magic"`, phrases: []string{`login_method value must be one of: ["token" "local"]`}},
		"login method in the environment": {
			arguments: url + login, environment: map[string]string{"KAMIWAZA_LOGIN_METHOD": "magic"},
			phrases: []string{`KAMIWAZA_LOGIN_METHOD is "magic"`},
		},
		"not a certificate":              {arguments: url + login + fmt.Sprintf("ca_cert_file = %q", notPEM), phrases: []string{"Not a certificate", "ca_cert_file = ", "holds no certificate in PEM form"}},
		"not a certificate text":         {arguments: url + login + `ca_cert_pem = "nonsense"`, phrases: []string{"Not a certificate", `ca_cert_pem = "nonsense"`, "The text holds no certificate in PEM form"}},
		"no such file":                   {arguments: url + login + `ca_cert_file = "/does/not/exist"`, phrases: []string{"Certificate file not readable", "no such file"}},
		"two certificates":               {arguments: url + login + "ca_cert_file = \"a\"\nca_cert_pem = \"b\"", phrases: []string{`Attribute "ca_cert_pem" cannot be specified when "ca_cert_file" is specified`}},
		"timeout":                        {arguments: url + login + `request_timeout = "5"`, phrases: []string{"Invalid duration", `"5" is not a duration greater than zero with a unit`}},
		"timeout in the environment":     {arguments: url + login, environment: map[string]string{"KAMIWAZA_REQUEST_TIMEOUT": "-1s"}, phrases: []string{"Invalid request timeout", "KAMIWAZA_REQUEST_TIMEOUT: "}},
		"retries":                        {arguments: url + login + `max_retries = 21`, phrases: []string{"max_retries value must be between 0 and 20"}},
		"retries in the environment":     {arguments: url + login, environment: map[string]string{"KAMIWAZA_MAX_RETRIES": "many"}, phrases: []string{`KAMIWAZA_MAX_RETRIES is "many"; it must be a whole number from 0 to 20`}},
		"read mode in the environment":   {arguments: url + login, environment: map[string]string{"KAMIWAZA_READ_MODE": "magic"}, phrases: []string{`KAMIWAZA_READ_MODE is "magic"; it must be "shared" or "direct"`}},
		"verification":                   {arguments: url + login, environment: map[string]string{"KAMIWAZA_VERIFY_SSL": "off"}, phrases: []string{`KAMIWAZA_VERIFY_SSL is "off"; it must be true, 1 or yes, or false, 0 or no`}},
		"lockout in the environment":     {arguments: url + login, environment: map[string]string{"KAMIWAZA_ALLOW_SELF_LOCKOUT": "x"}, phrases: []string{`KAMIWAZA_ALLOW_SELF_LOCKOUT is "x"`}},
		"certificate in the environment": {arguments: url + login, environment: map[string]string{"KAMIWAZA_CA_CERT_FILE": notPEM}, phrases: []string{"Not a certificate", "KAMIWAZA_CA_CERT_FILE: The file " + notPEM}},
		"concurrency":                    {arguments: url + login + `max_concurrent_requests = 0`, phrases: []string{"max_concurrent_requests value must be between 1 and 1000"}},
		"a header of the provider's own": {arguments: url + login + `headers = { authorization = "x" }`, phrases: []string{"Invalid header", `The header "authorization" cannot be configured: it is set for each request`}},
		"no header name":                 {arguments: url + login + `headers = { "a b" = "x" }`, phrases: []string{`"a b" is not the name of a header`}},
		"headers in the environment":     {arguments: url + login, environment: map[string]string{"KAMIWAZA_HEADERS": "secret"}, phrases: []string{"KAMIWAZA_HEADERS must be a JSON object with string values"}},
		"own header in the environment":  {arguments: url + login, environment: map[string]string{"KAMIWAZA_HEADERS": `{"Host": "secret"}`}, phrases: []string{`KAMIWAZA_HEADERS: The header "Host" cannot be configured`}},
		"refused login":                  {arguments: url + login, phrases: []string{"Login failed: POST /auth/token answered 401 Unauthorized", "Check username, password and login_method"}},
		"refused API key":                {arguments: url + `api_key = "outdated"`, phrases: []string{"answered 401 Unauthorized", "An API key may have expired or been revoked"}},
		"no /api":                        {arguments: login + fmt.Sprintf("base_url = %q\n", strings.TrimSuffix(s.URL, "/api")), phrases: []string{"a web page came back instead of JSON", "base_url: it usually ends in /api"}},
	} {
		t.Run(name, func(t *testing.T) {
			for variable, value := range test.environment {
				t.Setenv(variable, value)
			}
			resource.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: acctest.Factories,
				Steps: []resource.TestStep{{
					Config:      providerBlock(test.arguments) + role,
					ExpectError: acctest.Says(test.phrases...),
				}},
			})
		})
	}
}

// What was read from a file often ends with a newline, and what was copied may hold worse. The message never shows it.
func TestAccProvider_unfitSettings(t *testing.T) {
	s := acctest.Start(t, authserver.Config{})
	url := fmt.Sprintf("base_url = %q\n", s.URL)
	newline := filepath.Join(t.TempDir(), "secret")
	acctest.Must(t, os.WriteFile(newline, []byte("hush-hush\n"), 0o600))
	fromFile := fmt.Sprintf("file(%q)", newline)
	const pair = "username = \"ada\"\npassword = \"x\"\n"
	for name, test := range map[string]struct {
		arguments   string
		environment map[string]string
		phrases     []string
	}{
		"password": {
			arguments: url + "username = \"ada\"\npassword = " + fromFile,
			phrases:   []string{"Invalid password", "The value of password ends with a newline", "trimspace(file("},
		},
		"password with a tab":     {arguments: url + `username = "ada"` + "\n" + `password = "hush\thush"`, phrases: []string{"The value of password contains a control character"}},
		"username":                {arguments: url + "password = \"x\"\nusername = " + fromFile, phrases: []string{"Invalid username", "The value of username ends with a newline", "trimspace("}},
		"username, first newline": {arguments: url + "password = \"x\"\nusername = \"\\nada\"", phrases: []string{"The value of username begins with a newline"}},
		"API key":                 {arguments: url + "api_key = " + fromFile, phrases: []string{"Invalid API key", "The value of api_key ends with a newline", "trimspace("}},
		"API key with a space":    {arguments: url + `api_key = "hush hush"`, phrases: []string{"Invalid API key", "api_key: the API key contains a space or another character that no bearer token has"}},
		"API key in letters":      {arguments: url + `api_key = "hüsh"`, phrases: []string{"api_key: the API key contains a space or another character that no bearer token has"}},
		"base URL":                {arguments: pair + fmt.Sprintf("base_url = %q", s.URL+"\n"), phrases: []string{"Invalid base URL", "The base URL ends with a newline", "trimspace("}},
		"client id":               {arguments: url + pair + `client_id = "x\n"`, phrases: []string{"Invalid client id", "The value of client_id ends with a newline"}},
		"client secret":           {arguments: url + pair + "client_secret = " + fromFile, phrases: []string{"Invalid client secret", "The value of client_secret ends with a newline"}},
		"scope":                   {arguments: url + pair + `scope = "a\nb"`, phrases: []string{"Invalid scope", "The value of scope contains a control character"}},
		"password in the environment": {
			arguments: url + `username = "ada"`, environment: map[string]string{"KAMIWAZA_PASSWORD": "hush-hush\r\n"},
			phrases: []string{"Invalid password", "The value of KAMIWAZA_PASSWORD ends with a newline", `export KAMIWAZA_PASSWORD="$(cat FILE)"`},
		},
		"username in the environment": {
			arguments: url + `password = "x"`, environment: map[string]string{"KAMIWAZA_USERNAME": "ada\n"},
			phrases: []string{"The value of KAMIWAZA_USERNAME ends with a newline"},
		},
		"API key in the environment": {
			arguments: url, environment: map[string]string{"KAMIWAZA_API_KEY": "hush-hush\n"},
			phrases: []string{"The value of KAMIWAZA_API_KEY ends with a newline"},
		},
		"API token in the environment": {
			arguments: url, environment: map[string]string{"KAMIWAZA_API_TOKEN": "hush\x01hush"},
			phrases: []string{"The value of KAMIWAZA_API_TOKEN contains a control character"},
		},
		"base URL in the environment": {
			arguments: pair, environment: map[string]string{"KAMIWAZA_BASE_URI": s.URL + "\n"},
			phrases: []string{"The value of KAMIWAZA_BASE_URI ends with a newline"},
		},
		"base URL with a space": {
			arguments: pair, environment: map[string]string{"KAMIWAZA_BASE_URL": " " + s.URL},
			phrases: []string{"Invalid base URL", "The base URL begins or ends with a space"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			for variable, value := range test.environment {
				t.Setenv(variable, value)
			}
			resource.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: acctest.Factories,
				Steps: []resource.TestStep{{
					Config:      providerBlock(test.arguments) + role,
					ExpectError: acctest.Says(test.phrases...),
				}},
			})
		})
	}
	if n := len(s.Server.Requests()); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

// Blank space is a part of a password like any other.
func TestAccProvider_passwordWithSpaces(t *testing.T) {
	s := acctest.Start(t, authserver.Config{})
	const password = " päss word "
	_, err := s.API.Users.Create(t.Context(), rbac.UserCreate{Username: "root", Email: "root@example.com", Password: password, IsSuperuser: true})
	acctest.Must(t, err)
	resource.ParallelTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories,
		Steps: []resource.TestStep{{
			Config: providerBlock(fmt.Sprintf("base_url = %q\nusername = \"root\"\npassword = %q", s.URL, password)) + role,
		}},
	})
}

// What the provider sends along reaches the platform.
func TestAccProvider_headers(t *testing.T) {
	s := acctest.Start(t, authserver.Config{})
	var mu sync.Mutex
	var seen []http.Header
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		seen = append(seen, r.Header.Clone())
		mu.Unlock()
		s.Server.ServeHTTP(w, r)
	}))
	t.Cleanup(front.Close)
	resource.ParallelTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories,
		Steps: []resource.TestStep{{
			Config: providerBlock(fmt.Sprintf("base_url = %q\napi_key = %q\nheaders = { X-Tenant = \"blue\" }", front.URL+"/api", authservertest.APIKey)) + role,
		}},
	})
	for _, header := range seen {
		if agent := header.Get("User-Agent"); !acctest.Says("terraform-provider-kamiwaza/test (+Terraform/1.").MatchString(agent) {
			t.Errorf("User-Agent is %q", agent)
		}
		if tenant := header.Get("X-Tenant"); tenant != "blue" {
			t.Errorf("X-Tenant is %q", tenant)
		}
	}
	if len(seen) == 0 {
		t.Error("no request came through the front")
	}
}

// A base URL that is known only during the apply is no error while nothing has to be asked.
func TestAccProvider_unknownAtPlan(t *testing.T) {
	s := acctest.Start(t, authserver.Config{})
	config := func(trigger string) string {
		return providerBlock(fmt.Sprintf("base_url = terraform_data.url.output\napi_key = %q", authservertest.APIKey)) + role + fmt.Sprintf(`
resource "terraform_data" "url" {
  input            = %q
  triggers_replace = %q
}`, s.URL, trigger)
	}
	resource.ParallelTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories,
		Steps: []resource.TestStep{
			{
				Config: config("a"),
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction("kamiwaza_role.test", plancheck.ResourceActionCreate)},
				},
			},
			{Config: config("b"), ExpectError: acctest.Says("Could not read role \"test\"", "The provider's configuration is not known yet", "do not exist yet: base_url.")},
			{Config: config("a")},
		},
	})
}

// A token that ends in the middle of a run is renewed, and nothing is done twice.
func TestAccProvider_tokenEndsInMidRun(t *testing.T) {
	s := acctest.Start(t, authserver.Config{})
	var roles strings.Builder
	for i := range 20 {
		fmt.Fprintf(&roles, "resource \"kamiwaza_role\" \"r%[1]d\" {\n  name = \"r%[1]d\"\n}\n", i)
	}
	var once sync.Once
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if len(s.Server.Snapshot().Roles) >= 10 {
			once.Do(s.Server.RevokeTokens)
		}
		s.Server.ServeHTTP(w, r)
	}))
	t.Cleanup(front.Close)
	resource.ParallelTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories,
		Steps: []resource.TestStep{{
			Config: providerBlock(fmt.Sprintf("base_url = %q\nusername = %q\npassword = %q", front.URL+"/api",
				authservertest.AdminUsername, authservertest.AdminPassword)) + roles.String(),
			Check: func(*terraform.State) error {
				refused := 0
				for _, request := range s.Server.Requests() {
					if request.Status == http.StatusUnauthorized {
						refused++
					}
				}
				if refused == 0 {
					return fmt.Errorf("no request met the revoked token")
				}
				if n := len(s.Server.Snapshot().Roles); n != 20 {
					return fmt.Errorf("the server holds %d roles, want 20", n)
				}
				return nil
			},
		}},
	})
}

// The answer to a create is lost: the error says that the object may exist, under which name, and what to do.
func TestAccProvider_lostAnswerOfCreate(t *testing.T) {
	s := acctest.Start(t, authserver.Config{})
	resource.ParallelTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories,
		Steps: []resource.TestStep{
			{
				PreConfig: func() {
					s.Server.Inject(authserver.Fault{Method: "POST", Route: "/auth/roles/", Times: 1, Drop: authserver.DropAfter})
				},
				Config:      s.Config(role),
				ExpectError: acctest.Says(`Could not create role "test"`, `the role "test" may exist on the server now`, "import it with its id"),
			},
			{ // which is the truth
				PreConfig: func() {
					if n := s.Count("POST", "/auth/roles/"); n != 1 {
						t.Errorf("the create was sent %d times, want once", n)
					}
				},
				Config:      s.Config(role),
				ExpectError: acctest.Says(`Could not create role "test"`, "409 Conflict"),
			},
			{
				PreConfig: func() { acctest.Must(t, s.API.Roles.Delete(t.Context(), s.Server.Snapshot().Roles[0].ID)) },
				Config:    s.Config(role),
			},
		},
	})
}

// Failures that pass are not the user's business.
func TestAccProvider_retries(t *testing.T) {
	s := acctest.Start(t, authserver.Config{})
	resource.ParallelTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories,
		Steps: []resource.TestStep{{
			PreConfig: func() {
				s.Server.Inject(authserver.Fault{Method: "POST", Route: "/auth/roles/", Times: 2, Status: 503, RetryAfter: "7"})
				s.Server.Inject(authserver.Fault{Method: "GET", Route: "/auth/roles/{role_id}", Times: 2, Status: 502})
				s.Server.Inject(authserver.Fault{Method: "DELETE", Route: "/auth/roles/{role_id}", Times: 1, Status: 429})
			},
			Config: s.Config(role),
		}},
	})
}

// A server of the other generation of the API does not offer these calls, which must not pass for "gone".
func TestAccProvider_otherGeneration(t *testing.T) {
	s := acctest.Start(t, authserver.Config{})
	resource.ParallelTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories,
		Steps: []resource.TestStep{
			{Config: s.Config(role)},
			{
				PreConfig: func() {
					s.Server.Inject(authserver.Fault{Method: "GET", Route: "/auth/roles/{role_id}", Times: 1, Status: 404, Body: `{"detail": "Not Found"}`})
				},
				Config:      s.Config(role),
				ExpectError: acctest.Says(`Could not read role "test"`, "The server does not offer this call", "platform 0.3 to 0.6"),
			},
			{
				PreConfig: func() {
					s.Server.Inject(authserver.Fault{Method: "GET", Route: "/auth/roles/{role_id}", Times: 1, Status: 404, Body: "default backend - 404", ContentType: "text/plain"})
				},
				Config:      s.Config(role),
				ExpectError: acctest.Says(`Could not read role "test"`, "default backend", "Something other than the AuthService's API answered"),
			},
			{
				Config:           s.Config(role),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
			},
		},
	})
}
