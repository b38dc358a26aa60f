package shopify

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"
)

func TestVerify(t *testing.T) {
	body := []byte(`{"id":820982911946154508}`)
	oldest, newest := []byte("oldest"), []byte("newest")
	v := Verifier{Secrets: [][]byte{oldest, newest}}
	for _, c := range []struct {
		name     string
		verifier Verifier
		body     []byte
		value    string
		valid    bool
	}{
		{"a delivery signed with the secret is valid", v, body, Sign(oldest, body), true},
		{"a delivery signed with the second secret is valid", v, body, Sign(newest, body), true},
		{"an empty body can be signed", v, nil, Sign(oldest, nil), true},
		{"a wrong secret is refused", v, body, Sign([]byte("other"), body), false},
		{"one flipped byte is refused", v, []byte(`{"id":820982911946154509}`), Sign(oldest, body), false},
		{"a body with a newline more is refused", v, append(body[:len(body):len(body)], '\n'), Sign(oldest, body), false},
		{"no signature is refused", v, body, "", false},
		{"a signature that is no base64 is refused", v, body, "%%%", false},
		{"a shortened signature is refused", v, body, Sign(oldest, body)[:40], false},
		{"without secrets nothing is valid", Verifier{}, body, Sign(nil, body), false},
		{"an empty secret is none", Verifier{Secrets: [][]byte{{}}}, body, Sign(nil, body), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			header := func(name string) string {
				if strings.EqualFold(name, "x-shopify-hmac-sha256") {
					return c.value
				}
				return ""
			}
			err := c.verifier.Verify("POST", header, c.body, time.Time{})
			if (err == nil) != c.valid || err != nil && !errors.Is(err, ErrSignature) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestSignGivesTheKnownAnswer(t *testing.T) {
	file, err := os.ReadFile("../../../../shared/samples/signature_vectors.json")
	if err != nil {
		t.Skipf("the known answers are not here: %v", err)
	}
	var known struct {
		Body    string
		Vectors struct {
			Shopify struct{ Secret, Value string }
		}
	}
	if err := json.Unmarshal(file, &known); err != nil {
		t.Fatal(err)
	}
	if got := Sign([]byte(known.Vectors.Shopify.Secret), []byte(known.Body)); got != known.Vectors.Shopify.Value {
		t.Errorf("got %s", got)
	}
}
