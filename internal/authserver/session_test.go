package authserver_test

import "github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver/authservertest"

// Short names for what these tests use everywhere
type (
	fields = authservertest.Fields
	reply  = authservertest.Reply
)

var (
	start    = authservertest.StartSession
	equal    = authservertest.Equal
	jsonText = authservertest.JSON
	grant    = authservertest.Grant
	newClock = authservertest.NewClock
)

const (
	password = authservertest.Password
	nobody   = authservertest.Nobody
)
