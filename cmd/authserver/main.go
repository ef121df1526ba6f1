// Command authserver runs the development AuthService: the RBAC API or the gateway API of
// Kamiwaza's AuthService, without the platform, to try Terraform modules against.
//
//	authserver -listen 127.0.0.1:7777 -admin-username admin -admin-password secret
//	authserver -api gateway -admin-password secret
//
// When it is ready it prints its base URL, in one line and nothing else, to stdout. It logs
// each request that it refuses to stderr, and ends in good order at SIGINT or SIGTERM.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	switch err := run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr); {
	case errors.Is(err, flag.ErrHelp):
	case errors.Is(err, errUsage):
		os.Exit(2)
	case err != nil:
		fmt.Fprintln(os.Stderr, "authserver:", err)
		os.Exit(1)
	}
}

// run serves until ctx ends.
func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) error {
	opts, err := parseFlags(args, getenv, stderr)
	if err != nil {
		return err
	}
	opts.config.Log = slog.New(newLineHandler(stderr, getenv))
	listener, err := net.Listen("tcp", opts.listen) // first, so that a second program at one address leaves the state file alone
	if err != nil {
		return err
	}
	defer func() { _ = listener.Close() }()
	handler, err := authserver.New(opts.config)
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          slog.NewLogLogger(opts.config.Log.Handler(), slog.LevelError),
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	fmt.Fprintf(stdout, "AuthService (%s) at http://%s/api\n", opts.name, reachable(listener.Addr()))

	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	patience, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := server.Shutdown(patience); err != nil {
		return server.Close() // what still waits in a latency is not worth waiting for
	}
	return nil
}

// reachable returns an address to connect to: a listener on all addresses has none itself.
func reachable(addr net.Addr) string {
	if tcp, ok := addr.(*net.TCPAddr); ok && tcp.IP.IsUnspecified() {
		return fmt.Sprintf("127.0.0.1:%d", tcp.Port)
	}
	return addr.String()
}
