// Package usage is what the launcher tells the benchmark of a provider's process.
package usage

import (
	"bytes"
	"encoding/json"
	"os"
)

// The environment of the launcher.
const (
	ProviderVariable = "BENCH_PROVIDER" // the provider's program
	FileVariable     = "BENCH_USAGE"    // the file that Append adds to
)

// Usage is what one process has used.
type Usage struct {
	PeakBytes  int64   // the most memory that it had resident
	CPUSeconds float64 // user and system
}

// Append adds to the file, which several processes may do at the same time.
func Append(file string, u Usage) error {
	line, err := json.Marshal(u)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(append(line, '\n'))
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	return err
}

// Sum reads the file: the highest peak, because Terraform's processes of one provider run one after the other, and all
// processor time.
func Sum(file string) (Usage, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return Usage{}, err
	}
	var sum Usage
	for line := range bytes.Lines(data) {
		var u Usage
		if err := json.Unmarshal(line, &u); err != nil {
			return Usage{}, err
		}
		sum.PeakBytes = max(sum.PeakBytes, u.PeakBytes)
		sum.CPUSeconds += u.CPUSeconds
	}
	return sum, nil
}
