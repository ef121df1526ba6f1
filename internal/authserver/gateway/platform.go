package gateway

import (
	"fmt"
	"slices"
)

// Platform is a release of the platform. An operation or field that it lacks, the server lacks.
type Platform string

// The releases that differ, oldest first.
const (
	Platform093 Platform = "0.9.3"
	Platform012 Platform = "0.12"
	Platform102 Platform = "1.0.2"
	Platform12  Platform = "1.2" // the default
)

var platforms = []Platform{Platform093, Platform012, Platform102, Platform12}

func (p Platform) check() error {
	if p != "" && !slices.Contains(platforms, p) {
		return fmt.Errorf("the platform is %q; it must be one of %q", p, platforms)
	}
	return nil
}

// since reports whether the platform is this release or a later one.
func (p Platform) since(release Platform) bool {
	return p == "" || slices.Index(platforms, p) >= slices.Index(platforms, release)
}

// version is how the platform names its release.
func (p Platform) version() string {
	switch p {
	case Platform093, Platform102:
		return string(p)
	case Platform012:
		return "0.12.0"
	default:
		return "1.2.0"
	}
}
