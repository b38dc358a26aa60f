package playbook

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/internal/customer"
	"holdfast/internal/mail"
	starter "holdfast/playbook"
)

var update = flag.Bool("update", false, "write the golden files again")

var now = time.Date(2026, 6, 15, 9, 0, 0, 0, time.UTC)

func load(t testing.TB) *Playbook {
	t.Helper()
	p, err := Load(starter.FS)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// elena has what every mail of the starter playbook asks for.
func elena() *customer.Profile {
	p := &customer.Profile{ID: "celena"}
	p.Contact = customer.Contact{Email: "elena@example.com", FirstName: "Elena", City: "Graz", Country: "AT", Created: now.AddDate(0, -17, -3),
		Attributes: map[string]string{"company": "Fischer & Söhne", "employees": "45", "interests": "running", "values": "organic; quality", "use_case": "office"}}
	today := customer.DayOf(now, time.UTC)
	p.Goods = []customer.Good{{SKU: "TEA-ASS-250", Title: "Assam “Frühstück” & Co.", Units: 6, Days: 3, First: today - 222, Last: today - 74},
		{SKU: "BRW-TPT-06", Title: "Cast Iron Teapot", Units: 1, Days: 1, First: today - 222, Last: today - 222}}
	p.Books = []customer.Book{{Currency: "EUR", Orders: 7, Spend: 431_30, First: now.AddDate(0, -17, 0), Last: now.AddDate(0, 0, -74)}}
	p.Carts = customer.CartState{Open: 1, Last: now.Add(-5 * time.Hour), Total: customer.Money{Minor: 47_80, Currency: "EUR"},
		URL: "https://shop.seventh-kettle.example/cart/c/1?key=a&utm=b"}
	return p
}

// nobody has nothing but an address and one order.
func nobody() *customer.Profile {
	p := &customer.Profile{ID: "cnobody"}
	p.Email = "nobody@example.com"
	p.Books = []customer.Book{{Currency: "EUR", Orders: 1, Spend: 12_00, First: now.AddDate(0, 0, -9), Last: now.AddDate(0, 0, -9)}}
	return p
}

var links = Links{Unsubscribe: "https://mail.example.com/u/TOKEN", Preferences: "https://mail.example.com/p/TOKEN"}

// Each mail as somebody gets it of whom everything is known, and as somebody does
// of whom hardly anything is, unless the mail makes no sense without.
func TestTheMailsOfTheStarterPlaybook(t *testing.T) {
	p := load(t)
	for _, c := range p.Campaigns {
		for i, s := range c.Steps {
			variants := s.Variants
			if len(variants) == 0 {
				variants = []Variant{{}}
			}
			for _, v := range variants {
				name := strings.TrimSuffix(fmt.Sprintf("%s-%d-%s", c.Name, i+1, v.Name), "-")
				for who, of := range map[string]*customer.Profile{"": elena(), "-nobody": nobody()} {
					t.Run(name+who, func(t *testing.T) {
						m, err := p.Render(c.Name, i+1, v.Name, of, links, now)
						if _, excused := senseless[name]; err != nil && excused && who != "" {
							return
						}
						if err != nil {
							t.Fatal(err)
						}
						check(t, m)
						golden(t, name+who+".html", m.HTML)
						golden(t, name+who+".txt", fmt.Sprintf("Subject: %s\nPreheader: %s\n\n%s", m.Subject, m.Preheader, m.Text))
					})
				}
			}
		}
	}
}

// senseless are the mails that go to nobody who lacks what they are about.
var senseless = map[string]string{"cart-1": "cart_url", "replenish-1": "replenish_product"}

// check asserts what holds for every mail.
func check(t *testing.T, m mail.Mail) {
	t.Helper()
	for part, s := range map[string]string{"HTML": m.HTML, "text": m.Text} {
		for _, want := range []string{links.Unsubscribe, links.Preferences, "Beispielstrasse 7, 10115 Berlin"} {
			if !strings.Contains(s, want) {
				t.Errorf("the %s part lacks %s", part, want)
			}
		}
		if strings.Contains(s, "{{") || strings.Contains(s, "{%") {
			t.Errorf("the %s part shows Liquid", part)
		}
	}
	if len(m.HTML) > mail.MaxHTML {
		t.Errorf("the HTML part has %d bytes", len(m.HTML))
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", "mails", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}
