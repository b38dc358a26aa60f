package segment

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/internal/customer"
)

var (
	noon     = time.Date(2026, 10, 5, 12, 0, 0, 0, time.UTC)
	received = noon.Add(3 * time.Second)
)

// object's fields over those of a call by Ada.
func call(kind string, more object) object {
	o := object{"type": kind, "userId": "ada", "messageId": "m1", "timestamp": "2026-10-05T12:00:00Z"}
	maps.Copy(o, more)
	return o
}

func track(event string, properties object) object {
	return call("track", object{"event": event, "properties": properties})
}

func written(t testing.TB, v any) []byte {
	t.Helper()
	body, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func parse(t testing.TB, s Source, v any) []customer.Event {
	t.Helper()
	events, err := s.Parse(written(t, v), received)
	if err != nil {
		t.Fatal(err)
	}
	return events
}

// kinds names what events do, in order: record, then claim and fact.
func kinds(events []customer.Event) []string {
	var all []string
	for _, e := range events {
		s := strings.TrimPrefix(string(e.Record), "segment/web/")
		if e.Claim != nil {
			s += " claim"
			if e.Claim.Parent != "" {
				s += "→" + strings.TrimPrefix(string(e.Claim.Parent), "segment/web/")
			}
			s += strings.Repeat(" email", min(1, len(e.Claim.Email))) + strings.Repeat(" phone", min(1, len(e.Claim.Phone)))
		}
		if e.Fact != nil {
			s += " " + e.Fact.Key
		}
		all = append(all, s)
	}
	return all
}

func TestCallsHaveTheirEffect(t *testing.T) {
	shop := Source{Shop: true}
	lines := []any{object{"product_id": "p1", "price": 10, "quantity": 2}}
	for _, c := range []struct {
		name   string
		source Source
		body   any
		want   []string
	}{
		{"identify describes a user and takes their addresses", shop,
			call("identify", object{"traits": object{"email": "Ada@Example.com ", "phone": "+49 30 901820", "plan": "pro"}}),
			[]string{"ada claim email phone contact/ep.plan"}},
		{"identify joins the visitor", shop, call("identify", object{"anonymousId": "x", "traits": object{"plan": "pro"}}),
			[]string{"ada claim contact/.plan", "anonymous/x claim→ada"}},
		{"identify that says nothing but who joins all the same", shop, call("identify", object{"anonymousId": "x"}), []string{"anonymous/x claim→ada"}},
		{"identify that says nothing at all has no consequence", shop, call("identify", nil), nil},
		{"identify of a visitor who leaves an address", shop, call("identify", object{"userId": nil, "anonymousId": "x", "traits": object{"email": "a@b.example"}}),
			[]string{"anonymous/x claim email contact/e"}},
		{"traits are also looked for where RudderStack puts them", shop, call("identify", object{"context": object{"traits": object{"email": "a@b.example"}}}),
			[]string{"ada claim email contact/e"}},
		{"a user id that is an address links, and ranks below the traits'", shop, call("identify", object{"userId": "ada@example.com", "traits": object{"plan": "pro"}}),
			[]string{"ada@example.com claim email contact/id/e", "ada@example.com claim contact/.plan"}},
		{"an address among the traits stands alone", shop, call("identify", object{"userId": "ada@example.com", "traits": object{"email": "new@example.com"}}),
			[]string{"ada@example.com claim email contact/e"}},
		{"alias joins whatever the user was before", shop, call("alias", object{"previousId": "x"}), []string{"anonymous/x claim→ada", "x claim→ada"}},
		{"alias to itself joins the visitor only", shop, call("alias", object{"previousId": "ada"}), []string{"anonymous/ada claim→ada"}},
		{"group describes the company", shop, call("group", object{"groupId": "g1", "traits": object{"name": "Initech", "industry": "Technology", "employees": 329, "email": "office@initech.example"}}),
			[]string{"ada claim contact/company/.company.company_id.employees.industry"}},
		{"a page is viewed", shop, call("page", object{"name": "Home"}), []string{"ada activity/page_view/m1"}},
		{"a screen is viewed", shop, call("screen", object{"name": "Home"}), []string{"ada activity/screen_view/m1"}},
		{"what a visitor does is the visitor's", shop, call("page", object{"userId": nil, "anonymousId": "x"}), []string{"anonymous/x activity/page_view/m1"}},
		{"what a known user does is theirs, and joins nobody", shop, call("page", object{"anonymousId": "x"}), []string{"ada activity/page_view/m1"}},
		{"an own event needs no code", shop, track("Brew Guide Downloaded", nil), []string{"ada activity/brew_guide_downloaded/m1"}},
		{"e-commerce events have our names", shop, track("Product Viewed", nil), []string{"ada activity/product_viewed/m1"}},
		{"and so have those of the first version", shop, track("Viewed Product", nil), []string{"ada activity/product_viewed/m1"}},
		{"a type in capitals is the same", shop, call("TRACK", object{"event": "productAdded"}), []string{"ada activity/product_added/m1"}},
		{"mails of others do not pass for ours", shop, track("Email Opened", nil), []string{"ada activity/mail_elsewhere_opened/m1"}},
		{"nor under our names", shop, track("mail_clicked", nil), []string{"ada activity/mail_elsewhere_clicked/m1"}},
		{"an order of no shop of ours is an order", Source{}, track("Order Completed", object{"order_id": "o1", "total": "39.95", "currency": "eur"}),
			[]string{"order/o1 claim→ada order"}},
		{"a visitor's order is the visitor's", Source{}, call("track", object{"userId": nil, "anonymousId": "x", "event": "Order Completed", "properties": object{"order_id": "o1", "total": 1}}),
			[]string{"order/o1 claim→anonymous/x order"}},
		{"an update that says when the order was placed is its state", Source{}, track("Order Updated", object{"order_id": "o1", "total": 1, "created_at": "2026-10-01T00:00:00Z"}),
			[]string{"order/o1 claim→ada order"}},
		{"one that does not is but an activity", Source{}, track("Order Updated", object{"order_id": "o1", "total": 1}), []string{"ada activity/order_updated/m1"}},
		{"a refund with an amount", Source{}, track("Order Refunded", object{"order_id": "o1", "total": 30}), []string{"order/o1 claim→ada refund/m1"}},
		{"a refund of products", Source{}, track("Order Refunded", object{"order_id": "o1", "products": lines}), []string{"order/o1 claim→ada refund/m1"}},
		{"a refund of the whole order", Source{}, track("Order Refunded", object{"order_id": "o1"}), []string{"order/o1 claim→ada deleted"}},
		{"a cancelled order", Source{}, track("Order Canceled", object{"order_id": "o1"}), []string{"order/o1 claim→ada deleted"}},
		{"a started checkout of no shop of ours is kept", Source{}, track("Checkout Started", object{"order_id": "o1", "products": lines}),
			[]string{"ada activity/checkout_started/m1", "checkout/o1 claim→ada checkout"}},
		{"of a connected shop it is what was done", shop, track("Checkout Started", object{"order_id": "o1", "products": lines}), []string{"ada activity/checkout_started/m1"}},
		{"a cart without a name is what was done", Source{}, track("Cart Viewed", object{"products": lines}), []string{"ada activity/cart_viewed/m1"}},
		{"a scored answer is a survey's", shop, track("Survey Answered", object{"survey": "NPS", "score": "9"}), []string{"ada survey/m1"}},
		{"one whose event names the survey", shop, track("CSAT Submitted", object{"rating": 4}), []string{"ada survey/m1"}},
		{"an answer in words is an activity", shop, track("Survey Answered", object{"survey": "goals", "answer": "less waste"}), []string{"ada activity/survey_answered/m1"}},
		{"a score beyond its scale is none", shop, track("NPS Answered", object{"score": 11}), []string{"ada activity/nps_answered/m1"}},
		{"a survey that was only shown is an activity", shop, track("Survey Viewed", object{"survey": "nps", "score": 1}), []string{"ada activity/survey_viewed/m1"}},
		{"a ticket is opened", shop, track("Support Ticket Opened", object{"ticket_id": 7}), []string{"ticket/7 claim→ada ticket"}},
		{"a ticket without a name is an activity", shop, track("Support Ticket Opened", nil), []string{"ada activity/support_ticket_opened/m1"}},
		{"a ticket to an event is no support case without an end", shop, track("Concert Ticket Viewed", object{"ticket_id": 7}), []string{"ada activity/concert_ticket_viewed/m1"}},
		{"an array of calls", shop, []any{call("page", nil), call("alias", object{"previousId": "x"})}, []string{"ada activity/page_view/m1", "anonymous/x claim→ada", "x claim→ada"}},
		{"a batch of calls", shop, object{"batch": []any{call("page", nil)}, "sentAt": "2026-10-05T12:00:01Z"}, []string{"ada activity/page_view/m1"}},
		{"an unwanted call does not hide the others", shop, []any{track("Order Completed", nil), call("page", nil)}, []string{"ada activity/page_view/m1"}},
		{"an empty batch has no consequence", shop, []any{}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			events := parse(t, c.source, c.body)
			if diff := cmp.Diff(c.want, kinds(events)); diff != "" {
				t.Error(diff)
			}
			for _, e := range events {
				complete(t, e)
			}
		})
	}
}

func TestUnwantedCalls(t *testing.T) {
	for name, body := range map[string]any{
		"an order of the connected shop":             track("Order Completed", object{"order_id": "o1", "total": 3}),
		"its refund":                                 track("Order Refunded", object{"order_id": "o1"}),
		"its order under the name of old":            track("Completed Order", object{"order_id": "o1", "total": 3}),
		"a call of another kind":                     call("delete", nil),
		"a search engine that reads pages":           call("page", object{"context": object{"userAgent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"}}),
		"a batch of which nobody wants anything":     []any{call("delete", nil), track("Order Cancelled", nil)},
		"an order without id, of the connected shop": track("Order Completed", nil),
	} {
		if events, err := (Source{Shop: true}).Parse(written(t, body), received); !errors.Is(err, ErrUnwanted) || len(events) > 0 {
			t.Errorf("%s: %v, %v", name, kinds(events), err)
		}
	}
}

func TestBadCallsAreInvalidAndSayWhere(t *testing.T) {
	const private = "s3cr3t"
	for _, c := range []struct {
		name  string
		body  any
		field string
	}{
		{"malformed JSON", json.RawMessage(`{"type":`), "body: malformed JSON at byte 8"},
		{"an empty body", json.RawMessage(``), "body: malformed"},
		{"a text", private, "body: must be a call"},
		{"null", json.RawMessage(`null`), "type: missing"},
		{"no type", call("", nil), "type: missing"},
		{"nobody's call", call("page", object{"userId": nil}), "userId: missing"},
		{"a placeholder for the user", call("page", object{"userId": "undefined"}), "userId: missing"},
		{"one in capitals", call("page", object{"userId": "NULL", "anonymousId": "Undefined"}), "userId: missing"},
		{"another", call("page", object{"userId": 0, "anonymousId": "00000000-0000-0000-0000-000000000000"}), "userId: missing"},
		{"an id that is an object", call("page", object{"userId": object{"x": private}}), "userId: missing"},
		{"no event", track("", nil), "event: missing"},
		{"an event of signs", track("!?", nil), "event: missing"},
		{"alias from nobody", call("alias", nil), "previousId: missing"},
		{"alias to nobody", call("alias", object{"userId": nil, "anonymousId": "x", "previousId": "y"}), "userId: missing"},
		{"an order without id", track("Order Completed", object{"total": 3}), "properties.order_id: missing"},
		{"an order without amount", track("Order Completed", object{"order_id": "1"}), "properties.total: missing"},
		{"an amount that is none", track("Order Completed", object{"order_id": "1", "total": private}), "properties.total: must be a decimal"},
		{"an amount of astronomic size", track("Order Completed", object{"order_id": "1", "total": "1e30"}), "properties.total: must be a decimal"},
		{"a number too long to work with", track("Order Completed", object{"order_id": "1", "total": "1e-999999999"}), "properties.total: must be a decimal"},
	} {
		t.Run(c.name, func(t *testing.T) {
			body, ok := c.body.(json.RawMessage)
			if !ok {
				body = written(t, c.body)
			}
			events, err := Source{}.Parse(body, received)
			if !errors.Is(err, customer.ErrInvalid) || len(events) > 0 || !strings.Contains(err.Error(), c.field) || strings.Contains(err.Error(), private) {
				t.Errorf("%v, %v; want an error about %s", kinds(events), err, c.field)
			}
		})
	}
	t.Run("one bad call of a batch does not cost the others", func(t *testing.T) {
		events, err := Source{}.Parse(written(t, []any{call("page", nil), call("", nil), call("screen", nil)}), received)
		if len(events) != 2 || !errors.Is(err, customer.ErrInvalid) || !strings.Contains(err.Error(), "call 1: ") {
			t.Errorf("%v, %v", kinds(events), err)
		}
	})
}

func TestInstants(t *testing.T) {
	for _, c := range []struct {
		name string
		more object
		want time.Time
	}{
		{"the timestamp counts, not when it was sent", object{"sentAt": "2026-10-05T12:00:07Z", "originalTimestamp": "2020-01-01T00:00:00Z"}, noon},
		{"nine digits of a second", object{"timestamp": "2026-10-05T12:00:00.123456789Z"}, noon.Add(123456789)},
		{"an offset", object{"timestamp": "2026-10-05T14:00:00+02:00"}, noon},
		{"no zone is UTC", object{"timestamp": "2026-10-05T12:00:00.000"}, noon},
		{"a space for the T", object{"timestamp": "2026-10-05 12:00:00"}, noon},
		{"milliseconds as a number", object{"timestamp": noon.UnixMilli()}, noon},
		{"milliseconds as a text", object{"timestamp": "1791201600000"}, noon},
		{"seconds", object{"timestamp": noon.Unix()}, noon},
		{"null falls back", object{"timestamp": nil, "sentAt": "2026-10-05T11:00:00Z"}, noon.Add(-time.Hour)},
		{"what is no time falls back", object{"timestamp": "yesterday", "originalTimestamp": "2026-10-05T11:00:00Z"}, noon.Add(-time.Hour)},
		{"a year nobody means falls back", object{"timestamp": "1600-01-01T00:00:00Z", "sentAt": "2026-10-05T11:00:00Z"}, noon.Add(-time.Hour)},
		{"without any, when it came", object{"timestamp": nil}, received},
		{"a little ahead is believed", object{"timestamp": "2026-10-05T12:05:00Z"}, noon.Add(5 * time.Minute)},
		{"a clock years ahead is not", object{"timestamp": "2031-10-05T12:00:00Z"}, received},
		{"what Segment says of when it came is better", object{"timestamp": "2031-10-05T12:00:00Z", "receivedAt": "2026-10-04T12:00:00Z"}, noon.Add(-24 * time.Hour)},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := parse(t, Source{}, call("page", c.more))[0].Fact
			if !f.At.Equal(c.want) || !f.Version.Time().Equal(c.want) || !f.Expires.Equal(c.want.Add(customer.ActivityLife)) {
				t.Errorf("at %v, version %v, expires %v; want %v", f.At, f.Version, f.Expires, c.want)
			}
		})
	}
	if _, err := (Source{}).Parse(written(t, call("page", object{"timestamp": nil})), time.Time{}); !errors.Is(err, customer.ErrInvalid) {
		t.Errorf("a call at no known time: %v", err)
	}
}

func hashed(id string) string {
	sum := sha256.Sum256([]byte(id))
	return "~" + encode(sum[:])
}

func TestNamesCannotCollide(t *testing.T) {
	seen := map[string]string{}
	for name, body := range map[string]object{
		"a user":                              call("page", object{"userId": "x"}),
		"a visitor of the same id":            call("page", object{"userId": nil, "anonymousId": "x"}),
		"a user called anonymous/x":           call("page", object{"userId": "anonymous/x"}),
		"a user called as that is written":    call("page", object{"userId": "anonymous%2Fx"}),
		"a user called x#activity":            call("page", object{"userId": "x#activity/page_view/m1"}),
		"a visitor with a slash":              call("page", object{"userId": nil, "anonymousId": "x/"}),
		"a user in capitals":                  call("page", object{"userId": "X"}),
		"a long id":                           call("page", object{"userId": strings.Repeat("x", 5000)}),
		"a long id that ends in another way":  call("page", object{"userId": strings.Repeat("x", 5000) + "y"}),
		"an id that looks like its hash":      call("page", object{"userId": hashed(strings.Repeat("x", 5000))}),
		"another message":                     call("page", object{"userId": "x", "messageId": "m2"}),
		"a message with a slash":              call("page", object{"userId": "x", "messageId": "m/1"}),
		"a message with that slash written":   call("page", object{"userId": "x", "messageId": "m%2F1"}),
		"a message without id":                call("page", object{"userId": "x", "messageId": nil}),
		"another without id":                  call("page", object{"userId": "x", "messageId": nil, "name": "Home"}),
		"an id with signs of every kind":      call("page", object{"userId": "x\u0000\n ../é\u202e?&"}),
		"an order of the id":                  track("Order Completed", object{"order_id": "x", "total": 1}),
		"a ticket of the id":                  track("Ticket Opened", object{"ticket_id": "x"}),
		"an event that looks like a key":      call("track", object{"userId": "x", "event": "page view/m1"}),
		"a user called as an order's record":  call("page", object{"userId": "order/x"}),
		"a message called as another's key":   call("page", object{"userId": "x", "messageId": "m1#x"}),
		"a user called with the account's":    call("page", object{"userId": "segment/web/x"}),
		"a visitor called like somebody else": call("page", object{"userId": nil, "anonymousId": "../x"}),
	} {
		e := parse(t, Source{}, body)[0]
		id := e.Fact.ID()
		if other, taken := seen[id]; taken {
			t.Errorf("%s and %s are both %s", name, other, id)
		}
		seen[id] = name
		complete(t, e)
		if person := body["userId"] != nil && e.Fact.Body.Activity != nil; e.Record.Person() != person || len(id) > 600 || strings.ContainsAny(id, " \n\x00") {
			t.Errorf("%s: record %q, person %v", name, id, e.Record.Person())
		}
	}
}
