package outbox

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"regexp"
	"strings"
	"time"

	"holdfast/internal/campaign"
)

// Habits are the shares of mails, 0–1, to which something happens after they
// were accepted. What happens to one mail depends on its id and the seed alone.
type Habits struct {
	Bounce    float64 // of all: the address does not work
	Soft      float64 // of all: it did not work for the time being
	Open      float64 // of those delivered
	Prefetch  float64 // of those delivered: opened by a program
	Click     float64 // of those opened by a person
	Complaint float64 // of those delivered
}

// Usual is what a shop with a clean list sees.
var Usual = Habits{Bounce: 0.006, Soft: 0.004, Open: 0.32, Prefetch: 0.25, Click: 0.16, Complaint: 0.0005}

// An occasion is something that happens to a mail at an instant.
type occasion struct {
	at   time.Time
	kind string // as SES writes it
	mail *Mail  // without bodies
	link string
	// sub tells kinds of one kind apart: Transient, Prefetch.
	sub string
}

// occasions are a heap, the earliest on top.
type occasions []occasion

func (o occasions) Len() int           { return len(o) }
func (o occasions) Less(i, j int) bool { return compareOccasions(o[i], o[j]) < 0 }
func (o occasions) Swap(i, j int)      { o[i], o[j] = o[j], o[i] }

// Push is for package heap.
func (o *occasions) Push(x any) { *o = append(*o, x.(occasion)) }

// Pop is for package heap.
func (o *occasions) Pop() any {
	last := len(*o) - 1
	x := (*o)[last]
	*o = (*o)[:last]
	return x
}

func compareOccasions(a, b occasion) int {
	return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.mail.ID, b.mail.ID), cmp.Compare(a.kind, b.kind), cmp.Compare(a.sub, b.sub))
}

// occasions returns what happens to m, earliest first.
func (h Habits) occasions(of Mail, seed string) []occasion {
	link := firstLink(of)
	of.HTML, of.Text = "", ""
	m := &of
	chance := func(of string) float64 { return draw(seed, of, m.ID) }
	after := func(shortest, longest time.Duration, of string) time.Time {
		return m.Sent.Add(shortest + time.Duration(draw(seed, "when "+of, m.ID)*float64(longest-shortest))).Truncate(time.Millisecond)
	}
	all := []occasion{{at: m.Sent, kind: "Send", mail: m}}
	switch c := chance("bounce"); {
	case c < h.Bounce:
		return append(all, occasion{at: after(time.Second, 20*time.Second, "bounce"), kind: "Bounce", mail: m, sub: "Permanent"})
	case c < h.Bounce+h.Soft:
		return append(all, occasion{at: after(time.Hour, 12*time.Hour, "bounce"), kind: "Bounce", mail: m, sub: "Transient"})
	}
	all = append(all, occasion{at: after(time.Second, 12*time.Second, "delivery"), kind: "Delivery", mail: m})
	if chance("prefetch") < h.Prefetch {
		all = append(all, occasion{at: after(20*time.Second, 10*time.Minute, "prefetch"), kind: "Open", mail: m, sub: "Prefetch"})
	}
	if chance("open") < h.Open {
		opened := after(2*time.Minute, 9*time.Hour, "open")
		all = append(all, occasion{at: opened, kind: "Open", mail: m})
		if chance("click") < h.Click && link != "" {
			all = append(all, occasion{at: opened.Add(25 * time.Second), kind: "Click", mail: m, link: link})
		}
	}
	if chance("complaint") < h.Complaint {
		all = append(all, occasion{at: after(10*time.Minute, 10*time.Hour, "complaint"), kind: "Complaint", mail: m})
	}
	return all
}

// draw maps names evenly onto [0, 1), always the same.
func draw(names ...string) float64 {
	sum := sha256.Sum256([]byte(strings.Join(names, "\x00")))
	return float64(binary.BigEndian.Uint64(sum[:])>>11) / (1 << 53)
}

var href = regexp.MustCompile(`(?i)<a\s[^>]*href="(https?://[^"]+)"`)

// firstLink returns the first link that is not to one of the subscriber's
// pages, "" for none.
func firstLink(m Mail) string {
	for _, found := range href.FindAllStringSubmatch(m.HTML, -1) {
		own := false
		for _, path := range []string{campaign.UnsubscribePath, campaign.PreferencesPath, campaign.SurveyPath} {
			own = own || strings.Contains(found[1], path)
		}
		if !own {
			return found[1]
		}
	}
	return ""
}
