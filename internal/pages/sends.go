package pages

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"holdfast/internal/campaign"
	"holdfast/internal/customer"
	"holdfast/internal/playbook"
)

// A sendView is one send with what became of it and why.
type sendView struct {
	customer.Send
	Title  string
	Steps  int // of the campaign, 0 if it is gone
	Words  string
	Tone   string // of the status: "good", "bad", "wait" or "none"
	Why    string
	Latest time.Time // when the status was reached, or will be
}

func (f frame) sendViews(b *playbook.Playbook, sends []customer.Send) []sendView {
	views := make([]sendView, len(sends))
	for i, s := range sends {
		c, _ := b.Campaign(s.Campaign)
		views[i] = sendView{Send: s, Title: campaignTitle(b, s.Campaign), Steps: len(c.Steps), Words: cmp.Or(statuses[s.Status], string(s.Status)),
			Tone: tone(s.Status), Why: f.why(b, c, s), Latest: latestOf(s)}
	}
	slices.SortStableFunc(views, func(x, y sendView) int { return y.Latest.Compare(x.Latest) })
	return views
}

func latestOf(s customer.Send) time.Time {
	switch {
	case s.Status == customer.Planned:
		return s.Due
	case !s.Accepted.IsZero():
		return s.Accepted
	case !s.Settled.IsZero():
		return s.Settled
	}
	return cmp.Or(s.Claimed, s.Due)
}

func tone(s customer.SendStatus) string {
	switch s {
	case customer.Sent, customer.Delivered:
		return "good"
	case customer.Bounced, customer.Complained, customer.Failed, customer.Unknown:
		return "bad"
	case customer.Planned, customer.Claimed:
		return "wait"
	}
	return "none"
}

// why says what started a send and, where there is one, the reason for what
// became of it.
func (f frame) why(b *playbook.Playbook, c playbook.Campaign, s customer.Send) string {
	started := "In the segment " + segmentTitle(b, s.Segment)
	if t, ok := began(s.SendKey); ok && c.Start == playbook.OnEntry {
		started = "Entered the segment " + segmentTitle(b, s.Segment) + " on " + strings.ReplaceAll(t.In(f.Zone).Format(dayLayout), " ", nbsp)
	}
	switch s.Status {
	case customer.HeldOut:
		return fmt.Sprintf("%s, and is among the %s who get no mail of this campaign, to measure what it changes", started, percent(c.Holdout))
	case customer.Skipped, customer.Failed, customer.Bounced:
		return started + ". But: " + campaign.Words(s.Reason)
	case customer.Planned:
		if s.Reason != "" {
			return started + ". Put off: " + campaign.Words(s.Reason)
		}
	case customer.Unknown:
		return started + ". Whether the mail service took it was never learnt, so it is not sent again"
	}
	return started
}

// began returns when the round of a campaign began that k is of, as far as the
// key tells.
func began(k customer.SendKey) (time.Time, bool) {
	t, err := time.Parse("20060102T150405Z", k.Occurrence)
	return t, err == nil
}
