package export

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/google/uuid"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"golang.org/x/text/unicode/norm"
)

// longestLabel is how many characters of a name go into an address.
const longestLabel = 48

// named is an object that needs a name of its own among those of its kind.
type named struct {
	id, want string
	created  time.Time
}

// distinctNames gives each object the name that it wants or, where that is taken, one with the beginning of its id. The oldest
// object has the first choice, so that a new one never renames another. Names in reserved are taken from the start.
func distinctNames(objects []named, join string, reserved map[string]bool) map[string]string {
	objects = slices.Clone(objects)
	slices.SortFunc(objects, func(a, b named) int {
		return cmp.Or(a.created.Compare(b.created), cmp.Compare(a.id, b.id))
	})
	names, taken := map[string]string{}, map[string]bool{}
	for name := range reserved {
		taken[name] = true
	}
	for _, object := range objects {
		candidates := []string{object.want, object.want + join + short(object.id), object.want + join + digest(object.id)}
		name := candidates[0]
		for _, candidate := range candidates {
			if name = candidate; !taken[candidate] {
				break
			}
		}
		names[object.id], taken[name] = name, true
	}
	return names
}

// short is the beginning of an id: of a UUID itself, and of a digest of any other.
func short(id string) string {
	if uuid.Validate(id) == nil && len(id) == 36 {
		return id[:8]
	}
	return digest(id)[:8]
}

func digest(id string) string {
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:16])
}

// label makes a name into an identifier of Terraform: in lower case, without accents of Latin letters, and with _ for whatever is
// no letter or digit. Noun is put before what would not begin with a letter, and the id stands in for a name without any letters.
func label(noun, name, id string) string {
	text := fold(name)
	switch first := []rune(text); {
	case text == "":
		text = noun + "_" + short(id)
	case !unicode.IsLetter(first[0]):
		text = noun + "_" + text
	}
	if !hclsyntax.ValidIdentifier(text) {
		return noun + "_" + short(id)
	}
	return text
}

func fold(name string) string {
	var b strings.Builder
	written, gap := 0, false
	var before rune
	for _, r := range norm.NFKD.String(strings.ToLower(name)) {
		isMark := unicode.IsMark(r)
		switch {
		case isMark && unicode.Is(unicode.Latin, before):
			continue
		case isMark && unicode.IsLetter(before), unicode.IsLetter(r), unicode.IsDigit(r):
		default:
			gap, before = written > 0, r
			continue
		}
		if gap {
			written++
			b.WriteByte('_')
		}
		if written >= longestLabel {
			break
		}
		b.WriteRune(r)
		written++
		gap = false
		if !isMark {
			before = r
		}
	}
	return norm.NFC.String(strings.TrimRight(b.String(), "_"))
}

// shortened bounds what a key of a map is: YAML has no keys of more than 1024 characters.
func shortened(name string) string {
	const longest = 200
	if runes := []rune(name); len(runes) > longest {
		return string(runes[:longest])
	}
	return name
}
