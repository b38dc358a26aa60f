package segment

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
	"time"
)

// ErrSignature: the delivery neither was signed with one of our secrets nor
// carries one.
var ErrSignature = errors.New("segment: neither signature nor secret matches")

// A Verifier tells our senders' deliveries from others'. Without secrets
// nothing is valid. A delivery is valid if
//
//   - X-Signature is the HMAC-SHA1 of the whole body, as Segment signs a single
//     call;
//   - or it is that of the first call of an array, as Segment signs arrays,
//     and the array has no other, or SignedFirst is set;
//   - or Authorization carries a secret, as bearer token or as the user of
//     Basic, where RudderStack puts the write key.
//
// A secret that a page's script sends is everybody's: a website passes its
// visitors' calls on from its server.
type Verifier struct {
	Secrets [][]byte // old and new while one is replaced; empty ones never match
	// SignedFirst accepts an array of several calls of which the first is
	// signed. The others are not: whoever got to see one signed call can
	// send what they like behind it. Rather turn Segment's batching off, or
	// let it send Authorization.
	SignedFirst bool
}

// Verify returns nil if the delivery is valid, else [ErrSignature]. body are
// the raw bytes received. Neither the method nor the instant nor any header is
// signed.
func (v Verifier) Verify(_ string, header func(string) string, body []byte, _ time.Time) error {
	var call []byte
	only := false
	given, err := hex.DecodeString(strings.TrimSpace(header("X-Signature")))
	if err != nil {
		given = nil
	}
	if len(given) == sha1.Size {
		call, only = first(body)
	}
	secret := sha256.Sum256(credential(header("Authorization")))
	valid := false
	for _, s := range v.Secrets {
		if len(s) == 0 {
			continue
		}
		own := sha256.Sum256(s) // so that a comparison does not tell the length
		if hmac.Equal(secret[:], own[:]) || hmac.Equal(given, sum(s, body)) {
			valid = true
		}
		if call != nil && (only || v.SignedFirst) && hmac.Equal(given, sum(s, call)) {
			valid = true
		}
	}
	if !valid {
		return ErrSignature
	}
	return nil
}

// Sign returns the value of X-Signature for body as Segment computes it: of an
// array, it covers the first call alone.
func Sign(secret, body []byte) string {
	if call, _ := first(body); call != nil {
		body = call
	}
	return hex.EncodeToString(sum(secret, body))
}

func sum(secret, body []byte) []byte {
	h := hmac.New(sha1.New, secret)
	h.Write(body)
	return h.Sum(nil)
}

// first returns the bytes of the first element of an array, and whether it is
// the only one; nil if body is no array or has none.
func first(body []byte) (call []byte, only bool) {
	if b := bytes.TrimLeft(body, " \t\r\n"); len(b) == 0 || b[0] != '[' {
		return nil, false
	}
	var all []json.RawMessage
	if json.Unmarshal(body, &all) != nil || len(all) == 0 {
		return nil, false
	}
	return all[0], len(all) == 1
}

// credential returns the secret in the value of an Authorization header, nil
// if there is none.
func credential(value string) []byte {
	scheme, rest, _ := strings.Cut(strings.TrimSpace(value), " ")
	rest = strings.TrimSpace(rest)
	switch strings.ToLower(scheme) {
	case "bearer":
		return []byte(rest)
	case "basic":
		pair, err := base64.StdEncoding.DecodeString(rest)
		if err != nil {
			return nil
		}
		user, _, _ := bytes.Cut(pair, []byte(":"))
		return user
	}
	return nil
}
