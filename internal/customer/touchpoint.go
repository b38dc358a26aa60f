package customer

import (
	"slices"
	"strings"
)

// A Touchpoint is where a customer meets the business.
type Touchpoint string

// The touchpoints. Elsewhere is for activities of which nobody said where they
// happen.
const (
	Web       Touchpoint = "web"
	App       Touchpoint = "app"
	Content   Touchpoint = "content"
	Support   Touchpoint = "support"
	Social    Touchpoint = "social"
	Mailbox   Touchpoint = "email"
	Offline   Touchpoint = "offline"
	Elsewhere Touchpoint = "other"
)

// Touchpoints returns all of them, in the order in which they are shown.
func Touchpoints() []Touchpoint { return touchpoints[:] }

var touchpoints = [...]Touchpoint{Web, App, Content, Support, Social, Mailbox, Offline, Elsewhere}

// byWord says where activities happen, by the first word of their name: those of
// our own mails, of Segment's specs for pages, screens, mobile apps, e-commerce
// and videos, and what shops usually call the rest.
var byWord = wordsOf(map[Touchpoint]string{
	Web:     "page product products cart checkout coupon promotion wishlist order payment search signed signup login site form web browse experiment",
	App:     "screen app application push deep install mobile",
	Content: "article blog video content post guide podcast webinar whitepaper download lesson recipe",
	Support: "help support ticket faq chat call knowledge",
	Social:  "social share shared tweet instagram facebook tiktok",
	Mailbox: "mail email newsletter",
	Offline: "store pos offline instore branch showroom",
})

func wordsOf(lists map[Touchpoint]string) map[string]Touchpoint {
	out := map[string]Touchpoint{}
	for t, words := range lists {
		for word := range strings.FieldsSeq(words) {
			out[word] = t
		}
	}
	return out
}

// Touchpoint returns where an activity of this name happens.
func (a Activity) Touchpoint() Touchpoint {
	switch a.Name { // whose first word misleads
	case "product_shared", "cart_shared", "wishlist_shared":
		return Social
	case "event_attended", "in_store_visit":
		return Offline
	}
	word, _, _ := strings.Cut(a.Name, "_")
	if t, ok := byWord[word]; ok {
		return t
	}
	return Elsewhere
}

// Index returns t's place in [Touchpoints], that of Elsewhere for what is none.
func (t Touchpoint) Index() int {
	if i := slices.Index(touchpoints[:], t); i >= 0 {
		return i
	}
	return len(touchpoints) - 1
}
