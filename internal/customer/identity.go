package customer

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// An ID names one customer, everywhere and for ever: "c" and sixteen characters.
// It is derived from the first identity seen, so a replay gives the same ids.
// It holds nothing personal.
type ID string

// An Identity is an external name of a customer. There are two sorts:
//
//   - a record, the source's own id of something that belongs to a customer:
//     "shopify/{shop}/{id}", "hubspot/{portal}/{id}", and things that arrive
//     before their customer is known: "shopify/{shop}/order/{id}",
//     "shopify/{shop}/cart/{token}", "hubspot/{portal}/ticket/{id}";
//   - an address: "email/{normalised}" or "phone/{E.164}".
type Identity string

// An Account is one source system as we are connected to it, one shop or one
// portal: "shopify/{shop}", "hubspot/{portal}".
type Account string

// Record returns the identity of the record that source calls id in account.
// The parts of id are joined by "/": Record(a, "order", "55").
func (a Account) Record(id ...string) Identity {
	return Identity(string(a) + "/" + strings.Join(id, "/"))
}

// EmailIdentity returns the identity of a mail address, "" for no address.
func EmailIdentity(e Email) Identity { return address("email/", string(e)) }

// PhoneIdentity returns the identity of a phone number, "" for no number.
func PhoneIdentity(p Phone) Identity { return address("phone/", string(p)) }

func address(kind, value string) Identity {
	if value == "" {
		return ""
	}
	return Identity(kind + value)
}

// IsAddress reports whether i is a mail address or a phone number rather than
// a record.
func (i Identity) IsAddress() bool {
	return strings.HasPrefix(string(i), "email/") || strings.HasPrefix(string(i), "phone/")
}

// Account returns the source account of a record, "" for an address.
func (i Identity) Account() Account {
	if i.IsAddress() {
		return ""
	}
	source, rest, ok := strings.Cut(string(i), "/")
	if !ok || source == "customer" || source == "gone" {
		return ""
	}
	name, _, _ := strings.Cut(rest, "/")
	return Account(source + "/" + name)
}

// AliasIdentity is the identity under which an id that a merge made an alias
// points to the customer that stayed.
func AliasIdentity(id ID) Identity { return Identity("customer/" + string(id)) }

// Person reports whether i is a customer's own record at its source: not an
// address, and not an order, cart, ticket or other thing of a customer's.
func (i Identity) Person() bool {
	return !i.IsAddress() && strings.Count(string(i), "/") == 2
}

// ID returns the customer id derived from i.
func (i Identity) ID() ID {
	sum := sha256.Sum256([]byte(i))
	return ID("c" + strings.ToLower(base32.StdEncoding.EncodeToString(sum[:10])))
}

// ParseID returns s as an ID, or an error wrapping [ErrInvalid].
func ParseID(s string) (ID, error) {
	if len(s) != 17 || s[0] != 'c' || strings.Trim(s[1:], "abcdefghijklmnopqrstuvwxyz234567") != "" {
		return "", fmt.Errorf("%w: a customer id is c and 16 letters or digits", ErrInvalid)
	}
	return ID(s), nil
}

// An Email is a normalised mail address; holding one not empty proves that it
// came through [ParseEmail] and has the shape of an address.
type Email string

// ParseEmail normalises s: spaces and invisible characters around it go and
// letters become small, since no mail provider of note tells them apart. Dots
// and +tags stay: to most providers they are another mailbox. The error wraps
// [ErrInvalid].
func ParseEmail(s string) (Email, error) {
	valid := utf8.ValidString(s)
	s = strings.Map(small, strings.TrimFunc(s, invisible))
	local, domain, ok := strings.Cut(s, "@")
	switch {
	case !ok, local == "", len(s) > 254, len(local) > 64, !valid, strings.ContainsRune(s, utf8.RuneError),
		strings.ContainsAny(s, "<>,;:\"()[]\\/"), strings.Contains(domain, "@"),
		!strings.Contains(domain, "."), strings.HasPrefix(domain, "."), strings.HasSuffix(domain, "."),
		strings.Contains(domain, ".."), strings.ContainsFunc(s, invisible):
		return "", fmt.Errorf("%w: a mail address has the form name@domain.tld", ErrInvalid)
	}
	return Email(s), nil
}

// small returns the small form of r. A letter beyond ASCII stays beyond it: the
// Kelvin sign must not become k, or one person could claim another's address.
func small(r rune) rune {
	if l := unicode.ToLower(r); r < utf8.RuneSelf || l >= utf8.RuneSelf {
		return l
	}
	return r
}

func invisible(r rune) bool { return r == ' ' || !unicode.IsPrint(r) }

// Domain returns the part after the @, "" for no address.
func (e Email) Domain() string {
	_, domain, _ := strings.Cut(string(e), "@")
	return domain
}

// A Phone is a number in E.164 form, "+4930901820".
type Phone string

// ParsePhone accepts numbers with their country code ("+49 30 901820",
// "0049…", "+49 (0) 30 901820") and drops what people put between the digits.
// A national number is refused: guessing its country could join two strangers.
// The error wraps [ErrInvalid].
func ParsePhone(s string) (Phone, error) {
	digits := strings.Map(func(r rune) rune {
		if invisible(r) || unicode.Is(unicode.Pd, r) || r == '.' || r == '/' {
			return -1
		}
		return r
	}, s)
	number := international(strings.Replace(digits, "(0)", "", 1))
	if strings.HasPrefix(number, "39") { // in Italy the zero is part of the number
		number = international(digits)
	}
	if len(number) < 7 || len(number) > 15 || strings.Trim(number, "0123456789") != "" || number[0] == '0' {
		return "", fmt.Errorf("%w: a phone number has the form +country and 7 to 15 digits", ErrInvalid)
	}
	return Phone("+" + number), nil
}

// international returns what follows the mark of an international number, ""
// without one.
func international(s string) string {
	s = strings.NewReplacer("(", "", ")", "").Replace(s)
	if rest, ok := strings.CutPrefix(s, "+"); ok {
		return rest
	}
	if rest, ok := strings.CutPrefix(s, "00"); ok {
		return rest
	}
	return ""
}
