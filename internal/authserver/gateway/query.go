package gateway

import (
	"fmt"
	"strconv"
	"unicode/utf8"
)

// queryText reads a parameter that may be missing.
func queryText(in *call, name string, longest int) *string {
	query := in.URL.Query()
	if !query.Has(name) {
		return nil
	}
	text := query.Get(name)
	reportLength(in, text, longest, "query", name)
	return &text
}

// queryName reads a parameter that may be neither missing nor empty.
func queryName(in *call, name string, longest int) string {
	text := in.QueryField(name)
	if text == "" && in.URL.Query().Has(name) {
		in.Report("string_too_short", "String should have at least 1 character", "query", name)
	}
	reportLength(in, text, longest, "query", name)
	return text
}

// pathName reads a parameter of the path that is stored. JSON cannot hold what is not UTF-8.
func pathName(in *call, name string, longest int) string {
	text := in.PathValue(name)
	reportLength(in, text, longest, "path", name)
	return text
}

func reportLength(in *call, text string, longest int, loc ...any) {
	switch {
	case !utf8.ValidString(text):
		in.Report("string_unicode", "Input should be a valid string, unable to parse raw data as a unicode string", loc...)
	case utf8.RuneCountInString(text) > longest:
		in.Report("string_too_long", fmt.Sprintf("String should have at most %d characters", longest), loc...)
	}
}

// queryInt reads a number that is a default where it is missing. A most of 0 is no limit.
func queryInt(in *call, name string, number, least, most int) int {
	query := in.URL.Query()
	if !query.Has(name) {
		return number
	}
	number, err := strconv.Atoi(query.Get(name))
	switch {
	case err != nil:
		in.Report("int_parsing", "Input should be a valid integer, unable to parse string as an integer", "query", name)
	case number < least:
		in.Report("greater_than_equal", fmt.Sprintf("Input should be greater than or equal to %d", least), "query", name)
	case most > 0 && number > most:
		in.Report("less_than_equal", fmt.Sprintf("Input should be less than or equal to %d", most), "query", name)
	}
	return number
}

// queryFlag reads a truth value that is false where it is missing.
func queryFlag(in *call, name string) bool {
	query := in.URL.Query()
	if !query.Has(name) {
		return false
	}
	flag, err := strconv.ParseBool(query.Get(name))
	if err != nil {
		in.Report("bool_parsing", "Input should be a valid boolean, unable to interpret input", "query", name)
	}
	return flag
}
