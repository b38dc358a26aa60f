package shopify

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"time"
)

// ErrSignature: the delivery was not signed with one of our secrets.
var ErrSignature = errors.New("shopify: signature does not match")

// A Verifier tells Shopify's deliveries from others'. Shopify signs with the
// oldest secret that is not revoked, so while a secret is being replaced both
// are listed. Without secrets nothing is valid.
type Verifier struct {
	Secrets [][]byte // the app's client secrets; empty ones never match
}

// Verify returns nil if body was signed with one of v's secrets, else
// [ErrSignature]. body are the raw bytes received. Shopify signs neither the
// method nor the instant nor any other header.
func (v Verifier) Verify(_ string, header func(string) string, body []byte, _ time.Time) error {
	given, err := base64.StdEncoding.DecodeString(header("X-Shopify-Hmac-Sha256"))
	if err != nil {
		return ErrSignature
	}
	valid := false
	for _, secret := range v.Secrets {
		if len(secret) > 0 && hmac.Equal(given, sum(secret, body)) {
			valid = true
		}
	}
	if !valid {
		return ErrSignature
	}
	return nil
}

// Sign returns the value of X-Shopify-Hmac-Sha256 for body.
func Sign(secret, body []byte) string {
	return base64.StdEncoding.EncodeToString(sum(secret, body))
}

func sum(secret, body []byte) []byte {
	h := hmac.New(sha256.New, secret)
	h.Write(body)
	return h.Sum(nil)
}
