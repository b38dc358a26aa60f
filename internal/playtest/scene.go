package playtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"holdfast/internal/customer"
	"holdfast/internal/metric"
	"holdfast/internal/night"
	"holdfast/internal/playbook"
	"holdfast/internal/segment"
)

// A scene is a test made ready: a customer, an instant, and who derives.
type scene struct {
	Test
	book    *playbook.Playbook
	rules   *segment.Set // of book, with the percentiles of the test
	at      time.Time
	profile customer.Profile // with what it is in now
	scorer  *night.Scorer
}

// A sceneError says what of a test cannot be, and where in it.
type sceneError struct {
	path                []string
	message, suggestion string
}

func (e *sceneError) Error() string { return e.message }

func wrong(message, suggestion string, path ...string) error {
	return &sceneError{path, message, suggestion}
}

func newScene(b *playbook.Playbook, t Test) (*scene, error) {
	s := &scene{Test: t, book: b}
	var err error
	if s.at, err = parseInstant(t.At, b.Business.Zone); err != nil {
		return nil, err
	}
	if t.Name == "" {
		return nil, wrong("the test has no name", "write `name: ` and what it shows")
	}
	if s.profile, err = s.folded(); err != nil {
		return nil, err
	}
	if s.profile.ID, err = s.id(); err != nil {
		return nil, err
	}
	rfm := RFM{3, 3, 3}
	if t.RFM != nil {
		rfm = *t.RFM
	}
	for path, score := range map[string]int{"r": rfm.R, "f": rfm.F, "m": rfm.M} {
		if score < 1 || score > 5 {
			return nil, wrong("a score is 1 to 5", "", "rfm", path)
		}
	}
	fit := night.Fit{RFM: metric.RFM{Recency: everybody(rfm.R), Frequency: everybody(rfm.F), Monetary: everybody(rfm.M)}}
	if fit.Percentiles, err = s.percentiles(); err != nil {
		return nil, err
	}
	s.rules = b.Rules.Ranked(fit.Percentiles)
	s.scorer = night.NewScorer(b.Rules, fit, b.Business.Zone, b.Business.Currency)
	if s.profile.Derived.Segments, err = s.memberships(); err != nil {
		return nil, err
	}
	s.profile.Derived = s.scorer.Derive(s.profile, s.at)
	return s, nil
}

// everybody returns the scale on which every buyer has the same score.
func everybody(score int) metric.Scale {
	return metric.Scale{Customers: 1, From: slices.Repeat([]int64{math.MinInt64}, score-1)}
}

// percentiles returns cuts at which everybody has the percentile that the test
// says, whatever the value.
func (s *scene) percentiles() (map[string]segment.Cuts, error) {
	all := map[string]segment.Cuts{}
	asked := s.book.Rules.Percentiles()
	for _, name := range asked {
		all[name] = slices.Repeat(segment.Cuts{math.Inf(-1)}, 50)
	}
	for name, percent := range s.Percentile {
		if !slices.Contains(asked, name) {
			return nil, wrong("no rule asks the percentile of `"+name+"`", segment.DidYouMean(name, asked), "percentile", name)
		}
		if percent < 0 || percent > 99 || percent != math.Trunc(percent) {
			return nil, wrong("a percentile is a whole number from 0 to 99", "", "percentile", name)
		}
		all[name] = slices.Repeat(segment.Cuts{math.Inf(-1)}, int(percent))
	}
	return all, nil
}

func parseInstant(s string, zone *time.Location) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, time.DateOnly + " 15:04", time.DateOnly} {
		if t, err := time.ParseInLocation(layout, s, zone); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, wrong("`at` must be an instant", "write it as 2026-06-15 10:00", "at")
}

// ago returns the instant that lies so long before the test's; "" is now.
func (s *scene) ago(text string, path ...string) (time.Time, error) {
	if text == "" {
		return s.at, nil
	}
	d, ok := playbook.ParseDuration(text)
	if !ok {
		return time.Time{}, wrong("this must be a length of time", "write it as 75d or 3h", path...)
	}
	return s.at.Add(-d), nil
}

// id returns an id that is in the control group of the campaigns of HeldOut,
// and of no other.
func (s *scene) id() (customer.ID, error) {
	for i, name := range s.HeldOut {
		if c, ok := s.book.Campaign(name); !ok || c.Holdout == 0 {
			return "", wrong("`"+name+"` is no campaign with a holdout", "", "held_out", strconv.Itoa(i))
		}
	}
	for n := range 20_000 {
		id := customer.Identity(fmt.Sprintf("test/%s/%d", s.Name, n)).ID()
		fits := !slices.ContainsFunc(s.book.Campaigns, func(c playbook.Campaign) bool {
			return (c.Arm(id) == playbook.Control) != slices.Contains(s.HeldOut, c.Name)
		})
		if fits {
			return id, nil
		}
	}
	return "", wrong("nobody is held out of just these campaigns", "name fewer", "held_out")
}

func (s *scene) memberships() ([]customer.Membership, error) {
	var all []customer.Membership
	for name, since := range s.Since {
		if !slices.ContainsFunc(s.book.Rules.Definitions(), named(name)) {
			return nil, s.unknown(name, "since", name)
		}
		at, err := s.ago(since, "since", name)
		if err != nil {
			return nil, err
		}
		all = append(all, customer.Membership{Segment: name, Since: at})
	}
	slices.SortFunc(all, func(a, b customer.Membership) int { return strings.Compare(a.Segment, b.Segment) })
	return all, nil
}

// folded returns the profile that the test's facts come to, or that it gives.
func (s *scene) folded() (customer.Profile, error) {
	if s.Profile != nil {
		return s.given()
	}
	facts, err := s.facts()
	return customer.Profile{Folded: customer.Fold(facts, s.book.Business.Zone)}, err
}

func (s *scene) given() (customer.Profile, error) {
	var p customer.Profile
	raw, err := json.Marshal(s.Profile)
	if err == nil {
		d := json.NewDecoder(bytes.NewReader(raw))
		d.DisallowUnknownFields()
		err = d.Decode(&p)
	}
	if err != nil {
		return p, wrong("this is no profile: "+strings.TrimPrefix(err.Error(), "json: "), "print one with `holdfast export`", "profile")
	}
	return p, nil
}
