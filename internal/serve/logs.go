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
	off := []string{"TF_LOG_PROVIDER_KAMIWAZA"}
	if os.Getenv("TF_LOG_SDK") == "" {
		// The two others have the same effect, but by themselves, so that a message is not even put together.
		off = append(off, "TF_LOG_SDK", "TF_LOG_SDK_PROTO", "TF_LOG_SDK_FRAMEWORK")
	}
	for _, level := range off {
		if os.Getenv(level) == "" {
			_ = os.Setenv(level, "off") // It fails for impossible names only.
		}
	}
}
