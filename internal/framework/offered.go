package framework

import (
	"errors"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client"
)

// Offered adds to the error of a call that the platform lacks the advice, which says which releases have the call.
func Offered(err error, advice string) error {
	if errors.Is(err, client.ErrUnsupported) {
		return &releaseError{err, advice}
	}
	return err
}

// releaseError is a call that the platform does not offer.
type releaseError struct {
	error

	advice string
}

// Unwrap returns the error of the call.
func (e *releaseError) Unwrap() error { return e.error }

// Advice says which releases offer the call.
func (e *releaseError) Advice() string { return e.advice }
