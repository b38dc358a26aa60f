package segment

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"
)

// headers looks up as a server does: whatever the case.
func headers(signature, authorization string) func(string) string {
	return func(name string) string {
		switch strings.ToLower(name) {
		case "x-signature":
			return signature
		case "authorization":
			return authorization
		}
		return ""
	}
}

func TestVerify(t *testing.T) {
	old, fresh := []byte("oldest"), []byte("newest")
	v := Verifier{Secrets: [][]byte{old, fresh}}
	loose := Verifier{Secrets: v.Secrets, SignedFirst: true}
	one := []byte(`{"type":"page","name":"<Tea & co>"}`)
	array, several, batch := []byte(`[ `+string(one)+"\n]"), []byte(`[`+string(one)+`,{"type":"alias"}]`), []byte(`{"batch":[`+string(one)+`,{}]}`)
	basic := func(pair string) string { return "Basic " + base64.StdEncoding.EncodeToString([]byte(pair)) }
	for _, c := range []struct {
		name          string
		verifier      Verifier
		body          []byte
		signature     string
		authorization string
		valid         bool
	}{
		{"a call signed with a secret is valid", v, one, Sign(old, one), "", true},
		{"with the second secret too", v, one, Sign(fresh, one), "", true},
		{"hex in capitals is the same", v, one, strings.ToUpper(Sign(old, one)), "", true},
		{"an empty body can be signed", v, nil, Sign(old, nil), "", true},
		{"a batch in an object is signed as a whole", v, batch, Sign(old, batch), "", true},
		{"an array of one call, signed as Segment does", v, array, Sign(old, one), "", true},
		{"an array of several, of which the first is signed, is refused", v, several, Sign(old, one), "", false},
		{"unless that is asked for", loose, several, Sign(old, one), "", true},
		{"an array that is signed as a whole is valid", v, several, string(hexed(old, several)), "", true},
		{"a signed call among others, not first", loose, []byte(`[{"type":"alias"},` + string(one) + `]`), Sign(old, one), "", false},
		{"an array with something behind it", loose, append(array[:len(array):len(array)], '1'), Sign(old, one), "", false},
		{"an empty array", loose, []byte(`[]`), Sign(old, []byte(`{}`)), "", false},
		{"a wrong secret is refused", v, one, Sign([]byte("other"), one), "", false},
		{"one flipped byte is refused", v, []byte(`{"type":"page","name":"<Tea & ca>"}`), Sign(old, one), "", false},
		{"no signature is refused", v, one, "", "", false},
		{"a signature that is no hex is refused", v, one, "zz", "", false},
		{"a shortened signature is refused", v, one, Sign(old, one)[:38], "", false},
		{"a bearer token is valid for several calls", v, several, "", "Bearer newest", true},
		{"whatever the case of its scheme", v, several, "", "bearer  newest ", true},
		{"a wrong token is refused", v, several, "", "Bearer newes", false},
		{"the start of a token is refused", v, several, "", "Bearer newestt", false},
		{"a bare secret is refused", v, several, "", "newest", false},
		{"an empty token is refused", v, several, "", "Bearer ", false},
		{"a write key as the user of Basic", v, several, "", basic("oldest:"), true},
		{"its password does not matter", v, several, "", basic("oldest:x"), true},
		{"a secret as the password is refused", v, several, "", basic("x:oldest"), false},
		{"Basic that is no base64", v, several, "", "Basic ???", false},
		{"an empty user", v, several, "", basic(":"), false},
		{"a token beside a wrong signature is valid", v, one, Sign([]byte("other"), one), "Bearer oldest", true},
		{"without secrets nothing is valid", Verifier{}, one, Sign(nil, one), "Bearer ", false},
		{"an empty secret is none", Verifier{Secrets: [][]byte{{}}}, one, Sign(nil, one), "Bearer ", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := c.verifier.Verify("POST", headers(c.signature, c.authorization), c.body, time.Time{})
			if (err == nil) != c.valid || err != nil && !errors.Is(err, ErrSignature) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// hexed is the signature of body as a whole, array or not.
func hexed(secret, body []byte) []byte {
	const digits = "0123456789abcdef"
	var all []byte
	for _, b := range sum(secret, body) {
		all = append(all, digits[b>>4], digits[b&15])
	}
	return all
}

func TestSignGivesTheKnownAnswers(t *testing.T) {
	file, err := os.ReadFile("../../../../shared/samples/signature_vectors.json")
	if err != nil {
		t.Skipf("the known answers are not here: %v", err)
	}
	type vector struct{ Secret, Value, Body string }
	var known struct {
		Body    string
		Vectors struct {
			Segment vector
			Batch   vector `json:"segment_batch"`
		}
	}
	if err := json.Unmarshal(file, &known); err != nil {
		t.Fatal(err)
	}
	known.Vectors.Segment.Body = known.Body
	for _, v := range []vector{known.Vectors.Segment, known.Vectors.Batch} {
		if got := Sign([]byte(v.Secret), []byte(v.Body)); got != v.Value {
			t.Errorf("%s: got %s, want %s", v.Body, got, v.Value)
		}
	}
}
