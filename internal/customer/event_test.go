package customer_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"holdfast/internal/customer"
)

func TestVersion(t *testing.T) {
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	berlin := time.FixedZone("", 3600)
	for _, c := range []struct {
		name           string
		earlier, later customer.Version
	}{
		{"a nanosecond later is later", customer.NewVersion(at, ""), customer.NewVersion(at.Add(1), "")},
		{"half a second later is later", customer.NewVersion(at, ""), customer.NewVersion(at.Add(time.Second/2), "")},
		{"an instant decides before a tie", customer.NewVersion(at, "b"), customer.NewVersion(at.Add(1), "a")},
		{"a tie decides between states of one instant", customer.NewVersion(at, "a"), customer.NewVersion(at, "b")},
		{"no tie is before any", customer.NewVersion(at, ""), customer.NewVersion(at, "a")},
		{"the zone of an instant does not matter", customer.NewVersion(at.In(berlin), ""), customer.NewVersion(at.Add(1), "")},
		{"no version is before any", "", customer.NewVersion(time.Time{}, "")},
		{"no instant is before any", customer.NewVersion(time.Time{}, "z"), customer.NewVersion(at, "")},
		{"a year of five digits is not early", customer.NewVersion(at, ""), customer.NewVersion(time.Date(58123, 1, 1, 0, 0, 0, 0, time.UTC), "")},
		{"a year before the first is not late", customer.NewVersion(time.Date(-5, 1, 1, 0, 0, 0, 0, time.UTC), ""), customer.NewVersion(at, "")},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.earlier >= c.later {
				t.Errorf("%q is not before %q", c.earlier, c.later)
			}
		})
	}
	t.Run("the same state has the same version in any zone", func(t *testing.T) {
		if a, b := customer.NewVersion(at, "x"), customer.NewVersion(at.In(berlin), "x"); a != b {
			t.Errorf("%q is not %q", a, b)
		}
	})
}

func TestVersionTime(t *testing.T) {
	at := time.Date(2026, 3, 1, 12, 0, 0, 5, time.UTC)
	for _, c := range []struct {
		name string
		in   customer.Version
		want time.Time
	}{
		{"the instant comes back whole", customer.NewVersion(at, ""), at},
		{"a tie is no part of it", customer.NewVersion(at, "2026-04-01T00:00:00Z/7"), at},
		{"no version has no instant", "", time.Time{}},
		{"a version without an instant has none", "000017", time.Time{}},
		{"no instant comes back as none", customer.NewVersion(time.Time{}, ""), time.Time{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.in.Time(); !got.Equal(c.want) || got.Location() != time.UTC {
				t.Errorf("Time() = %v, want %v", got, c.want)
			}
		})
	}
}

func FuzzVersion(f *testing.F) {
	f.Add(int64(0), int64(0), "", "")
	f.Add(int64(1<<60), int64(5), "2026-01-01T00:00:00Z", "/")
	f.Fuzz(func(t *testing.T, a, b int64, tieA, tieB string) {
		x, y := time.Unix(a/1e9, a%1e9), time.Unix(b/1e9, b%1e9)
		if got := customer.NewVersion(x, tieA).Time(); !got.Equal(x) {
			t.Errorf("%v comes back as %v", x, got)
		}
		if (customer.NewVersion(x, tieA) < customer.NewVersion(y, tieB)) != (x.Before(y) || x.Equal(y) && tieA < tieB) {
			t.Errorf("versions at %v/%q and %v/%q are not in their order", x, tieA, y, tieB)
		}
	})
}

func TestFactNames(t *testing.T) {
	f := customer.Fact{Record: "shopify/brew/order/7", Key: "refund/9"}
	if got, want := f.ID(), "shopify/brew/order/7#refund/9"; got != want {
		t.Errorf("ID() = %q, want %q", got, want)
	}
	if got, want := f.Kind(), "refund"; got != want {
		t.Errorf("Kind() = %q, want %q", got, want)
	}
	if got, want := (customer.Fact{Key: "order"}).Kind(), "order"; got != want {
		t.Errorf("Kind() = %q, want %q", got, want)
	}
}

func TestContactKey(t *testing.T) {
	attributes := func(names ...string) customer.Contact {
		c := customer.Contact{Attributes: map[string]string{}}
		for _, n := range names {
			c.Attributes[n] = "x"
		}
		return c
	}
	whole := customer.Contact{Email: "a@b.de", Phone: "+4930901820", FirstName: "A", LastName: "B", Language: "de",
		Country: "DE", Region: "BE", City: "Berlin", Postcode: "10115", TimeZone: "Europe/Berlin", State: "enabled",
		Created: time.Unix(1, 0), Attributes: map[string]string{"company": "Brew", "industry": "beer", "employees": ""}}
	var many []string
	for i := range 100 {
		many = append(many, "a_custom_property_"+strings.Repeat("i", i))
	}
	for _, c := range []struct {
		name, part, want string
		in               customer.Contact
	}{
		{"a contact that says nothing", "", "contact/", customer.Contact{}},
		{"one field", "", "contact/e", customer.Contact{Email: "a@b.de"}},
		{"every field, attributes by name, empty ones not", "", "contact/epflgcrtzosb.company.industry", whole},
		{"another object's part", "company", "contact/company/.industry", attributes("industry")},
		{"a name with signs of the key in it", "", "contact/.a%2Eb%2Fc%23d%25", attributes("a.b/c#d%")},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := customer.ContactKey(c.part, c.in); got != c.want {
				t.Errorf("ContactKey = %q, want %q", got, c.want)
			}
		})
	}
	t.Run("the values do not matter", func(t *testing.T) {
		a, b := customer.ContactKey("", customer.Contact{City: "Rome"}), customer.ContactKey("", customer.Contact{City: "Oslo"})
		if a != b {
			t.Errorf("%q is not %q", a, b)
		}
	})
	t.Run("sets of names that read alike have other keys", func(t *testing.T) {
		if got := customer.ContactKey("", attributes("a", "b")); got == customer.ContactKey("", attributes("a.b")) {
			t.Errorf("both are %q", got)
		}
	})
	t.Run("a hundred attributes have a short key, and ninety-nine another", func(t *testing.T) {
		all, fewer := customer.ContactKey("", attributes(many...)), customer.ContactKey("", attributes(many[1:]...))
		slices.Reverse(many)
		if again := customer.ContactKey("", attributes(many...)); len(all) > 200 || all == fewer || all != again {
			t.Errorf("keys are %q, %q and again %q", all, fewer, again)
		}
	})
}

func TestConsentKey(t *testing.T) {
	for _, c := range []struct {
		name, want string
		in         customer.Consent
	}{
		{"an opt-out, explicit or not", "consent/email/out", customer.Consent{Channel: customer.EmailChannel, State: customer.Unsubscribed}},
		{"an explicit opt-in", "consent/sms/in", customer.Consent{Channel: customer.SMSChannel, State: customer.Subscribed, Explicit: true}},
		{"a sync that says subscribed", "consent/email/said", customer.Consent{Channel: customer.EmailChannel, State: customer.Subscribed}},
		{"a pending one", "consent/email/said", customer.Consent{Channel: customer.EmailChannel, State: customer.Pending, Explicit: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := customer.ConsentKey(c.in); got != c.want {
				t.Errorf("ConsentKey = %q, want %q", got, c.want)
			}
		})
	}
}
