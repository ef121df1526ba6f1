// Package connection is how the provider and the companion program reach a platform: the settings, from arguments and the
// environment, and which API the platform has.
package connection

import (
	"cmp"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/directory"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/english"
)

// Configuration is what the settings come to.
type Configuration struct {
	API              string
	ReadMode         directory.ReadMode
	AllowSelfLockout bool
	// Unknown names the arguments whose values are not known yet. Unless it is empty, Client is the zero value.
	Unknown []string
	Client  client.Config
}

// Problem is a setting that is missing or wrong. It never repeats a value that may be secret.
type Problem struct {
	Setting         Setting
	Heading, Detail string
}

// Arguments are what a configuration says of the settings, before the environment is asked.
type Arguments struct {
	// Text returns the text of an argument, as the environment would have it; "" if the configuration has no value for it. It is
	// nil where there is only the environment.
	Text func(name string) string
	// Headers returns the headers; nil if the configuration has none.
	Headers func() map[string]string
	// Unknown names the arguments whose values are not known yet.
	Unknown []string
	// Getenv reads the environment.
	Getenv func(variable string) string
}

func (a Arguments) text(s Setting) string {
	if a.Text == nil {
		return ""
	}
	return a.Text(s.Name)
}

func (a Arguments) headers() map[string]string {
	if a.Headers == nil {
		return nil
	}
	return a.Headers()
}

// FromEnvironment resolves the settings from the environment alone.
func FromEnvironment(getenv func(string) string) (Configuration, []Problem) {
	return Resolve(Arguments{Getenv: getenv})
}

// Resolve turns the arguments and, where they are silent, the environment into a configuration.
func Resolve(arguments Arguments) (Configuration, []Problem) {
	from := source{arguments, new([]Problem)}
	resolved := Configuration{
		API:              from.choice(settingAPI, "Invalid API"),
		ReadMode:         directory.ReadMode(from.choice(settingReadMode, "Invalid read mode")),
		AllowSelfLockout: from.isOn(settingAllowSelfLockout),
		Unknown:          arguments.Unknown,
	}
	if len(resolved.Unknown) == 0 {
		resolved.Client = from.client()
	}
	return resolved, *from.problems
}

// CheckArguments finds what is wrong with the arguments alone, whatever the environment has.
func CheckArguments(arguments Arguments) []Problem {
	from := source{arguments, new([]Problem)}
	if from.hasTwoLogins() {
		from.refuseTwoLogins()
	}
	return *from.problems
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
		from.refuse(settingBaseURL, "Invalid base URL", fmt.Sprintf("%s. Set %s.",
			english.Capitalize(err.Error()), from.howToSet(settingBaseURL)))
	}
	return text
}

func (from source) timeout() time.Duration {
	text, variable := from.textAndVariable(settingRequestTimeout)
	timeout, err := time.ParseDuration(text)
	if err != nil || timeout <= 0 {
		from.refuse(settingRequestTimeout, "Invalid request timeout", cmp.Or(variable, settingRequestTimeout.Name)+": "+client.NotADuration(text))
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
			"The environment has both an API key (%s) and %s or %s. Unset one of the two%s.",
			strings.Join(settingAPIKey.Variables, " or "), settingUsername.Variables[0], settingPassword.Variables[0], from.orChoose()))
	case !configuredLogin && apiKey != "":
		config.APIKey = from.apiKey()
	case username == "" && password == "":
		from.refuse(settingAPIKey, "No credentials", from.howToLogIn())
	case username == "":
		from.refuse(settingUsername, "No username", fmt.Sprintf("A password is set, but no username. Set %s.",
			from.howToSet(settingUsername)))
	case password == "":
		from.refuse(settingPassword, "No password", fmt.Sprintf("A username is set, but no password. Set %s.",
			from.howToSet(settingPassword)))
	default:
		config.Username, config.Password = username, password
		from.checkText(settingUsername, "Invalid username")
		from.checkText(settingPassword, "Invalid password")
		from.checkText(settingClientID, "Invalid client id")
		from.checkText(settingClientSecret, "Invalid client secret")
		from.checkText(settingScope, "Invalid scope")
	}
}

// orChoose says how the arguments decide between two logins of the environment.
func (from source) orChoose() string {
	if from.arguments.Text == nil {
		return ""
	}
	return fmt.Sprintf(", or choose by setting %s, or %s and %s, in the provider's configuration",
		settingAPIKey.Name, settingUsername.Name, settingPassword.Name)
}

func (from source) howToLogIn() string {
	apiKey, username, password := settingAPIKey.Variables[0], settingUsername.Variables[0], settingPassword.Variables[0]
	if from.arguments.Text == nil {
		return fmt.Sprintf("Set %s, or %s and %s.", apiKey, username, password)
	}
	return fmt.Sprintf("Set %s (or %s), or %s and %s (or %s and %s).",
		settingAPIKey.Name, apiKey, settingUsername.Name, settingPassword.Name, username, password)
}

func (from source) apiKey() string {
	key, variable := from.textAndVariable(settingAPIKey)
	if !from.checkText(settingAPIKey, "Invalid API key") {
		return key
	}
	if err := client.CheckAPIKey(key); err != nil {
		from.refuse(settingAPIKey, "Invalid API key", fmt.Sprintf("%s: %s.", cmp.Or(variable, settingAPIKey.Name), err))
	}
	return key
}

// hasTwoLogins tells whether the configuration itself says both ways of logging in.
func (from source) hasTwoLogins() bool {
	return from.configured(settingAPIKey) != "" && (from.configured(settingUsername) != "" || from.configured(settingPassword) != "")
}

func (from source) refuseTwoLogins() {
	from.refuse(settingAPIKey, "Two ways of logging in", fmt.Sprintf("Both %s and %s/%s are set. Keep one of the two.",
		settingAPIKey.Name, settingUsername.Name, settingPassword.Name))
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
			from.refuse(settingCACertFile, "Certificate file not readable", prefix+english.Capitalize(err.Error())+".")
			return nil
		}
		return from.pool(settingCACertFile, string(content), prefix+"The file "+file)
	case pem != "":
		return from.pool(settingCACertPEM, pem, cmp.Or(pemVariable, "The text"))
	}
	return nil
}

// pool adds certificates to the system's.
func (from source) pool(s Setting, pem, origin string) *x509.CertPool {
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
	if configured := from.arguments.headers(); configured != nil {
		return configured // which the schema's validator has checked
	}
	headers := map[string]string{}
	for _, variable := range settingHeaders.Variables {
		text := from.arguments.Getenv(variable)
		if text != "" && json.Unmarshal([]byte(text), &headers) != nil {
			// The text stays out of the message: headers may be secret.
			from.refuse(settingHeaders, "Invalid headers",
				variable+` must be a JSON object with string values, such as {"X-Tenant": "blue"}.`)
			return nil
		}
		for _, err := range client.CheckHeaders(headers) {
			from.refuse(settingHeaders, "Invalid header", variable+": "+english.Capitalize(err.Error())+".")
		}
	}
	return headers
}
