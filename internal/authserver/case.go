package authserver

import (
	"fmt"
	"slices"
	"strings"
)

// Case is what becomes of capital letters in usernames and e-mail addresses.
type Case string

// The ways to treat capital letters.
const (
	// CasePreserve stores them as given, and a capital differs from a small letter. It is
	// the default.
	CasePreserve Case = "preserve"
	// CaseFoldEmailDomain is the same, but the domain of an e-mail address is stored in
	// small letters, as pydantic's EmailStr does.
	CaseFoldEmailDomain Case = "fold-email-domain"
	// CaseFoldCompare stores them as given, and compares without regard to them.
	CaseFoldCompare Case = "fold-compare"
	// CaseFoldStore stores everything in small letters, and compares without regard to
	// capitals.
	CaseFoldStore Case = "fold-store"
)

var cases = []Case{CasePreserve, CaseFoldEmailDomain, CaseFoldCompare, CaseFoldStore}

// Check refuses what is no way to treat capital letters.
func (c Case) Check() error {
	if c != "" && !slices.Contains(cases, c) {
		return fmt.Errorf("the case is %q; it must be one of %q", c, cases)
	}
	return nil
}

// Stored returns a username as it is stored.
func (c Case) Stored(text string) string {
	if c == CaseFoldStore {
		return strings.ToLower(text)
	}
	return text
}

// StoredEmail returns a valid e-mail address as it is stored.
func (c Case) StoredEmail(email string) string {
	if at := strings.LastIndexByte(email, '@'); c == CaseFoldEmailDomain {
		return email[:at] + strings.ToLower(email[at:])
	}
	return c.Stored(email)
}

// Key returns what a username or e-mail address is compared by.
func (c Case) Key(text string) string {
	if c == CaseFoldCompare || c == CaseFoldStore {
		return strings.ToLower(text)
	}
	return text
}
