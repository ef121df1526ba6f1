//go:build unix

// Command launcher stands where Terraform looks for the provider. It runs the program that BENCH_PROVIDER names, and
// notes in the file that BENCH_USAGE names what that process has used by its end. So the provider that is measured is
// the one that is released.
package main

import (
	"errors"
	"log"
	"os"
	"os/exec"
	"runtime"
	"syscall"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/bench/usage"
)

func main() {
	if err := run(); err != nil {
		log.Fatal("launcher: ", err)
	}
}

func run() error {
	provider := exec.Command(os.Getenv(usage.ProviderVariable), os.Args[1:]...)
	provider.Stdin, provider.Stdout, provider.Stderr = os.Stdin, os.Stdout, os.Stderr
	err := provider.Run()
	if provider.ProcessState == nil {
		return err
	}
	rusage, ok := provider.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return errors.New("the system does not tell what the process has used")
	}
	used := usage.Usage{
		PeakBytes:  int64(rusage.Maxrss),
		CPUSeconds: (provider.ProcessState.UserTime() + provider.ProcessState.SystemTime()).Seconds(),
	}
	if runtime.GOOS != "darwin" { // only there it is in bytes
		used.PeakBytes *= 1024
	}
	return errors.Join(err, usage.Append(os.Getenv(usage.FileVariable), used))
}
