package authserver

import "strconv"

// Outcome is what becomes of a request that a server may either accept or refuse: "ok", the default, or the status that
// refuses it, such as "409".
type Outcome string

// OutcomeOK accepts the request.
const OutcomeOK Outcome = "ok"

// Refuse returns the refusal, or nil if the request is accepted.
func (o Outcome) Refuse(format string, args ...any) error {
	if o.Accepts() {
		return nil
	}
	return Refuse(o.status(), format, args...)
}

// Accepts reports whether the request is accepted.
func (o Outcome) Accepts() bool { return o.status() == 0 }

func (o Outcome) status() int {
	status, err := strconv.Atoi(string(o))
	if err != nil {
		return 0
	}
	return status
}
