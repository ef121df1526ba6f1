package provider

import (
	"cmp"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/directory"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/framework"
)

// The arguments of the provider.
var (
	settingBaseURL = setting{
		name:        "base_url",
		variables:   []string{"KAMIWAZA_BASE_URL", "KAMIWAZA_BASE_URI"},
		required:    "required",
		description: "The address of the platform's API, usually ending in `/api`, such as `https://kamiwaza.example.com/api`.",
		validators:  []validator.String{baseURL{}},
	}
	settingAPI = setting{
		name:        "api",
		variables:   []string{"KAMIWAZA_API"},
		standard:    apiAuto,
		description: "The API of the platform",
		choices: []choice{
			{apiAuto, "the provider detects it before its first request"},
			{apiRBAC, "platform 0.3 to 0.6"},
			{apiGateway, "platform 0.7 and later"},
		},
	}
	settingUsername = setting{
		name:        "username",
		variables:   []string{"KAMIWAZA_USERNAME"},
		required:    "required without `api_key`",
		description: "The user to log in as. Changes need a superuser with the RBAC API, and the role `admin` with the gateway API.",
		validators:  []validator.String{stringvalidator.LengthAtLeast(1)},
	}
	settingPassword = setting{
		name:        "password",
		variables:   []string{"KAMIWAZA_PASSWORD"},
		required:    "required without `api_key`",
		sensitive:   true,
		description: "The password of `username`.",
		validators:  []validator.String{stringvalidator.LengthAtLeast(1)},
	}
	settingAPIKey = setting{
		name:      "api_key",
		variables: []string{"KAMIWAZA_API_KEY", "KAMIWAZA_API_TOKEN"},
		required:  "required without `username` and `password`",
		sensitive: true,
		description: "An API key, sent as a bearer token, instead of `username` and `password`. It cannot be " +
			"renewed. With the gateway API, it is a personal access token with the scope `admin`.",
		validators: []validator.String{stringvalidator.LengthAtLeast(1)},
	}
	settingLoginMethod = setting{
		name:        "login_method",
		variables:   []string{"KAMIWAZA_LOGIN_METHOD"},
		standard:    string(client.LoginToken),
		description: "How to log in",
		choices: []choice{
			{string(client.LoginToken), "the OAuth 2 password grant"},
			{string(client.LoginLocal), "the platform's local login, which sends the password in the query string, where proxies may log it"},
		},
	}
	settingClientID = setting{
		name:        "client_id",
		variables:   []string{"KAMIWAZA_CLIENT_ID"},
		description: "The OAuth 2 client id for `login_method = \"token\"`, if the platform requires one.",
	}
	settingClientSecret = setting{
		name:        "client_secret",
		variables:   []string{"KAMIWAZA_CLIENT_SECRET"},
		sensitive:   true,
		description: "The secret of `client_id`.",
	}
	settingScope = setting{
		name:        "scope",
		variables:   []string{"KAMIWAZA_SCOPE"},
		description: "The OAuth 2 scopes to request, separated by spaces.",
	}
	settingCACertFile = setting{
		name:      "ca_cert_file",
		variables: []string{"KAMIWAZA_CA_CERT_FILE"},
		description: "The path of a PEM file with certificates to trust in addition to those of the system, for a private certificate " +
			"authority. Conflicts with `ca_cert_pem`.",
		validators: []validator.String{stringvalidator.ConflictsWith(path.MatchRoot("ca_cert_pem"))},
	}
	settingCACertPEM = setting{
		name:        "ca_cert_pem",
		variables:   []string{"KAMIWAZA_CA_CERT_PEM"},
		description: "PEM certificates to trust in addition to those of the system. Conflicts with `ca_cert_file`.",
	}
	settingInsecureSkipVerify = setting{
		name:            "insecure_skip_verify",
		kind:            aSwitch,
		variables:       []string{"KAMIWAZA_VERIFY_SSL"},
		variableNote:    "`false`, `0` or `no` disables the verification",
		variableNegates: true,
		standard:        "false",
		description: "Whether to disable the verification of certificates. Anyone who intercepts the connection can then read the credentials; prefer " +
			"`ca_cert_file`.",
	}
	settingRequestTimeout = setting{
		name:        "request_timeout",
		variables:   []string{"KAMIWAZA_REQUEST_TIMEOUT"},
		standard:    client.DefaultRequestTimeout.String(),
		description: "The timeout of each attempt of a request, such as `45s` or `2m`.",
		validators:  []validator.String{framework.DurationValidator{}},
	}
	settingMaxRetries = setting{
		name:      "max_retries",
		kind:      aNumber,
		variables: []string{"KAMIWAZA_MAX_RETRIES"},
		standard:  strconv.Itoa(client.DefaultMaxRetries),
		least:     0, most: 20,
		description: "The maximum number of retries after a temporary failure (429, 502, 503, 504 or a broken connection), with increasing " +
			"delays; `0` disables retries. A create is only retried if the server cannot have processed it.",
	}
	settingMaxConcurrentRequests = setting{
		name:      "max_concurrent_requests",
		kind:      aNumber,
		variables: []string{"KAMIWAZA_MAX_CONCURRENT_REQUESTS"},
		standard:  strconv.Itoa(client.DefaultMaxConcurrentRequests),
		least:     1, most: 1000,
		description: "The maximum number of concurrent requests. Terraform's `-parallelism` (10 by default) limits it too.",
	}
	settingHeaders = setting{
		name:         "headers",
		kind:         aMap,
		variables:    []string{"KAMIWAZA_HEADERS"},
		variableNote: "a JSON object with string values",
		sensitive:    true,
		description: "Additional headers for each request, for example for a proxy in front of the platform. Headers that the provider or the connection " +
			"sets, such as `Authorization`, `Cookie`, `Content-Type`, `Host` and `User-Agent`, and idempotency keys are not allowed.",
	}
	settingReadMode = setting{
		name:        "read_mode",
		variables:   []string{"KAMIWAZA_READ_MODE"},
		standard:    string(directory.Shared),
		description: "How the provider reads objects",
		choices: []choice{
			{string(directory.Shared), "reads each object once, and most users from one list"},
			{string(directory.Direct), "sends a request for each resource and data source"},
		},
	}
	settingAllowSelfLockout = setting{
		name:      "allow_self_lockout",
		kind:      aSwitch,
		variables: []string{"KAMIWAZA_ALLOW_SELF_LOCKOUT"},
		standard:  "false",
		description: "Whether plans may delete or deactivate the user the provider authenticates as, or remove its superuser flag. Later runs " +
			"could not undo this.",
	}
)

// settings are all arguments, in the order of the README's table.
var settings = []setting{
	settingBaseURL, settingAPI,
	settingUsername, settingPassword, settingAPIKey, settingLoginMethod, settingClientID, settingClientSecret, settingScope,
	settingCACertFile, settingCACertPEM, settingInsecureSkipVerify,
	settingRequestTimeout, settingMaxRetries, settingMaxConcurrentRequests, settingHeaders,
	settingReadMode, settingAllowSelfLockout,
}

func settingAttributes() map[string]schema.Attribute {
	attributes := make(map[string]schema.Attribute, len(settings))
	for _, s := range settings {
		attributes[s.name] = s.attribute()
	}
	return attributes
}

// configuration is what the provider's arguments and the environment come to.
type configuration struct {
	api              string
	readMode         directory.ReadMode
	allowSelfLockout bool
	// unknown names the arguments whose values Terraform does not know yet. Unless it is empty, there is no client.
	unknown []string
	client  client.Config
}

// resolve turns the configuration and, where that is silent, the environment into what the provider works with.
func resolve(config tfsdk.Config, diags *diag.Diagnostics) configuration {
	from := newSource(config, diags)
	resolved := configuration{
		api:              from.choice(settingAPI, "Invalid API"),
		readMode:         directory.ReadMode(from.choice(settingReadMode, "Invalid read mode")),
		allowSelfLockout: from.isOn(settingAllowSelfLockout),
		unknown:          from.unknown(),
	}
	if len(resolved.unknown) == 0 {
		resolved.client = from.client()
	}
	return resolved
}

// unknown names the arguments whose values Terraform does not know yet.
func (from source) unknown() []string {
	var unknown []string
	for name, value := range from.arguments {
		if !value.IsFullyKnown() {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	return unknown
}

// client returns the client's configuration.
func (from source) client() client.Config {
	config := client.Config{
		BaseURL:               from.baseURL(),
		InsecureSkipVerify:    from.isOn(settingInsecureSkipVerify),
		RootCAs:               from.certificates(),
		RequestTimeout:        from.timeout(),
		MaxRetries:            from.number(settingMaxRetries),
		MaxConcurrentRequests: from.number(settingMaxConcurrentRequests),
		Headers:               from.headers(),
	}
	from.logIn(&config)
	return config
}

func (from source) baseURL() string {
	text := from.text(settingBaseURL)
	if !from.checkText(settingBaseURL, "Invalid base URL") {
		return text
	}
	if _, err := client.ParseBaseURL(text); err != nil {
		from.refuse(settingBaseURL, "Invalid base URL", fmt.Sprintf("%s. Set %s or the environment variable %s.",
			framework.Capitalize(err.Error()), settingBaseURL.name, settingBaseURL.variables[0]))
	}
	return text
}

func (from source) timeout() time.Duration {
	text, variable := from.textAndVariable(settingRequestTimeout)
	timeout, err := time.ParseDuration(text)
	if err != nil || timeout <= 0 {
		from.refuse(settingRequestTimeout, "Invalid request timeout", cmp.Or(variable, settingRequestTimeout.name)+": "+framework.NotADuration(text))
	}
	return timeout
}

// logIn decides how to log in. A method that the configuration begins is completed from the environment, and the
// environment's other method does not count then.
func (from source) logIn(config *client.Config) {
	username, password, apiKey := from.text(settingUsername), from.text(settingPassword), from.text(settingAPIKey)
	config.LoginMethod = client.LoginMethod(from.choice(settingLoginMethod, "Invalid login method"))
	config.ClientID, config.ClientSecret, config.Scope = from.text(settingClientID), from.text(settingClientSecret), from.text(settingScope)
	configuredLogin := from.configured(settingUsername) != "" || from.configured(settingPassword) != ""
	switch {
	case from.hasTwoLogins():
		from.refuseTwoLogins()
	case from.configured(settingAPIKey) != "":
		config.APIKey = from.apiKey()
	case !configuredLogin && apiKey != "" && (username != "" || password != ""):
		from.refuse(settingAPIKey, "Two ways of logging in", fmt.Sprintf(
			"The environment has both an API key (%s) and %s or %s. Unset one of the two, or choose by setting %s, or %s and %s, in the provider's configuration.",
			strings.Join(settingAPIKey.variables, " or "), settingUsername.variables[0], settingPassword.variables[0],
			settingAPIKey.name, settingUsername.name, settingPassword.name))
	case !configuredLogin && apiKey != "":
		config.APIKey = from.apiKey()
	case username == "" && password == "":
		from.refuse(settingAPIKey, "No credentials", fmt.Sprintf("Set %s (or %s), or %s and %s (or %s and %s).",
			settingAPIKey.name, settingAPIKey.variables[0],
			settingUsername.name, settingPassword.name, settingUsername.variables[0], settingPassword.variables[0]))
	case username == "":
		from.refuse(settingUsername, "No username", fmt.Sprintf("A password is set, but no username. Set %s or the environment variable %s.",
			settingUsername.name, settingUsername.variables[0]))
	case password == "":
		from.refuse(settingPassword, "No password", fmt.Sprintf("A username is set, but no password. Set %s or the environment variable %s.",
			settingPassword.name, settingPassword.variables[0]))
	default:
		config.Username, config.Password = username, password
		from.checkText(settingUsername, "Invalid username")
		from.checkText(settingPassword, "Invalid password")
		from.checkText(settingClientID, "Invalid client id")
		from.checkText(settingClientSecret, "Invalid client secret")
		from.checkText(settingScope, "Invalid scope")
	}
}

func (from source) apiKey() string {
	key, variable := from.textAndVariable(settingAPIKey)
	if !from.checkText(settingAPIKey, "Invalid API key") {
		return key
	}
	if err := client.CheckAPIKey(key); err != nil {
		from.refuse(settingAPIKey, "Invalid API key", fmt.Sprintf("%s: %s.", cmp.Or(variable, settingAPIKey.name), err))
	}
	return key
}

// hasTwoLogins tells whether the configuration itself says both ways of logging in.
func (from source) hasTwoLogins() bool {
	return from.configured(settingAPIKey) != "" && (from.configured(settingUsername) != "" || from.configured(settingPassword) != "")
}

func (from source) refuseTwoLogins() {
	from.refuse(settingAPIKey, "Two ways of logging in", fmt.Sprintf("Both %s and %s/%s are set. Keep one of the two.",
		settingAPIKey.name, settingUsername.name, settingPassword.name))
}

// certificates returns the system's certificate authorities with the configured ones, or nil for the system's alone.
func (from source) certificates() *x509.CertPool {
	pem, pemVariable := from.textAndVariable(settingCACertPEM)
	file, fileVariable := from.textAndVariable(settingCACertFile)
	// One that is configured counts alone: the environment's other one does not.
	switch {
	case pem != "" && pemVariable == "" && fileVariable != "":
		file = ""
	case file != "" && fileVariable == "" && pemVariable != "":
		pem = ""
	}
	switch {
	case file != "" && pem != "":
		from.refuse(settingCACertFile, "Two sources of certificates",
			"Both a certificate file and a certificate text are set. Keep one of the two; a file or a text may hold several certificates.")
		return nil
	case file != "":
		prefix := ""
		if fileVariable != "" {
			prefix = fileVariable + ": "
		}
		content, err := os.ReadFile(file)
		if err != nil {
			from.refuse(settingCACertFile, "Certificate file not readable", prefix+framework.Capitalize(err.Error())+".")
			return nil
		}
		return from.pool(settingCACertFile, string(content), prefix+"The file "+file)
	case pem != "":
		return from.pool(settingCACertPEM, pem, cmp.Or(pemVariable, "The text"))
	}
	return nil
}

// pool adds certificates to the system's.
func (from source) pool(s setting, pem, origin string) *x509.CertPool {
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM([]byte(pem)) {
		from.refuse(s, "Not a certificate",
			origin+` holds no certificate in PEM form, that is, text between "-----BEGIN CERTIFICATE-----" and "-----END CERTIFICATE-----".`)
	}
	return pool
}

func (from source) headers() map[string]string {
	headers := map[string]string{}
	var elements map[string]tftypes.Value
	if argument := from.arguments[settingHeaders.name]; !argument.IsNull() && argument.As(&elements) == nil {
		for name, element := range elements { // which the schema's validator has checked
			var value string
			if err := element.As(&value); err != nil {
				from.refuse(settingHeaders, "Invalid header", framework.Capitalize(err.Error())+".")
			}
			headers[name] = value
		}
		return headers
	}
	for _, variable := range settingHeaders.variables {
		text := os.Getenv(variable)
		if text != "" && json.Unmarshal([]byte(text), &headers) != nil {
			// The text stays out of the message: headers may be secret.
			from.refuse(settingHeaders, "Invalid headers",
				variable+` must be a JSON object with string values, such as {"X-Tenant": "blue"}.`)
			return nil
		}
		for _, err := range client.CheckHeaders(headers) {
			from.refuse(settingHeaders, "Invalid header", variable+": "+framework.Capitalize(err.Error())+".")
		}
	}
	return headers
}

// warnOfPlainHTTP warns of an address at which credentials travel unencrypted. This machine's own is none: nothing leaves
// it.
func warnOfPlainHTTP(address string, diags *diag.Diagnostics) {
	base, err := client.ParseBaseURL(address)
	if err != nil || base.Scheme != "http" {
		return
	}
	host := base.Hostname()
	if ip := net.ParseIP(host); strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback() {
		return
	}
	diags.AddAttributeWarning(path.Root(settingBaseURL.name), "Credentials travel unencrypted",
		fmt.Sprintf("The base URL, http://%s, uses plain HTTP. Anyone who intercepts the connection between this machine and %s can read the credentials and all "+
			"responses. Use https:// if the platform supports it. For a private certificate authority, set ca_cert_file.", base.Host, host))
}
