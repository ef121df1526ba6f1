package authserver_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
)

// FuzzParseFault holds that a fault is the same after a way through JSON, in which /_dev/faults shows it.
func FuzzParseFault(f *testing.F) {
	for _, text := range []string{
		"POST /auth/roles/ status=503 retry-after=1 times=2", "GET * latency=200ms", `* * status=502 content-type=text/html body="<p>a \"b\"</p>" after=1`,
		"* * truncate=true", "PUT /auth/roles/{role_id}\tdrop=before", "", "GET *", "GET * =", `* * body="\xff"`, "* * latency=9223372036854775807ns",
		" \v\f\u0085\u00a0 ", "a\u0085b c=d", "* *\vstatus=500",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		fault, err := authserver.ParseFault(text)
		if err != nil {
			return
		}
		data, err := json.Marshal(fault)
		if err != nil {
			t.Fatal(err)
		}
		var again authserver.Fault
		if err := json.Unmarshal(data, &again); err != nil {
			t.Fatalf("%s: %v", data, err)
		}
		// JSON holds text alone.
		for _, field := range []*string{&fault.Method, &fault.Route, &fault.Body, &fault.ContentType, &fault.RetryAfter, (*string)(&fault.Drop)} {
			*field = strings.ToValidUTF8(*field, "")
		}
		for _, field := range []*string{&again.Method, &again.Route, &again.Body, &again.ContentType, &again.RetryAfter, (*string)(&again.Drop)} {
			*field = strings.ReplaceAll(*field, "\ufffd", "")
		}
		for _, field := range []*string{&fault.Method, &fault.Route, &fault.Body, &fault.ContentType, &fault.RetryAfter, (*string)(&fault.Drop)} {
			*field = strings.ReplaceAll(*field, "\ufffd", "")
		}
		if again != fault {
			t.Errorf("%q is %+v, and after JSON %+v", text, fault, again)
		}
	})
}

func FuzzFaultJSON(f *testing.F) {
	for _, text := range []string{
		`{"method":"PUT","route":"/auth/roles/{role_id}","after":1,"times":2,"latency":"1.5s","status":503,"body":"b","content_type":"text/plain",` +
			`"retry_after":"1","drop":"before","truncate":true}`,
		`{}`, `null`, `[]`, `{"latency":""}`, `{"latency":"-0"}`, `{"latency":5}`, `{"status":1e3}`, `{"colour":"red"}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var fault, again authserver.Fault
		if json.Unmarshal(data, &fault) != nil {
			return
		}
		if err := json.Unmarshal([]byte(jsonText(t, fault)), &again); err != nil || again != fault {
			t.Errorf("%s is %+v, and after JSON %+v (%v)", data, fault, again, err)
		}
	})
}

func FuzzEmail(f *testing.F) {
	for _, email := range []string{
		"ann@example.com", "Ann.B+tag@Sub.Example.ORG", "jürgen@exämple.de", "İ@İ.İ", "a@b@c", "@", "", "a@b.c1", "a@b.c\u0301", "a\xff@b.cc",
		strings.Repeat("İ", 32) + "@example.com", "a@" + strings.Repeat("Ⱥ", 31) + ".com",
	} {
		f.Add(email)
	}
	f.Fuzz(func(t *testing.T, email string) {
		if authserver.CheckEmail(email) != nil {
			return
		}
		if strings.Count(email, "@") != 1 || strings.ContainsAny(email, " \t\r\n<>\"\x00") {
			t.Errorf("%q is accepted", email)
		}
	})
}

// FuzzTimestamp holds that what is read is written so that it is read as the same.
func FuzzTimestamp(f *testing.F) {
	for _, text := range []string{
		`"2024-10-03T12:00:00.123456"`, `"2024-10-03T12:00:00"`, `"2024-10-03T12:00:00.5+02:00"`, `"2024-10-03T12:00:00.1234567Z"`,
		`"0000-01-01T00:00:00+23:59"`, `"9999-12-31T23:59:59-23:59"`, `null`, `""`, `1`, `"2024-10-03T24:00:00"`, `"2024-10-03T12:00:00,5"`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var read, again authserver.Timestamp
		if json.Unmarshal(data, &read) != nil {
			return
		}
		written := jsonText(t, read)
		if err := json.Unmarshal([]byte(written), &again); err != nil || !again.Equal(read.Time) {
			t.Errorf("%s is written as %s and read as %v (%v)", data, written, again, err)
		}
	})
}
