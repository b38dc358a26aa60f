package customer_test

import (
	"errors"
	"strings"
	"testing"

	"holdfast/internal/customer"
)

func TestParseEmail(t *testing.T) {
	long := strings.Repeat("a", 64)
	accepted := []struct{ name, in, want string }{
		{"a plain address stays", "ada@example.com", "ada@example.com"},
		{"spaces around it go", " \tada@example.com\r\n", "ada@example.com"},
		{"a byte order mark in front goes", "\ufeffada@example.com", "ada@example.com"},
		{"a zero-width space at its end goes", "ada@example.com\u200b", "ada@example.com"},
		{"letters become small", "Ada.Lovelace@Example.COM", "ada.lovelace@example.com"},
		{"letters beyond ASCII become small", "JÖRG@MÜLLER.DE", "jörg@müller.de"},
		{"dots and tags stay", "a.d.a+shop@example.com", "a.d.a+shop@example.com"},
		{"an apostrophe is part of a name", "o'hara@example.ie", "o'hara@example.ie"},
		{"subdomains are domains", "ada@mail.shop.example.co.uk", "ada@mail.shop.example.co.uk"},
		{"a name of 64 bytes is the longest", long + "@example.com", long + "@example.com"},
		{"the Kelvin sign does not become k", "\u212aate@example.com", "\u212aate@example.com"},
		{"the dotted capital I does not become i", "\u0130da@example.com", "\u0130da@example.com"},
	}
	for _, c := range accepted {
		t.Run(c.name, func(t *testing.T) {
			got, err := customer.ParseEmail(c.in)
			if err != nil || string(got) != c.want {
				t.Errorf("ParseEmail(%q) = %q, %v; want %q", c.in, got, err, c.want)
			}
		})
	}
	rejected := []struct{ name, in string }{
		{"nothing", ""},
		{"spaces only", "  "},
		{"no at sign", "ada.example.com"},
		{"no name", "@example.com"},
		{"no domain", "ada@"},
		{"a domain without a dot", "ada@localhost"},
		{"a domain that begins with a dot", "ada@.example.com"},
		{"a domain that ends with a dot", "ada@example.com."},
		{"two dots in a row in the domain", "ada@example..com"},
		{"two at signs", "ada@bob@example.com"},
		{"two addresses", "ada@example.com,bob@example.com"},
		{"a name before the address", "Ada <ada@example.com>"},
		{"a space inside", "ada lovelace@example.com"},
		{"a non-breaking space inside", "ada\u00a0l@example.com"},
		{"a zero-width space inside", "ada\u200bl@example.com"},
		{"a change of writing direction inside", "ada\u202el@example.com"},
		{"a line break that would forge a header", "ada@example.com\nBcc: all@example.com"},
		{"a null byte", "ada\x00@example.com"},
		{"bytes that are no text", "ad\xff@example.com"},
		{"what a broken decoding left", "ad\ufffd@example.com"},
		{"a slash, which parts identities", "ada/b@example.com"},
		{"a quoted name", `"ada"@example.com`},
		{"a name of 65 bytes", long + "a@example.com"},
		{"255 bytes", "ada@" + strings.Repeat("example.", 31) + "com"},
	}
	for _, c := range rejected {
		t.Run(c.name+" is refused", func(t *testing.T) {
			got, err := customer.ParseEmail(c.in)
			if got != "" || !errors.Is(err, customer.ErrInvalid) {
				t.Errorf("ParseEmail(%q) = %q, %v; want ErrInvalid", c.in, got, err)
			}
			if err != nil && strings.Contains(err.Error(), "ada") {
				t.Errorf("the error tells the address: %v", err)
			}
		})
	}
}

func FuzzParseEmail(f *testing.F) {
	for _, s := range []string{"Ada@Example.com", " a@b.c ", "\u212a@b.c", "\u0130@\u0130.c", "ß@ẞ.de", "a\xff@b.c", "\u200ba@b.c\u00a0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		e, err := customer.ParseEmail(s)
		if err != nil {
			return
		}
		if again, err := customer.ParseEmail(string(e)); err != nil || again != e {
			t.Errorf("%q parses to %q, and that to %q, %v", s, e, again, err)
		}
		if e.Domain() == "" || !customer.EmailIdentity(e).IsAddress() {
			t.Errorf("%q parses to %q, which is no address", s, e)
		}
	})
}

func TestDomain(t *testing.T) {
	for _, c := range []struct {
		name, want string
		in         customer.Email
	}{
		{"what follows the at sign is the domain", "example.com", "ada@example.com"},
		{"no address has no domain", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.in.Domain(); got != c.want {
				t.Errorf("Domain() = %q, want %q", got, c.want)
			}
		})
	}
}

func TestParsePhone(t *testing.T) {
	accepted := []struct{ name, in, want string }{
		{"a number in its normal form stays", "+4930901820", "+4930901820"},
		{"spaces, dots, dashes, slashes and brackets go", " +49 (30) 90.18/20-1 ", "+49309018201"},
		{"two zeros are a plus", "0049 30 901820", "+4930901820"},
		{"brackets around the country code go", "(0049) 30 901820", "+4930901820"},
		{"the zero that is dialled only at home goes", "+49 (0) 30 901820", "+4930901820"},
		{"in Italy the zero is part of the number", "+39 (0) 6 69812345", "+390669812345"},
		{"typographic dashes and thin spaces go", "+49\u202f30\u2013901820", "+4930901820"},
		{"the invisible marks of an address book go", "\u202a+49 30 901820\u202c", "+4930901820"},
		{"seven digits are the fewest", "+2901234", "+2901234"},
		{"fifteen digits are the most", "+123456789012345", "+123456789012345"},
	}
	for _, c := range accepted {
		t.Run(c.name, func(t *testing.T) {
			got, err := customer.ParsePhone(c.in)
			if err != nil || string(got) != c.want {
				t.Errorf("ParsePhone(%q) = %q, %v; want %q", c.in, got, err, c.want)
			}
		})
	}
	rejected := []struct{ name, in string }{
		{"nothing", ""},
		{"a plus alone", "+"},
		{"a national number", "030 901820"},
		{"a number without a country code", "4930901820"},
		{"six digits", "+491234"},
		{"sixteen digits", "+1234567890123456"},
		{"a country code that begins with zero", "+0123456789"},
		{"three zeros", "00049 30 901820"},
		{"two pluses", "++4930901820"},
		{"letters", "+1 800 FLOWERS"},
		{"an extension", "+49 30 901820 ext. 5"},
		{"digits of another script", "+٤٩٣٠٩٠١٨٢٠"},
		{"bytes that are no text", "+4930\xff901820"},
	}
	for _, c := range rejected {
		t.Run(c.name+" is refused", func(t *testing.T) {
			got, err := customer.ParsePhone(c.in)
			if got != "" || !errors.Is(err, customer.ErrInvalid) {
				t.Errorf("ParsePhone(%q) = %q, %v; want ErrInvalid", c.in, got, err)
			}
		})
	}
}

func FuzzParsePhone(f *testing.F) {
	for _, s := range []string{"+49 (0) 30 901820", "0049 30 901820", "+39 (0) 6 69812345", "(+39)(0)06123456", "(0)+49123456", "00(0)49123456"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := customer.ParsePhone(s)
		if err != nil {
			return
		}
		if again, err := customer.ParsePhone(string(p)); err != nil || again != p {
			t.Errorf("%q parses to %q, and that to %q, %v", s, p, again, err)
		}
		if digits := strings.Trim(string(p)[1:], "0123456789"); p[0] != '+' || digits != "" {
			t.Errorf("%q parses to %q, which is not E.164", s, p)
		}
	})
}

func TestIdentity(t *testing.T) {
	shop := customer.Account("shopify/brew.myshopify.com")
	for _, c := range []struct {
		name    string
		in      customer.Identity
		account customer.Account
		person  bool
		address bool
	}{
		{"a customer's record is a person of its account", shop.Record("5"), shop, true, false},
		{"an order is a record of its account and no person", shop.Record("order", "5"), shop, false, false},
		{"a cart whose token holds slashes is no person", shop.Record("cart", "Z2N/wL"), shop, false, false},
		{"a mail address is an address of no account", customer.EmailIdentity("ada@example.com"), "", false, true},
		{"a phone number is an address of no account", customer.PhoneIdentity("+4930901820"), "", false, true},
		{"an alias is neither", customer.AliasIdentity("caaaaaaaaaaaaaaaa"), "", false, false},
		{"no identity is nothing", "", "", false, false},
		{"no mail address has no identity", customer.EmailIdentity(""), "", false, false},
		{"no phone number has no identity", customer.PhoneIdentity(""), "", false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.in.Account(); got != c.account {
				t.Errorf("Account() = %q, want %q", got, c.account)
			}
			if got := c.in.Person(); got != c.person {
				t.Errorf("Person() = %v, want %v", got, c.person)
			}
			if got := c.in.IsAddress(); got != c.address {
				t.Errorf("IsAddress() = %v, want %v", got, c.address)
			}
		})
	}
}

func TestIdentityID(t *testing.T) {
	t.Run("an id never changes, or a replay would make new customers", func(t *testing.T) {
		if got, want := customer.Identity("shopify/brew.myshopify.com/5").ID(), customer.ID("chybqcsxe2momsvbw"); got != want {
			t.Errorf("ID() = %q, want %q", got, want)
		}
	})
	t.Run("an id has the form of ids", func(t *testing.T) {
		id := customer.Identity("").ID()
		if got, err := customer.ParseID(string(id)); err != nil || got != id {
			t.Errorf("ParseID(%q) = %q, %v", id, got, err)
		}
	})
	t.Run("other identities have other ids", func(t *testing.T) {
		if a, b := customer.Identity("shopify/a/5").ID(), customer.Identity("shopify/a/6").ID(); a == b {
			t.Errorf("both are %q", a)
		}
	})
}

func TestParseID(t *testing.T) {
	for _, c := range []struct{ name, in string }{
		{"nothing", ""},
		{"fifteen characters", "caaaaaaaaaaaaaaa"},
		{"seventeen characters", "caaaaaaaaaaaaaaaaa"},
		{"another first letter", "daaaaaaaaaaaaaaaa"},
		{"a capital", "cAaaaaaaaaaaaaaaa"},
		{"a digit that base32 does not have", "c1aaaaaaaaaaaaaaa"},
		{"a slash", "c/aaaaaaaaaaaaaaa"},
	} {
		t.Run(c.name+" is refused", func(t *testing.T) {
			if got, err := customer.ParseID(c.in); got != "" || !errors.Is(err, customer.ErrInvalid) {
				t.Errorf("ParseID(%q) = %q, %v; want ErrInvalid", c.in, got, err)
			}
		})
	}
}

func FuzzParseID(f *testing.F) {
	f.Add("caaaaaaaaaaaaaaaa")
	f.Add("c")
	f.Fuzz(func(t *testing.T, s string) {
		if id, err := customer.ParseID(s); err == nil && string(id) != s {
			t.Errorf("ParseID(%q) = %q", s, id)
		}
	})
}
