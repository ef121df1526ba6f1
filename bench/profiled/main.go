// Command profiled is the provider; by its end it writes what it has spent its time and its memory on to the directory
// that BENCH_PROFILE names.
package main

import (
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/provider"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/serve"
)

func main() {
	if err := run(os.Getenv("BENCH_PROFILE")); err != nil {
		log.Fatal(err)
	}
}

func run(dir string) error {
	cpu, err := os.Create(filepath.Join(dir, fmt.Sprintf("cpu-%d.pprof", os.Getpid())))
	if err != nil {
		return err
	}
	if err := pprof.StartCPUProfile(cpu); err != nil {
		return err
	}
	serve.QuietLogs()
	serve.CollectLess()
	err = tf6server.Serve("registry.terraform.io/kamiwaza-ai/kamiwaza", func() tfprotov6.ProviderServer {
		return serve.Server(provider.New("profiled")())
	})
	pprof.StopCPUProfile()
	return errors.Join(err, cpu.Close(), writeHeap(filepath.Join(dir, fmt.Sprintf("heap-%d.pprof", os.Getpid()))))
}

func writeHeap(file string) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	runtime.GC() // so that it shows what is in use, and not what is yet to be collected
	return errors.Join(pprof.WriteHeapProfile(f), f.Close())
}
