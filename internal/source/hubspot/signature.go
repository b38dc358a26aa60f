package hubspot

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"
	"time"
)

var (
	// ErrSignature: the delivery was not signed with one of our secrets.
	ErrSignature = errors.New("hubspot: signature does not match")
	// ErrStale: the delivery was signed too long ago, or at no known time.
	ErrStale = errors.New("hubspot: signed too long ago or in the future")
)

// DefaultTolerance is how far HubSpot's clock and ours may be apart.
const DefaultTolerance = 5 * time.Minute

// A Verifier tells HubSpot's deliveries from others'. Without secrets nothing
// is valid.
type Verifier struct {
	Secrets [][]byte // the app's client secrets, old and new while one is replaced; empty ones never match
	// PublicURL is the target URL exactly as configured at HubSpot. What a
	// proxy makes of it is not what HubSpot signed.
	PublicURL string
	Tolerance time.Duration // either way; zero means [DefaultTolerance]
	// Legacy accepts the signatures v1 and v2 of a delivery that has no v3.
	// They are plain hashes without a time: whoever saw one can send it again.
	Legacy bool
}

// Verify returns nil if the delivery was signed with one of v's secrets, else
// [ErrSignature] or [ErrStale]. body are the raw bytes received.
func (v Verifier) Verify(method string, header func(string) string, body []byte, now time.Time) error {
	if signature := header("X-HubSpot-Signature-v3"); signature != "" {
		return v.verify3(method, signature, header("X-HubSpot-Request-Timestamp"), body, now)
	}
	if !v.Legacy {
		return ErrSignature
	}
	given, err := hex.DecodeString(header("X-HubSpot-Signature"))
	if err != nil {
		return ErrSignature
	}
	var signed string
	switch header("X-HubSpot-Signature-Version") {
	case "v1":
		signed = string(body)
	case "v2":
		signed = method + v.PublicURL + string(body)
	default:
		return ErrSignature
	}
	return v.match(given, func(secret []byte) []byte {
		h := sha256.Sum256(append(secret[:len(secret):len(secret)], signed...))
		return h[:]
	})
}

func (v Verifier) verify3(method, signature, timestamp string, body []byte, now time.Time) error {
	given, err := base64.StdEncoding.DecodeString(signature)
	if err != nil {
		return ErrSignature
	}
	if timestamp == "" || len(timestamp) > 15 || strings.Trim(timestamp, "0123456789") != "" {
		return ErrStale
	}
	ms, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil {
		return ErrStale
	}
	tolerance := v.Tolerance
	if tolerance == 0 {
		tolerance = DefaultTolerance
	}
	if age := now.Sub(time.UnixMilli(ms)); age > tolerance || age < -tolerance {
		return ErrStale
	}
	return v.match(given, func(secret []byte) []byte { return sum3(secret, method, v.PublicURL, timestamp, body) })
}

func (v Verifier) match(given []byte, sum func(secret []byte) []byte) error {
	valid := false
	for _, secret := range v.Secrets {
		if len(secret) > 0 && hmac.Equal(given, sum(secret)) {
			valid = true
		}
	}
	if !valid {
		return ErrSignature
	}
	return nil
}

// Sign returns the values of X-HubSpot-Signature-v3 and
// X-HubSpot-Request-Timestamp for a delivery to url at an instant.
func Sign(secret []byte, method, url string, body []byte, at time.Time) (signature, timestamp string) {
	timestamp = strconv.FormatInt(at.UnixMilli(), 10)
	return base64.StdEncoding.EncodeToString(sum3(secret, method, url, timestamp, body)), timestamp
}

func sum3(secret []byte, method, url, timestamp string, body []byte) []byte {
	h := hmac.New(sha256.New, secret)
	h.Write([]byte(method + decodeURL.Replace(url)))
	h.Write(body)
	h.Write([]byte(timestamp))
	return h.Sum(nil)
}

// decodeURL decodes those percent-encodings that HubSpot decodes before it
// signs, and leaves the others (%20, %26, %3D, %2B…) as they are.
var decodeURL = strings.NewReplacer(
	"%3A", ":", "%3a", ":", "%2F", "/", "%2f", "/", "%3F", "?", "%3f", "?", "%40", "@", "%21", "!", "%24", "$",
	"%27", "'", "%28", "(", "%29", ")", "%2A", "*", "%2a", "*", "%2C", ",", "%2c", ",", "%3B", ";", "%3b", ";",
)
