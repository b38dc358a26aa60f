package hubspot

import (
	"encoding/json"
	"errors"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, 10, 6, 12, 0, 0, 0, time.UTC)

func lookup(values map[string]string) func(string) string {
	return func(name string) string {
		for n, v := range values {
			if strings.EqualFold(n, name) {
				return v
			}
		}
		return ""
	}
}

func TestVerify(t *testing.T) {
	const url = "https://shop.example/webhooks/hubspot"
	body := []byte(`[{"eventId":1}]`)
	oldest, newest := []byte("oldest"), []byte("newest")
	v := Verifier{Secrets: [][]byte{oldest, newest}, PublicURL: url}
	v3 := func(secret []byte, method, url string, at time.Time) map[string]string {
		signature, timestamp := Sign(secret, method, url, body, at)
		return map[string]string{"x-hubspot-signature-v3": signature, "X-HUBSPOT-REQUEST-TIMESTAMP": timestamp}
	}
	good := v3(oldest, "POST", url, noon)
	with := func(h map[string]string, name, value string) map[string]string {
		c := map[string]string{}
		for n, v := range h {
			c[n] = v
		}
		c[name] = value
		return c
	}
	odd := Verifier{Secrets: v.Secrets, PublicURL: "https://shop.example/a%2Fb%3Fc?x=%20%26%2C"}
	for _, c := range []struct {
		name     string
		verifier Verifier
		header   map[string]string
		body     []byte
		want     error
	}{
		{"a delivery signed with the secret is valid", v, good, body, nil},
		{"a delivery signed with the second secret is valid", v, v3(newest, "POST", url, noon), body, nil},
		{"a wrong secret is refused", v, v3([]byte("other"), "POST", url, noon), body, ErrSignature},
		{"one flipped byte is refused", v, good, []byte(`[{"eventId":2}]`), ErrSignature},
		{"an empty body of another's signature is refused", v, good, nil, ErrSignature},
		{"another method is refused", v, v3(oldest, "PUT", url, noon), body, ErrSignature},
		{"another URL is refused", v, v3(oldest, "POST", url+"/", noon), body, ErrSignature},
		{"another timestamp than the signed one is refused", v, with(good, "X-HUBSPOT-REQUEST-TIMESTAMP", strconv.FormatInt(noon.UnixMilli()+1, 10)), body, ErrSignature},
		{"five minutes ago is not too long ago", v, v3(oldest, "POST", url, noon.Add(-5*time.Minute)), body, nil},
		{"a millisecond more is", v, v3(oldest, "POST", url, noon.Add(-5*time.Minute-time.Millisecond)), body, ErrStale},
		{"five minutes ahead is not too far", v, v3(oldest, "POST", url, noon.Add(5*time.Minute)), body, nil},
		{"a millisecond more is too far", v, v3(oldest, "POST", url, noon.Add(5*time.Minute+time.Millisecond)), body, ErrStale},
		{"no timestamp is refused", v, with(good, "X-HUBSPOT-REQUEST-TIMESTAMP", ""), body, ErrStale},
		{"a timestamp that is no number is refused", v, with(good, "X-HUBSPOT-REQUEST-TIMESTAMP", "NaN"), body, ErrStale},
		{"a negative timestamp is refused", v, with(good, "X-HUBSPOT-REQUEST-TIMESTAMP", "-1"), body, ErrStale},
		{"a timestamp of many digits is refused", v, with(good, "X-HUBSPOT-REQUEST-TIMESTAMP", strings.Repeat("9", 30)), body, ErrStale},
		{"a signature that is no base64 is refused", v, with(good, "x-hubspot-signature-v3", "%"), body, ErrSignature},
		{"no signature is refused", v, nil, body, ErrSignature},
		{"some percent-encodings are decoded before signing", odd, v3(oldest, "POST", "https://shop.example/a/b?c?x=%20%26,", noon), body, nil},
		{"without secrets nothing is valid", Verifier{PublicURL: url}, v3(nil, "POST", url, noon), body, ErrSignature},
		{"an empty secret is none", Verifier{PublicURL: url, Secrets: [][]byte{{}}}, v3(nil, "POST", url, noon), body, ErrSignature},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := c.verifier.Verify("POST", lookup(c.header), c.body, noon); !errors.Is(err, c.want) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestOldSignaturesNeedLeave(t *testing.T) {
	const url = "https://www.example.com/webhook_uri"
	// HubSpot's own example of v1 and v2 with the secret of its documents.
	v := Verifier{Secrets: [][]byte{[]byte("yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy")}, PublicURL: url}
	v1 := map[string]string{"X-HubSpot-Signature": "69fc6631a867edd4f9e9e627fc5c1148e3fbdd8b21837b6d2b8901c1fa57f750", "X-HubSpot-Signature-Version": "v1"}
	body := []byte("{'example_field':'example_value'}")
	if err := v.Verify("POST", lookup(v1), body, noon); !errors.Is(err, ErrSignature) {
		t.Errorf("without leave: %v", err)
	}
	v.Legacy = true
	if err := v.Verify("POST", lookup(v1), body, noon); err != nil {
		t.Errorf("with leave: %v", err)
	}
	v1["X-HubSpot-Signature-Version"] = "v4"
	if err := v.Verify("POST", lookup(v1), body, noon); !errors.Is(err, ErrSignature) {
		t.Errorf("an unknown version: %v", err)
	}
	v1["X-HubSpot-Signature-Version"] = "v1"
	v1["X-HubSpot-Signature-v3"] = "AAAA"
	v1["X-HubSpot-Request-Timestamp"] = strconv.FormatInt(noon.UnixMilli(), 10)
	if err := v.Verify("POST", lookup(v1), body, noon); !errors.Is(err, ErrSignature) {
		t.Errorf("a wrong v3 beside a right v1: %v", err)
	}
}

func TestSignaturesMatchTheKnownAnswers(t *testing.T) {
	file, err := os.ReadFile("../../../../shared/samples/hubspot/signature_vectors.json")
	if err != nil {
		t.Skipf("the known answers are not here: %v", err)
	}
	var known struct {
		Secret, URI string
		Vectors     []struct{ Version, Method, Body, Timestamp, Signature string }
	}
	if err := json.Unmarshal(file, &known); err != nil {
		t.Fatal(err)
	}
	v := Verifier{Secrets: [][]byte{[]byte(known.Secret)}, PublicURL: known.URI, Legacy: true}
	for _, k := range known.Vectors {
		header, now := map[string]string{"X-HubSpot-Signature": k.Signature, "X-HubSpot-Signature-Version": k.Version}, noon
		if k.Version == "v3" {
			ms, _ := strconv.ParseInt(k.Timestamp, 10, 64)
			now = time.UnixMilli(ms)
			header = map[string]string{"X-HubSpot-Signature-v3": k.Signature, "X-HubSpot-Request-Timestamp": k.Timestamp}
		}
		if err := v.Verify(k.Method, lookup(header), []byte(k.Body), now); err != nil {
			t.Errorf("%s %s %s: %v", k.Version, k.Method, k.Timestamp, err)
		}
	}
}
