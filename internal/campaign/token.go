package campaign

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"holdfast/internal/customer"
)

// A Purpose is what a token lets its bearer do; a token of one purpose is no
// good for another.
type Purpose string

const (
	ForUnsubscribe Purpose = "u"
	ForPreferences Purpose = "p"
	ForSurvey      Purpose = "s"
)

// A Token names a customer, and the mail it was sent in, to the subscriber's
// pages. It holds nothing personal and never expires, since mails are read years later.
type Token struct {
	Purpose Purpose
	// Key's campaign, occurrence and step are empty for a token outside a mail.
	Key customer.SendKey
}

// Tokens signs and verifies tokens by HMAC-SHA256. The first key signs, every
// key verifies, so that keys can be replaced while old mails still work.
type Tokens struct{ Keys [][]byte }

const macSize = 16 // bytes of the HMAC that a token carries: 128 bits

// Sign returns t as text that can stand in a URL path as it is.
// It panics without keys, which is a mistake of the wiring.
func (t Tokens) Sign(token Token) string {
	payload := strings.Join([]string{
		string(token.Purpose), string(token.Key.Customer), token.Key.Campaign, token.Key.Occurrence, strconv.Itoa(token.Key.Step),
	}, "|")
	return base64.RawURLEncoding.EncodeToString(append(mac(t.Keys[0], "token", payload), payload...))
}

// Verify returns the token of s if one of the keys signed it for purpose, else
// an error wrapping [customer.ErrInvalid] that tells nothing more.
func (t Tokens) Verify(s string, purpose Purpose) (Token, error) {
	refused := fmt.Errorf("%w: not a token", customer.ErrInvalid)
	raw, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil || len(raw) <= macSize {
		return Token{}, refused
	}
	given, payload := raw[:macSize], string(raw[macSize:])
	genuine := false
	for _, key := range t.Keys {
		if len(key) > 0 && hmac.Equal(given, mac(key, "token", payload)) {
			genuine = true
		}
	}
	part := strings.Split(payload, "|")
	if !genuine || len(part) != 5 || part[0] != string(purpose) {
		return Token{}, refused
	}
	step, err := strconv.Atoi(part[4])
	if err != nil {
		return Token{}, refused
	}
	return Token{Purpose: purpose, Key: customer.SendKey{Customer: customer.ID(part[1]), Campaign: part[2], Occurrence: part[3], Step: step}}, nil
}

// Address returns the keyed hash under which a send remembers the address it
// went to; "" for no address.
func (t Tokens) Address(e customer.Email) string {
	if e == "" || len(t.Keys) == 0 {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(mac(t.Keys[0], "address", string(e))[:12])
}

// addresses returns the hashes of e by every key, the present one first.
func (t Tokens) addresses(e customer.Email) []string {
	var all []string
	for i := range t.Keys {
		all = append(all, Tokens{Keys: t.Keys[i:]}.Address(e))
	}
	return all
}

// mac separates the uses of one key by naming them.
func mac(key []byte, use, payload string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte("holdfast/" + use + "\x00" + payload))
	return h.Sum(nil)[:macSize]
}
