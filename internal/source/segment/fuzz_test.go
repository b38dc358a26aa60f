package segment

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"holdfast/internal/customer"
)

func FuzzParse(f *testing.F) {
	for _, kind := range []string{"identify", "track", "page", "screen", "group", "alias", "delete"} {
		f.Add(written(f, call(kind, object{"event": "Order Completed", "previousId": "x", "properties": object{"order_id": 1, "total": "3"}, "traits": object{"email": "a@b.example"}})), false)
	}
	f.Add([]byte(`{"batch":[{"type":"track","event":"NPS Answered","properties":{"score":"9"},"anonymousId":"a","timestamp":1791201600}]}`), true)
	f.Add([]byte(`[{"type":"page","userId":1e400,"context":[],"properties":{"a":{"b":[1,null,{}]}}},null]`), true)
	f.Fuzz(func(t *testing.T, body []byte, shop bool) {
		s := Source{Shop: shop, Currency: "EUR"}
		events, err := s.Parse(body, received)
		if err != nil && !errors.Is(err, customer.ErrInvalid) && (!errors.Is(err, ErrUnwanted) || len(events) > 0) {
			t.Fatalf("%v with %v", kinds(events), err)
		}
		again, _ := s.Parse(body, received)
		if diff := cmp.Diff(events, again); diff != "" {
			t.Fatal(diff)
		}
		for _, e := range events {
			complete(t, e)
		}
	})
}

func FuzzVerify(f *testing.F) {
	secret := []byte("s")
	f.Add([]byte(`[{"a":1}]`), "Bearer x")
	f.Add([]byte(`[ {"a":1} , 2]`), "Basic Og==")
	f.Fuzz(func(t *testing.T, body []byte, authorization string) {
		v := Verifier{Secrets: [][]byte{secret}, SignedFirst: true}
		if err := v.Verify("POST", headers(Sign(secret, body), ""), body, time.Time{}); err != nil {
			t.Fatalf("our own signature: %v", err)
		}
		if err := v.Verify("POST", headers("", authorization), body, time.Time{}); err == nil && string(credential(authorization)) != "s" {
			t.Fatal("let in without a secret")
		}
	})
}

// complete holds an event to what callers rely on.
func complete(t *testing.T, e customer.Event) {
	t.Helper()
	if e.Claim == nil && e.Fact == nil || e.Command != nil || e.Record.Account() != "segment/web" || strings.Count(string(e.Record), "/") > 3 {
		t.Fatalf("an event says nothing, or of another account: %+v", e)
	}
	if e.Claim != nil && (e.Claim.Version == "" || e.Claim.Parent == e.Record) {
		t.Fatalf("claim %+v of %s", e.Claim, e.Record)
	}
	if e.Fact == nil {
		return
	}
	set := 0
	for _, field := range reflect.ValueOf(e.Fact.Body).Fields() {
		if !field.IsNil() {
			set++
		}
	}
	if set != 1 || e.Fact.Key == "" || e.Fact.Version == "" || e.Fact.Record != e.Record || len(e.Fact.ID()) > 1000 {
		t.Fatalf("a fact lacks something: %+v", e.Fact)
	}
	if a := e.Fact.Body.Activity; a != nil {
		if a.Name == "" || len(a.Properties) > maxProperties || strings.HasPrefix(a.Name, "mail_") && !strings.HasPrefix(a.Name, elsewhere) || e.Fact.Expires.IsZero() {
			t.Fatalf("activity %+v", e.Fact)
		}
		texts(t, a.Properties)
	}
	if c := e.Fact.Body.Contact; c != nil {
		texts(t, c.Attributes)
	}
	if o := e.Fact.Body.Order; o != nil && o.Placed.IsZero() {
		t.Fatalf("an order that was never placed: %+v", o)
	}
	if _, err := json.Marshal(e.Fact); err != nil {
		t.Fatalf("a fact cannot be stored: %v", err)
	}
}

func texts(t *testing.T, all map[string]string) {
	for name, v := range all {
		if name == "" || v == "" || len(v) > longest || len(name) > 80 || !utf8.ValidString(v) || secret(name) {
			t.Fatalf("%q is %q", name, v)
		}
	}
}
