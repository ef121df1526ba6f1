package serve

import "os"

// QuietLogs turns off the logs of this process, unless Terraform has been asked for its providers' logs. Otherwise all
// levels are written, and Terraform reads and drops them, which takes both of them a good part of a plan.
func QuietLogs() {
	for _, wanted := range []string{"TF_LOG", "TF_LOG_PROVIDER"} {
		if os.Getenv(wanted) != "" {
			return
		}
	}
	for _, level := range []string{"TF_LOG_SDK", "TF_LOG_PROVIDER_KAMIWAZA"} {
		if os.Getenv(level) == "" {
			_ = os.Setenv(level, "off") // It fails for impossible names only.
		}
	}
}
