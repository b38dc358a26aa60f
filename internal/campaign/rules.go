package campaign

import "time"

// Rules are what a playbook says of sending.
type Rules struct {
	Zone      *time.Location // the merchant's
	Quiet     Quiet
	Caps      []Cap
	Campaigns []Campaign
}

// Campaign returns the campaign of a name.
func (r Rules) Campaign(name string) (Campaign, bool) {
	for _, c := range r.Campaigns {
		if c.Name == name {
			return c, true
		}
	}
	return Campaign{}, false
}

// Quiet is the part of a day, by the recipient's clock, in which no mail goes
// out: from From to To after midnight, over midnight if From is later. The
// zero value is never.
type Quiet struct{ From, To time.Duration }

// A Cap allows a customer at most Mails mails of all campaigns within Window.
type Cap struct {
	Mails  int
	Window time.Duration
}

// A Campaign mails the customers of a segment.
type Campaign struct {
	Name     string
	Segment  string
	Priority int // where mails compete, the greater goes first
	// Every repeats the campaign with this rhythm while the customer is in the
	// segment; 0: it starts on entry only.
	Every time.Duration
	// Again is how long after its last start an entry may start it anew;
	// negative: never, a customer gets it once.
	Again   time.Duration
	Exit    Exit
	Holdout float64 // share of customers who get nothing, 0–1
	Steps   []Step
}

// Exit is what ends a campaign for a customer before its last step.
type Exit struct {
	Ordered bool // the customer ordered after the start
	Left    bool // the customer left the segment
}

// A Step is one mail of a campaign.
type Step struct {
	Wait     time.Duration // after the step before, or after the start
	Template string
	Variants []Variant // none: Template for everybody
}

// A Variant is one of several mails of a step.
type Variant struct {
	Name     string
	Template string
	Weight   int // share of customers in proportion; at least 1
}
