package authserver

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"
)

// CheckEmail refuses what is not an address: about as strictly as pydantic's EmailStr, but
// it looks nothing up and takes names reserved for tests (RFC 2606).
func CheckEmail(text string) error {
	local, domain, found := strings.Cut(text, "@")
	switch {
	case !found:
		return errors.New("an email address must have an @-sign")
	case strings.Contains(domain, "@"):
		return errors.New("an email address must have one @-sign only")
	case len(text) > 254:
		return errors.New("the email address is too long")
	case len(local) > 64:
		return errors.New("the email address is too long before the @-sign")
	}
	for atom := range strings.SplitSeq(local, ".") {
		if atom == "" {
			return errors.New("there must be something before and after each period before the @-sign")
		}
		if strings.ContainsFunc(atom, func(r rune) bool { return !isAtomText(r) }) {
			return errors.New("the part before the @-sign contains invalid characters")
		}
	}
	labels := strings.Split(domain, ".")
	for _, label := range labels {
		switch {
		case label == "":
			return errors.New("there must be something before and after each period of the domain")
		case len(label) > 63:
			return errors.New("a label of the domain is too long")
		case strings.HasPrefix(label, "-"), strings.HasSuffix(label, "-"):
			return errors.New("a label of the domain cannot start or end with a hyphen")
		case strings.ContainsFunc(label, func(r rune) bool { return !isLabelText(r) }):
			return errors.New("the domain contains invalid characters")
		}
	}
	last, _ := utf8.DecodeLastRuneInString(domain)
	switch {
	case len(labels) == 1:
		return errors.New("the domain must have a period")
	case !unicode.IsLetter(last) && !unicode.IsMark(last):
		return errors.New("the domain must end with a letter")
	}
	return nil
}

func isAtomText(r rune) bool {
	return isLabelText(r) || strings.ContainsRune("!#$%&'*+/=?^_`{|}~", r)
}

func isLabelText(r rune) bool {
	return unicode.In(r, unicode.Letter, unicode.Mark, unicode.Digit) || r == '-'
}
