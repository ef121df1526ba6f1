package authserver_test

import (
	"strings"
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
)

func TestCheckEmail(t *testing.T) {
	label := strings.Repeat("a", 63)
	for _, email := range []string{
		"ann@example.com", "ann@example.test", "Ann.B+tag@sub.example.org", "o'neil@example.co.uk", "a_b-c=d@x-y.example",
		"1@2.example", "jürgen@exämple.de", "用户@例子.公司", strings.Repeat("l", 64) + "@example.com", "a@" + label + ".com",
	} {
		if err := authserver.CheckEmail(email); err != nil {
			t.Errorf("%q is refused: %v", email, err)
		}
	}
	for _, email := range []string{
		"", "ann", "@", "ann@", "@example.com", "ann@localhost", "ann@example", "ann@@example.com", "a@b@example.com",
		".ann@example.com", "ann.@example.com", "a..b@example.com", "ann@.example.com", "ann@example..com", "ann@example.com.",
		"ann@-example.com", "ann@example-.com", "ann@exam_ple.com", "ann@exam ple.com", "an n@example.com", " ann@example.com",
		"ann@example.com ", "ann@example.com\n", "Ann <ann@example.com>", `"ann"@example.com`, "ann@[127.0.0.1]", "ann@127.0.0.1",
		"a,b@example.com", "a\x00b@example.com", "a\u200bb@example.com", strings.Repeat("l", 65) + "@example.com",
		"a@" + label + "a.com", "a@" + strings.Repeat(label+".", 4) + "com",
	} {
		if authserver.CheckEmail(email) == nil {
			t.Errorf("%q is accepted", email)
		}
	}
}
