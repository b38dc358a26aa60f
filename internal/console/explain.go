package console

import (
	"context"
	"fmt"
	"time"

	"holdfast/internal/customer"
	"holdfast/internal/playbook"
	"holdfast/internal/segment"
)

// An Explanation says why a customer is where they are.
type Explanation struct {
	At        time.Time        `json:"at"`
	Profile   customer.Profile `json:"profile"`
	Segments  []segment.Reason `json:"segments"`
	Campaigns []Standing       `json:"campaigns"`
}

// A Standing is how a customer stands with a campaign.
type Standing struct {
	Campaign string          `json:"campaign"`
	Segment  string          `json:"segment"`
	Arm      playbook.Arm    `json:"arm"`
	Status   string          `json:"status"` // in words
	Sends    []customer.Send `json:"sends,omitempty"`
}

// Explain says why the customer that who names is in their segments or not,
// and what each campaign did about them.
func (d *Desk) Explain(ctx context.Context, who string) (Explanation, error) {
	id, err := d.find(ctx, who)
	if err != nil {
		return Explanation{}, err
	}
	p, err := d.Parts.Store.Profile(ctx, id)
	if err != nil {
		return Explanation{}, fmt.Errorf("read profile: %w", err)
	}
	book, err := d.Parts.Playbook()
	if err != nil {
		return Explanation{}, err
	}
	sends, err := d.Parts.Store.Sends(ctx, id)
	if err != nil {
		return Explanation{}, fmt.Errorf("read sends: %w", err)
	}
	fit, err := d.Parts.Fit(ctx)
	if err != nil {
		return Explanation{}, err
	}
	now := d.Parts.Now()
	e := Explanation{At: now.UTC(), Profile: p, Segments: book.Rules.Ranked(fit.Percentiles).Explain(&p, now)}
	for _, c := range book.Campaigns {
		e.Campaigns = append(e.Campaigns, standing(c, p, sends))
	}
	return e, nil
}

func standing(c playbook.Campaign, p customer.Profile, sends []customer.Send) Standing {
	s := Standing{Campaign: c.Name, Segment: c.Segment, Arm: c.Arm(p.ID)}
	for _, send := range sends {
		if send.Campaign == c.Name {
			s.Sends = append(s.Sends, send)
		}
	}
	switch last := len(s.Sends) - 1; {
	case last >= 0:
		s.Status = string(s.Sends[last].Status)
		if r := s.Sends[last].Reason; r != "" {
			s.Status += ": " + r
		}
	case !in(p, c.Segment):
		s.Status = "not in the segment"
	default:
		s.Status = "nothing planned"
	}
	return s
}

func in(p customer.Profile, name string) bool {
	for _, m := range p.Derived.Segments {
		if m.Segment == name {
			return true
		}
	}
	return false
}
