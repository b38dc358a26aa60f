package segment

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"holdfast/internal/customer"
)

// history draws what one person does in a month, as its calls.
func history(t *rapid.T) []object {
	pick := func(of ...any) any { return rapid.SampledFrom(of).Draw(t, "pick") }
	calls := make([]object, rapid.IntRange(1, 25).Draw(t, "calls"))
	for i := range calls {
		at := noon.Add(-time.Duration(rapid.IntRange(0, 30*24*2).Draw(t, "half hours")) * 30 * time.Minute)
		o := pick(
			call("identify", object{"anonymousId": "x", "traits": object{"email": pick("a@b.example", "c@d.example", nil), "plan": pick("free", "pro", nil), "city": pick("Graz", "Wien", "")}}),
			call("group", object{"traits": object{"name": pick("Initech", "Initrode"), "employees": pick(3, 5)}}),
			call("page", object{"userId": pick("ada", nil), "anonymousId": "x", "category": pick("help", "tea")}),
			track("Product Viewed", object{"price": pick(3, "3.50")}),
			track("Order Completed", object{"order_id": pick("1", "2"), "total": pick(10, 12.5), "currency": "EUR"}),
			track("Order Refunded", object{"order_id": pick("1", "2"), "total": pick(1, 2), "currency": "EUR"}),
			track("Order Cancelled", object{"order_id": pick("1", "2", "3")}),
			track("Checkout Started", object{"checkout_id": pick("1", "2"), "products": []any{object{"price": 5}}}),
			track(pick("Support Ticket Opened", "Support Ticket Closed").(string), object{"ticket_id": pick(1, 2)}),
			track("NPS Answered", object{"score": pick(1, 9)}),
		).(object)
		o["timestamp"], o["messageId"] = at.Format(time.RFC3339), pick(fmt.Sprint("m", i), "same", nil)
		calls[i] = o
	}
	return calls
}

func facts(t *rapid.T, calls []object) []customer.Fact {
	var all []customer.Fact
	for _, c := range calls {
		body, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		events, err := Source{}.Parse(body, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range events {
			if e.Fact != nil {
				all = append(all, *e.Fact)
			}
		}
	}
	return all
}

// Invariant 1, Applied once: a profile depends on the set of calls alone.
func TestOrderAndRepetitionDoNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		calls := history(t)
		want := customer.Fold(facts(t, calls), time.UTC)
		again := append(calls[:len(calls):len(calls)], calls[:rapid.IntRange(0, len(calls)).Draw(t, "repeated")]...)
		shuffled := rapid.Permutation(again).Draw(t, "order")
		if diff := cmp.Diff(want, customer.Fold(facts(t, shuffled), time.UTC)); diff != "" {
			t.Errorf("%d calls, %d in another order (-want +got):\n%s", len(calls), len(again), diff)
		}
	})
}

// Invariant 7, Absent is not empty.
func TestAbsentIsNotEmpty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		full := call("identify", object{"timestamp": noon.Add(-time.Hour).Format(time.RFC3339), "traits": object{
			"email": "a@b.example", "firstName": "Ada", "city": "Graz", "plan": "pro", "interests": []any{"tea"},
		}})
		nothing := rapid.SampledFrom([]any{nil, "", " ", "undefined", []any{}, object{}})
		traits := object{}
		for name := range full["traits"].(object) {
			traits[name] = nothing.Draw(t, name)
		}
		want := customer.Fold(facts(t, []object{full}), time.UTC).Contact
		got := customer.Fold(facts(t, []object{full, call("identify", object{"messageId": "m2", "traits": traits})}), time.UTC).Contact
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestAVisitorsCallsFoldIntoWhatIsKnown(t *testing.T) {
	var all []customer.Fact
	for i, c := range []object{
		call("page", object{"userId": nil, "anonymousId": "x"}), call("page", nil), track("Product Viewed", nil), track("NPS Answered", object{"score": 9}),
		track("Ticket Opened", object{"ticket_id": 1}), call("identify", object{"traits": object{"email": "ada@example.com"}}),
		call("identify", object{"userId": "old@example.com", "traits": object{"plan": "pro"}}),
	} {
		c["messageId"] = fmt.Sprint("m", i)
		for _, e := range parse(t, Source{}, c) {
			all = append(all, *e.Fact)
		}
	}
	day := []customer.Count{{Day: customer.DayOf(noon, time.UTC), N: 1}}
	want := customer.Folded{
		Records:  []customer.Identity{"segment/web/ada", "segment/web/old@example.com"},
		Contact:  customer.Contact{Email: "ada@example.com", Attributes: map[string]string{"plan": "pro"}},
		Service:  customer.TicketState{Tickets: 1, Open: 1, Last: noon},
		Surveys:  customer.SurveyState{NPS: 9, NPSAt: noon},
		Activity: []customer.Series{{Name: "page_view", Counts: []customer.Count{{Day: day[0].Day, N: 2}}}, {Name: "product_viewed", Counts: day}},
		Seen:     noon,
	}
	if diff := cmp.Diff(want, customer.Fold(all, time.UTC)); diff != "" {
		t.Error(diff)
	}
}

// BenchmarkParse reads a batch of ten calls.
func BenchmarkParse(b *testing.B) {
	var batch []any
	for i := range 10 {
		batch = append(batch, call("page", object{"messageId": fmt.Sprint(i), "category": "help", "properties": object{"path": "/help/a", "title": "A", "url": "https://x.example/help/a"},
			"context": object{"userAgent": "Mozilla/5.0 (Macintosh)", "page": object{"path": "/help/a"}}}))
	}
	body, err := json.Marshal(object{"batch": batch})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := (Source{}).Parse(body, received); err != nil {
			b.Fatal(err)
		}
	}
}
