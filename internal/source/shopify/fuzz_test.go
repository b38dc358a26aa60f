package shopify

import (
	"encoding/json"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"holdfast/internal/customer"
)

func FuzzParse(f *testing.F) {
	names := slices.Sorted(maps.Keys(topics))
	files, _ := filepath.Glob(filepath.Join(samples, "*.json")) // the error is of the pattern, which is right
	for i := range names {
		for _, o := range []object{aCustomer(), anOrder(), aRefund(aTransaction()), aTransaction(), aCheckout(), aCart(), {"id": 1}} {
			f.Add(uint8(i), o.json(f))
		}
	}
	for i, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(uint8(i), body)
	}
	f.Fuzz(func(t *testing.T, topic uint8, body []byte) {
		check(t, func() ([]customer.Event, error) { return Parse(headers(names[int(topic)%len(names)]), body) })
	})
}

func FuzzParseEnvelope(f *testing.F) {
	for _, topic := range slices.Sorted(maps.Keys(topics)) {
		f.Add(object{"payload": anOrder(), "metadata": object{"X-Shopify-Topic": topic, "X-Shopify-Shop-Domain": "example.myshopify.com"}}.json(f))
	}
	f.Add(object{"payload": json.RawMessage("null"), "metadata": object{"shopify-action": "update", "x": nil}}.json(f))
	f.Fuzz(func(t *testing.T, body []byte) {
		check(t, func() ([]customer.Event, error) { return ParseEnvelope(body) })
	})
}

// check holds a parser to this: an error is of a kind callers know, and
// without one every event is complete, and the same each time.
func check(t *testing.T, parse func() ([]customer.Event, error)) {
	events, err := parse()
	if err != nil {
		if !errors.Is(err, customer.ErrInvalid) && !errors.Is(err, ErrUnwanted) || len(events) > 0 {
			t.Fatalf("%v with %v", kinds(events), err)
		}
		return
	}
	again, _ := parse()
	if diff := cmp.Diff(events, again); diff != "" {
		t.Fatal(diff)
	}
	for _, e := range events {
		complete(t, e)
	}
}

func complete(t *testing.T, e customer.Event) {
	if e.Record == "" || e.Claim == nil && e.Fact == nil && e.Command == nil {
		t.Fatalf("an event says nothing: %+v", e)
	}
	if !e.Record.IsAddress() && (e.Record.Account() == "" || strings.Count(string(e.Record), "/") > 3) {
		t.Fatalf("record %q", e.Record)
	}
	if e.Command != nil && e.Command.Kind == "" {
		t.Fatal("a command of no kind")
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
	if set != 1 || e.Fact.Key == "" || e.Fact.Version == "" || e.Fact.Record != e.Record {
		t.Fatalf("a fact lacks something: %+v", e.Fact)
	}
	if _, err := json.Marshal(e.Fact); err != nil {
		t.Fatalf("a fact cannot be stored: %v", err)
	}
}
