package provider_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/acctest"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/authservertest"
)

// authority is a private certificate authority, as platforms inside companies have one.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	acctest.Must(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Private CA"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	acctest.Must(t, err)
	certificate, err := x509.ParseCertificate(der)
	acctest.Must(t, err)
	return authority{certificate, key}
}

// pem is the authority's certificate as ca_cert_pem takes it.
func (a authority) pem() string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.certificate.Raw}))
}

// issue signs a certificate for 127.0.0.1 that is valid until the given time.
func (a authority) issue(t *testing.T, until time.Time) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	acctest.Must(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "kamiwaza"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: until.Add(-2 * time.Hour), NotAfter: until,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, key.Public(), a.key)
	acctest.Must(t, err)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func TestAccProvider_certificateAuthority(t *testing.T) {
	t.Parallel()
	private, other := newAuthority(t), newAuthority(t)
	instance := authservertest.Start(t, authserver.Config{})
	serve := func(certificate tls.Certificate) string {
		server := httptest.NewUnstartedServer(instance.Server)
		server.Config.ErrorLog = log.New(io.Discard, "", 0) // of handshakes that are meant to fail
		server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
		server.StartTLS()
		t.Cleanup(server.Close)
		return server.URL + "/api"
	}
	valid, expired := serve(private.issue(t, time.Now().Add(time.Hour))), serve(private.issue(t, time.Now().Add(-time.Hour)))
	file := filepath.Join(t.TempDir(), "ca.pem")
	acctest.Must(t, os.WriteFile(file, []byte(other.pem()+private.pem()), 0o600)) // a bundle
	config := func(url, argument string) string {
		return fmt.Sprintf("provider \"kamiwaza\" {\n  base_url = %q\n  api_key = %q\n  %s\n}\n%s", url, authservertest.APIKey, argument, role)
	}
	unknown := acctest.Says("certificate signed by unknown authority", "set ca_cert_file (or ca_cert_pem) in the provider's configuration")
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories,
		Steps: []resource.TestStep{
			{Config: config(valid, ""), ExpectError: unknown},
			{Config: config(valid, fmt.Sprintf("ca_cert_pem = %q", other.pem())), ExpectError: unknown},
			{Config: config(expired, fmt.Sprintf("ca_cert_file = %q", file)), ExpectError: acctest.Says("certificate has expired")},
			{Config: config(valid, fmt.Sprintf("ca_cert_file = %q", file))},
			{Config: config(valid, fmt.Sprintf("ca_cert_pem = %q", private.pem()))},
			{Config: config(valid, "insecure_skip_verify = true")},
		},
	})
}
