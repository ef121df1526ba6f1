package gateway

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"math/big"
	"sync"

	"github.com/kamiwaza-ai/terraform-provider-kamiwaza/internal/authserver"
)

// keyID is the id of the one signing key.
const keyID = "authserver"

// signingKey is made once a process, for it takes a while.
var signingKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

// sign returns a JWT. The server itself only looks up the tokens that it has issued; clients may look inside.
func sign(claims map[string]any) (string, error) {
	key, err := signingKey()
	if err != nil {
		return "", err
	}
	encode := base64.RawURLEncoding.EncodeToString
	text := encode(authserver.Encode(map[string]string{"alg": "RS256", "typ": "JWT", "kid": keyID})) + "." + encode(authserver.Encode(claims))
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum[:])
	return text + "." + encode(signature), err
}

// jwks answers the public key of all tokens.
func (s *service) jwks(*call) (any, error) {
	key, err := signingKey()
	if err != nil {
		return nil, err
	}
	encode := base64.RawURLEncoding.EncodeToString
	return map[string]any{"keys": []any{map[string]string{
		"alg": "RS256", "kty": "RSA", "use": "sig", "kid": keyID,
		"n": encode(key.N.Bytes()), "e": encode(big.NewInt(int64(key.E)).Bytes()),
	}}}, nil
}
