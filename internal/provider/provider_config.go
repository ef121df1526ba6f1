package provider

import (
	"cmp"
	"context"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
)

// unknownAttributes names the attributes whose values Terraform does not know yet.
func unknownAttributes(config tfsdk.Config) []string {
	var attributes map[string]tftypes.Value
	if config.Raw.As(&attributes) != nil {
		return nil
	}
	var unknown []string
	for name, value := range attributes {
		if !value.IsFullyKnown() {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	return unknown
}

// resolve turns the configuration and, where that is silent, the environment into the client's configuration.
func (m providerModel) resolve(ctx context.Context, diags *diag.Diagnostics) client.Config {
	config := client.Config{
		BaseURL:               setting(m.BaseURL, "KAMIWAZA_BASE_URL", "KAMIWAZA_BASE_URI"),
		LoginMethod:           choice(diags, "login_method", m.LoginMethod, "KAMIWAZA_LOGIN_METHOD", client.LoginToken, client.LoginLocal),
		ClientID:              setting(m.ClientID, "KAMIWAZA_CLIENT_ID"),
		ClientSecret:          setting(m.ClientSecret, "KAMIWAZA_CLIENT_SECRET"),
		Scope:                 setting(m.Scope, "KAMIWAZA_SCOPE"),
		InsecureSkipVerify:    m.InsecureSkipVerify.ValueBool(),
		RequestTimeout:        client.DefaultRequestTimeout,
		MaxRetries:            number(diags, "max_retries", m.MaxRetries, "KAMIWAZA_MAX_RETRIES", client.DefaultMaxRetries, 0, 20),
		MaxConcurrentRequests: number(diags, "max_concurrent_requests", m.MaxConcurrentRequests, "KAMIWAZA_MAX_CONCURRENT_REQUESTS", client.DefaultMaxConcurrentRequests, 1, 1000),
	}

	if checkText(diags, "base_url", "Invalid base URL", m.BaseURL, "KAMIWAZA_BASE_URL", "KAMIWAZA_BASE_URI") {
		if _, err := client.ParseBaseURL(config.BaseURL); err != nil {
			diags.AddAttributeError(path.Root("base_url"), "Invalid base URL",
				capitalize(err.Error())+". Set base_url or the environment variable KAMIWAZA_BASE_URL.")
		}
	}
	if m.InsecureSkipVerify.IsNull() {
		config.InsecureSkipVerify = !switched(diags, "insecure_skip_verify", "KAMIWAZA_VERIFY_SSL", true)
	}
	if text := setting(m.RequestTimeout, "KAMIWAZA_REQUEST_TIMEOUT"); text != "" {
		timeout, err := time.ParseDuration(text)
		if err != nil || timeout <= 0 {
			diags.AddAttributeError(path.Root("request_timeout"), "Invalid request timeout", "KAMIWAZA_REQUEST_TIMEOUT: "+notADuration(text))
		}
		config.RequestTimeout = timeout
	}
	m.resolveCredentials(&config, diags)
	config.RootCAs = m.resolveCertificates(diags)
	config.Headers = m.resolveHeaders(ctx, diags)
	return config
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
	diags.AddAttributeWarning(path.Root("base_url"), "Credentials travel unencrypted",
		fmt.Sprintf("The base URL, http://%s, is plain HTTP: whoever sits between this machine and %s can read the credentials and every "+
			"answer. Use https:// if the platform offers it; for a certificate of your own authority, set ca_cert_file.", base.Host, host))
}

// resolveCredentials decides how to log in. A method that the configuration begins is completed from the
// environment, and the environment's other method does not count then.
func (m providerModel) resolveCredentials(config *client.Config, diags *diag.Diagnostics) {
	apiKey := setting(m.APIKey, "KAMIWAZA_API_KEY", "KAMIWAZA_API_TOKEN")
	username := setting(m.Username, "KAMIWAZA_USERNAME")
	password := setting(m.Password, "KAMIWAZA_PASSWORD")

	configuredKey := m.APIKey.ValueString() != ""
	configuredLogin := m.Username.ValueString() != "" || m.Password.ValueString() != ""
	switch {
	case m.hasTwoLogins():
		addTwoLogins(diags)
	case configuredKey:
		config.APIKey = apiKey
		m.checkAPIKey(diags)
	case !configuredLogin && apiKey != "" && (username != "" || password != ""):
		diags.AddAttributeError(path.Root("api_key"), "Two ways of logging in",
			"The environment has both an API key (KAMIWAZA_API_KEY or KAMIWAZA_API_TOKEN) and KAMIWAZA_USERNAME or KAMIWAZA_PASSWORD. "+
				"Unset one of the two, or choose by setting api_key, or username and password, in the provider's configuration.")
	case !configuredLogin && apiKey != "":
		config.APIKey = apiKey
		m.checkAPIKey(diags)
	case username == "" && password == "":
		diags.AddAttributeError(path.Root("api_key"), "No credentials",
			"Set api_key (or KAMIWAZA_API_KEY), or username and password (or KAMIWAZA_USERNAME and KAMIWAZA_PASSWORD).")
	case username == "":
		diags.AddAttributeError(path.Root("username"), "No username",
			"There is a password but no username. Set username or the environment variable KAMIWAZA_USERNAME.")
	case password == "":
		diags.AddAttributeError(path.Root("password"), "No password",
			"There is a username but no password. Set password or the environment variable KAMIWAZA_PASSWORD.")
	default:
		config.Username, config.Password = username, password
		checkText(diags, "username", "Invalid username", m.Username, "KAMIWAZA_USERNAME")
		checkText(diags, "password", "Invalid password", m.Password, "KAMIWAZA_PASSWORD")
		checkText(diags, "client_id", "Invalid client id", m.ClientID, "KAMIWAZA_CLIENT_ID")
		checkText(diags, "client_secret", "Invalid client secret", m.ClientSecret, "KAMIWAZA_CLIENT_SECRET")
		checkText(diags, "scope", "Invalid scope", m.Scope, "KAMIWAZA_SCOPE")
	}
}

func (m providerModel) checkAPIKey(diags *diag.Diagnostics) {
	variables := []string{"KAMIWAZA_API_KEY", "KAMIWAZA_API_TOKEN"}
	if !checkText(diags, "api_key", "Invalid API key", m.APIKey, variables...) {
		return
	}
	key, variable := settingAndVariable(m.APIKey, variables...)
	if err := client.CheckAPIKey(key); err != nil {
		diags.AddAttributeError(path.Root("api_key"), "Invalid API key", fmt.Sprintf("%s: %s.", cmp.Or(variable, "api_key"), err))
	}
}

// checkText refuses a setting with a control character, such as the newline at the end of the file that it was read from: the
// server would refuse the login without saying why. The value may be secret and is never shown.
func checkText(diags *diag.Diagnostics, attribute, summary string, configured types.String, variables ...string) bool {
	text, variable := settingAndVariable(configured, variables...)
	problem := "contains a control character"
	switch {
	case !strings.ContainsFunc(text, unicode.IsControl):
		return true
	case strings.TrimRight(text, "\r\n") != text:
		problem = "ends with a newline"
	case strings.TrimLeft(text, "\r\n") != text:
		problem = "begins with a newline"
	}
	diags.AddAttributeError(path.Root(attribute), summary,
		fmt.Sprintf("The value of %s %s.%s", cmp.Or(variable, attribute), problem, howToTrim(text, variable)))
	return false
}

// howToTrim says how to get rid of blank space at the ends of a setting; "" if there is none.
func howToTrim(text, variable string) string {
	switch {
	case strings.TrimSpace(text) == text:
		return ""
	case variable != "":
		return fmt.Sprintf(` To read it from a file without its newline, use export %s="$(cat FILE)".`, variable)
	}
	return ` To read it from a file without its newline, use trimspace(file("FILE")).`
}

// hasTwoLogins tells whether the configuration itself says both ways of logging in.
func (m providerModel) hasTwoLogins() bool {
	return m.APIKey.ValueString() != "" && (m.Username.ValueString() != "" || m.Password.ValueString() != "")
}

func addTwoLogins(diags *diag.Diagnostics) {
	diags.AddAttributeError(path.Root("api_key"), "Two ways of logging in",
		"Both api_key and username/password are set. Keep one of the two.")
}

// resolveCertificates returns the system's certificate authorities with the configured ones, or nil for the
// system's alone.
func (m providerModel) resolveCertificates(diags *diag.Diagnostics) *x509.CertPool {
	attribute, source := path.Root("ca_cert_pem"), "The text"
	fromEnvironment := ""
	pem := m.CACertPEM.ValueString()
	file := m.CACertFile.ValueString()
	if pem == "" && file == "" {
		pem, file = os.Getenv("KAMIWAZA_CA_CERT_PEM"), os.Getenv("KAMIWAZA_CA_CERT_FILE")
		source, fromEnvironment = "KAMIWAZA_CA_CERT_PEM", "KAMIWAZA_CA_CERT_FILE: "
	}
	switch {
	case file != "" && pem != "":
		diags.AddAttributeError(path.Root("ca_cert_file"), "Two sources of certificates",
			"Both a certificate file and a certificate text are set. Keep one of the two; a file or a text may hold several certificates.")
		return nil
	case file != "":
		attribute, source = path.Root("ca_cert_file"), fromEnvironment+"The file "+file
		content, err := os.ReadFile(file) //nolint:gosec // Reading the file that the user names is the purpose.
		if err != nil {
			diags.AddAttributeError(attribute, "Certificate file not readable", fromEnvironment+capitalize(err.Error())+".")
			return nil
		}
		pem = string(content)
	case pem == "":
		return nil
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM([]byte(pem)) {
		diags.AddAttributeError(attribute, "Not a certificate",
			source+` holds no certificate in PEM form, that is, text between "-----BEGIN CERTIFICATE-----" and "-----END CERTIFICATE-----".`)
	}
	return pool
}

func (m providerModel) resolveHeaders(ctx context.Context, diags *diag.Diagnostics) map[string]string {
	headers := map[string]string{}
	if !m.Headers.IsNull() {
		diags.Append(m.Headers.ElementsAs(ctx, &headers, false)...)
		return headers
	}
	if text := os.Getenv("KAMIWAZA_HEADERS"); text != "" {
		if json.Unmarshal([]byte(text), &headers) != nil {
			// The text stays out of the message: headers may be secret.
			diags.AddAttributeError(path.Root("headers"), "Invalid headers",
				`KAMIWAZA_HEADERS must be a JSON object with string values, such as {"X-Tenant": "blue"}.`)
			return nil
		}
	}
	for _, err := range client.CheckHeaders(headers) {
		diags.AddAttributeError(path.Root("headers"), "Invalid header", "KAMIWAZA_HEADERS: "+capitalize(err.Error())+".")
	}
	return headers
}

// setting is the configured text or, where there is none, that of the first environment variable that has one.
func setting(configured types.String, variables ...string) string {
	text, _ := settingAndVariable(configured, variables...)
	return text
}

// settingAndVariable also returns the environment variable that the text is from, "" if it is configured.
func settingAndVariable(configured types.String, variables ...string) (text, variable string) {
	if text := configured.ValueString(); text != "" {
		return text, ""
	}
	for _, variable := range variables {
		if text := os.Getenv(variable); text != "" {
			return text, variable
		}
	}
	return "", ""
}

// flag is the configured switch or, where there is none, that of the environment, which is off unless it is set.
func flag(diags *diag.Diagnostics, attribute string, configured types.Bool, variable string) bool {
	if !configured.IsNull() {
		return configured.ValueBool()
	}
	return switched(diags, attribute, variable, false)
}

// switched reads an environment variable that is true or false, in the spellings that the vendor's SDK takes.
func switched(diags *diag.Diagnostics, attribute, variable string, otherwise bool) bool {
	switch text := os.Getenv(variable); strings.ToLower(text) {
	case "":
	case "true", "1", "yes":
		return true
	case "false", "0", "no":
		return false
	default:
		diags.AddAttributeError(path.Root(attribute), "Invalid boolean",
			fmt.Sprintf("%s is %q; it must be true, 1 or yes, or false, 0 or no.", variable, text))
	}
	return otherwise
}

// choice is the configured one of the choices or, where there is none, that of the environment, else the first. The
// schema has checked the configured one.
func choice[T ~string](diags *diag.Diagnostics, attribute string, configured types.String, variable string, choices ...T) T {
	chosen := T(setting(configured, variable))
	switch {
	case chosen == "":
		return choices[0]
	case !slices.Contains(choices, chosen):
		diags.AddAttributeError(path.Root(attribute), "Invalid "+strings.ReplaceAll(attribute, "_", " "),
			fmt.Sprintf("%s is %q; it must be %q or %q.", variable, chosen, choices[0], choices[1]))
	}
	return chosen
}

func number(diags *diag.Diagnostics, attribute string, configured types.Int64, variable string, otherwise, least, most int) int {
	if !configured.IsNull() {
		return int(configured.ValueInt64())
	}
	text := os.Getenv(variable)
	if text == "" {
		return otherwise
	}
	value, err := strconv.Atoi(text)
	if err != nil || value < least || value > most {
		diags.AddAttributeError(path.Root(attribute), "Invalid number",
			fmt.Sprintf("%s is %q; it must be a whole number from %d to %d.", variable, text, least, most))
	}
	return value
}

func capitalize(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
