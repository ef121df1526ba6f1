package authserver_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
)

func TestTimestamp(t *testing.T) {
	at := func(nanoseconds int) time.Time { return time.Date(2024, 10, 3, 12, 0, 0, nanoseconds, time.UTC) }
	for text, want := range map[string]time.Time{
		"2024-10-03T12:00:00":              at(0),
		"2024-10-03T12:00:00.123456":       at(123456000),
		"2024-10-03T12:00:00.100000":       at(100000000),
		"2024-10-03T12:00:00Z":             at(0),
		"2024-10-03T14:00:00.5+02:00":      at(500000000),
		"2024-10-03T12:00:00.123456789":    at(123456000),
		"2024-10-03T12:00:00.123456+00:00": at(123456000),
	} {
		var got authserver.Timestamp
		if err := json.Unmarshal([]byte(`"`+text+`"`), &got); err != nil || !got.Equal(want) {
			t.Errorf("%s reads as %v, %v", text, got, err)
		}
	}
	for _, bad := range []string{`"2024-10-03"`, `""`, `"yesterday"`, `17`} {
		if json.Unmarshal([]byte(bad), new(authserver.Timestamp)) == nil {
			t.Errorf("%s is accepted", bad)
		}
	}
	for want, value := range map[string]time.Time{
		`"2024-10-03T12:00:00"`:        at(0),
		`"2024-10-03T12:00:00.100000"`: at(100000000),
	} {
		if got, err := json.Marshal(authserver.Timestamp{Time: value}); err != nil || string(got) != want {
			t.Errorf("%v is written as %s, want %s", value, got, want)
		}
	}
}
