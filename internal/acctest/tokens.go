package acctest

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/client/rbac"
)

// AdasPassword is the password of the user ada.
const AdasPassword = "analytical engine"

// WithAda has a user who can log in.
func WithAda(t *testing.T, config authserver.Config) Service {
	t.Helper()
	s := Start(t, config)
	_, err := s.API.Users.Create(t.Context(), rbac.UserCreate{Username: "ada", Email: "ada@example.com", Password: AdasPassword})
	Must(t, err)
	return s
}

// Open logs in as the protocol server is asked to.
func (p Protocol) Open(arguments map[string]string) *tfprotov6.OpenEphemeralResourceResponse {
	p.T.Helper()
	resp, err := p.Server.OpenEphemeralResource(p.T.Context(), &tfprotov6.OpenEphemeralResourceRequest{
		TypeName: "kamiwaza_access_token", Config: p.Object(p.TokenType(), arguments),
	})
	Must(p.T, err)
	return resp
}

// TokenType is the type of kamiwaza_access_token.
func (p Protocol) TokenType() tftypes.Type {
	return p.Schemas.EphemeralResourceSchemas["kamiwaza_access_token"].ValueType()
}
