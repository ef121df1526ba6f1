package connection

import (
	"strconv"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/directory"
)

// The arguments of the provider.
var (
	settingBaseURL = Setting{
		Name:        "base_url",
		Variables:   []string{"KAMIWAZA_BASE_URL", "KAMIWAZA_BASE_URI"},
		Required:    "required",
		Description: "The address of the platform's API, usually ending in `/api`, such as `https://kamiwaza.example.com/api`.",
	}
	settingAPI = Setting{
		Name:        "api",
		Variables:   []string{"KAMIWAZA_API"},
		Standard:    apiAuto,
		Description: "The API of the platform",
		Choices: []Choice{
			{apiAuto, "the provider detects it before its first request"},
			{apiRBAC, "platform 0.3 to 0.6"},
			{apiGateway, "platform 0.7 and later"},
		},
	}
	settingUsername = Setting{
		Name:        "username",
		Variables:   []string{"KAMIWAZA_USERNAME"},
		Required:    "required without `api_key`",
		Description: "The user to log in as. Changes need a superuser with the RBAC API, and the role `admin` with the gateway API.",
	}
	settingPassword = Setting{
		Name:        "password",
		Variables:   []string{"KAMIWAZA_PASSWORD"},
		Required:    "required without `api_key`",
		Sensitive:   true,
		Description: "The password of `username`.",
	}
	settingAPIKey = Setting{
		Name:      "api_key",
		Variables: []string{"KAMIWAZA_API_KEY", "KAMIWAZA_API_TOKEN"},
		Required:  "required without `username` and `password`",
		Sensitive: true,
		Description: "An API key, sent as a bearer token, instead of `username` and `password`. It cannot be " +
			"renewed. With the gateway API, it is a personal access token with the scope `admin`.",
	}
	settingLoginMethod = Setting{
		Name:        "login_method",
		Variables:   []string{"KAMIWAZA_LOGIN_METHOD"},
		Standard:    string(client.LoginToken),
		Description: "How to log in",
		Choices: []Choice{
			{string(client.LoginToken), "the OAuth 2 password grant"},
			{string(client.LoginLocal), "the platform's local login, which sends the password in the query string, where proxies may log it"},
		},
	}
	settingClientID = Setting{
		Name:        "client_id",
		Variables:   []string{"KAMIWAZA_CLIENT_ID"},
		Description: "The OAuth 2 client id for `login_method = \"token\"`, if the platform requires one.",
	}
	settingClientSecret = Setting{
		Name:        "client_secret",
		Variables:   []string{"KAMIWAZA_CLIENT_SECRET"},
		Sensitive:   true,
		Description: "The secret of `client_id`.",
	}
	settingScope = Setting{
		Name:        "scope",
		Variables:   []string{"KAMIWAZA_SCOPE"},
		Description: "The OAuth 2 scopes to request, separated by spaces.",
	}
	settingCACertFile = Setting{
		Name:      "ca_cert_file",
		Variables: []string{"KAMIWAZA_CA_CERT_FILE"},
		Description: "The path of a PEM file with certificates to trust in addition to those of the system, for a private certificate " +
			"authority. Conflicts with `ca_cert_pem`.",
	}
	settingCACertPEM = Setting{
		Name:        "ca_cert_pem",
		Variables:   []string{"KAMIWAZA_CA_CERT_PEM"},
		Description: "PEM certificates to trust in addition to those of the system. Conflicts with `ca_cert_file`.",
	}
	settingInsecureSkipVerify = Setting{
		Name:            "insecure_skip_verify",
		Kind:            Switch,
		Variables:       []string{"KAMIWAZA_VERIFY_SSL"},
		VariableNote:    "`false`, `0` or `no` disables the verification",
		VariableNegates: true,
		Standard:        "false",
		Description: "Whether to disable the verification of certificates. Anyone who intercepts the connection can then read the credentials; prefer " +
			"`ca_cert_file`.",
	}
	settingRequestTimeout = Setting{
		Name:        "request_timeout",
		Variables:   []string{"KAMIWAZA_REQUEST_TIMEOUT"},
		Standard:    client.DefaultRequestTimeout.String(),
		Description: "The timeout of each attempt of a request, such as `45s` or `2m`.",
	}
	settingMaxRetries = Setting{
		Name:      "max_retries",
		Kind:      Number,
		Variables: []string{"KAMIWAZA_MAX_RETRIES"},
		Standard:  strconv.Itoa(client.DefaultMaxRetries),
		Least:     0, Most: 20,
		Description: "The maximum number of retries after a temporary failure (429, 502, 503, 504 or a broken connection), with increasing " +
			"delays; `0` disables retries. A create is only retried if the server cannot have processed it.",
	}
	settingMaxConcurrentRequests = Setting{
		Name:      "max_concurrent_requests",
		Kind:      Number,
		Variables: []string{"KAMIWAZA_MAX_CONCURRENT_REQUESTS"},
		Standard:  strconv.Itoa(client.DefaultMaxConcurrentRequests),
		Least:     1, Most: 1000,
		Description: "The maximum number of concurrent requests. Terraform's `-parallelism` (10 by default) limits it too.",
	}
	settingHeaders = Setting{
		Name:         "headers",
		Kind:         Map,
		Variables:    []string{"KAMIWAZA_HEADERS"},
		VariableNote: "a JSON object with string values",
		Sensitive:    true,
		Description: "Additional headers for each request, for example for a proxy in front of the platform. Headers that the provider or the connection " +
			"sets, such as `Authorization`, `Cookie`, `Content-Type`, `Host` and `User-Agent`, and idempotency keys are not allowed.",
	}
	settingReadMode = Setting{
		Name:        "read_mode",
		Variables:   []string{"KAMIWAZA_READ_MODE"},
		Standard:    string(directory.Shared),
		Description: "How the provider reads objects",
		Choices: []Choice{
			{string(directory.Shared), "reads each object once, and most users from one list"},
			{string(directory.Direct), "sends a request for each resource and data source"},
		},
	}
	settingAllowSelfLockout = Setting{
		Name:      "allow_self_lockout",
		Kind:      Switch,
		Variables: []string{"KAMIWAZA_ALLOW_SELF_LOCKOUT"},
		Standard:  "false",
		Description: "Whether plans may delete or deactivate the user the provider authenticates as, or remove its superuser flag. Later runs " +
			"could not undo this.",
	}
)

// Settings are all arguments, in the order of the README's table.
var Settings = []Setting{
	settingBaseURL, settingAPI,
	settingUsername, settingPassword, settingAPIKey, settingLoginMethod, settingClientID, settingClientSecret, settingScope,
	settingCACertFile, settingCACertPEM, settingInsecureSkipVerify,
	settingRequestTimeout, settingMaxRetries, settingMaxConcurrentRequests, settingHeaders,
	settingReadMode, settingAllowSelfLockout,
}
