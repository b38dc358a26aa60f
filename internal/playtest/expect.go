package playtest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"holdfast/internal/campaign"
	"holdfast/internal/customer"
	"holdfast/internal/plan"
	"holdfast/internal/playbook"
	"holdfast/internal/segment"
)

func named(name string) func(segment.Definition) bool {
	return func(d segment.Definition) bool { return d.Name == name }
}

// unknown is the error of a segment that the playbook does not have.
func (s *scene) unknown(name string, path ...string) error {
	var all []string
	for _, d := range s.book.Segments {
		all = append(all, d.Name)
	}
	return wrong("unknown segment `"+name+"`", segment.DidYouMean(name, all), path...)
}

// segments compares where the customer is with what is expected.
func (s *scene) segments(at place) playbook.Problems {
	var problems playbook.Problems
	why := map[string]string{}
	var in []string
	for _, r := range s.rules.Explain(&s.profile, s.at) {
		why[r.Segment] = plan.Sentence(r)
		if r.In {
			in = append(in, r.Segment)
		}
	}
	look := func(key string, list []string, want bool) {
		for i, name := range list {
			path := []string{"expect", key, strconv.Itoa(i)}
			because, known := why[name]
			switch is := slices.Contains(in, name); {
			case !known:
				e := s.unknown(name).(*sceneError)
				problems = append(problems, at.problem(path, title(s.Test)+e.message, e.suggestion))
			case is != want && want:
				problems = append(problems, at.problem(path, title(s.Test)+"not in `"+name+"`: "+because, ""))
			case is != want:
				problems = append(problems, at.problem(path, title(s.Test)+"in `"+name+"`: "+because, ""))
			}
		}
	}
	look("in", s.Expect.In, true)
	look("not_in", s.Expect.NotIn, false)
	if s.Expect.Segments != nil {
		look("segments", s.Expect.Segments, true)
		for _, name := range in {
			if !slices.Contains(s.Expect.Segments, name) {
				problems = append(problems, at.problem([]string{"expect", "segments"}, title(s.Test)+"in `"+name+"`, too: "+why[name], ""))
			}
		}
	}
	return problems
}

// horizon is how many days a test follows the mails that start at its instant.
const horizon = 90

// sent returns what becomes of the mails that start at the test's instant, in
// order of time, and of priority at one instant. Every night derives again; nothing else happens meanwhile.
func (s *scene) sent() ([]customer.Send, error) {
	l := plan.Ledger{Profile: s.profile}
	l.Add(campaign.Plan(s.book, s.profile, nil, s.at))
	local := s.at.In(s.book.Business.Zone)
	for day := range horizon {
		from, until := local.AddDate(0, 0, day).UTC(), local.AddDate(0, 0, day+1).UTC()
		l.Profile.Derived = s.scorer.Derive(l.Profile, from)
		if err := l.Send(context.Background(), s.book, from, until); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(l.Sends, func(a, b customer.Send) int {
		x, _ := s.book.Campaign(a.Campaign)
		y, _ := s.book.Campaign(b.Campaign)
		return cmp.Or(when(a).Compare(when(b)), cmp.Compare(y.Priority, x.Priority), strings.Compare(a.SendKey.String(), b.SendKey.String()))
	})
	return l.Sends, nil
}

// when returns when a send was settled, or would be due.
func when(s customer.Send) time.Time {
	if !s.Settled.IsZero() {
		return s.Settled
	}
	return s.Due
}

// mails compares what becomes of the mails with what is expected.
func (s *scene) mails(at place) playbook.Problems {
	got, err := s.sent()
	if err != nil {
		return playbook.Problems{at.problem([]string{"expect", "mails"}, title(s.Test)+err.Error(), "")}
	}
	var problems playbook.Problems
	report := func(i int, message, suggestion string) {
		problems = append(problems, at.problem([]string{"expect", "mails", strconv.Itoa(i)}, title(s.Test)+message, suggestion))
	}
	for i, want := range s.Expect.Mails {
		c, ok := s.book.Campaign(want.Campaign)
		switch {
		case !ok:
			report(i, "unknown campaign `"+want.Campaign+"`", segment.DidYouMean(want.Campaign, campaignNames(s.book)))
			return problems
		case want.Step < 0 || want.Step > len(c.Steps):
			report(i, "the campaign has no such step", "")
			return problems
		}
		if i >= len(got) {
			report(i, "no such mail is planned"+s.planned(got), "")
			return problems
		}
		if message := s.differs(want, got[i]); message != "" {
			report(i, message, "")
			return problems
		}
	}
	for _, g := range got[min(len(got), len(s.Expect.Mails)):] {
		report(len(s.Expect.Mails), "one mail more: "+s.describe(g), "add it to `mails`")
	}
	return problems
}

func (s *scene) planned(got []customer.Send) string {
	if len(got) > 0 {
		return ""
	}
	return ", since no campaign starts now"
}

// differs returns how a send is other than was expected, "" if it is not.
func (s *scene) differs(want Mail, got customer.Send) string {
	is := s.describe(got)
	want.Step = max(1, want.Step)
	switch {
	case got.Campaign != want.Campaign || got.Step != want.Step:
		return "the mail is " + is
	case want.HeldOut != (got.Status == customer.HeldOut):
		return "the mail is " + is
	case want.Skipped != "" && (got.Status != customer.Skipped || got.Reason != want.Skipped):
		return "the mail is " + is
	case want.Skipped == "" && !want.HeldOut && got.Status != customer.Sent:
		return "the mail is " + is
	case want.Variant != "" && got.Variant != want.Variant:
		return "the mail is " + is
	}
	if want.After != "" {
		d, ok := playbook.ParseDuration(want.After)
		if !ok {
			return "`after` must be a length of time, such as 9d"
		}
		if at := s.at.Add(d); !when(got).Equal(at) {
			return "the mail is " + is
		}
	}
	if want.Subject == nil {
		return ""
	}
	m, err := s.book.Render(got.Campaign, got.Step, got.Variant, &s.profile, playbook.Links{Unsubscribe: "https://holdfast.example/u/", Preferences: "https://holdfast.example/p/"}, when(got))
	if err != nil {
		return "the mail cannot be written: " + err.Error()
	}
	if m.Subject != *want.Subject {
		return fmt.Sprintf("the subject is %q", m.Subject)
	}
	return ""
}

// describe says what became of a send.
func (s *scene) describe(g customer.Send) string {
	text := fmt.Sprintf("step %d of `%s`", g.Step, g.Campaign)
	if g.Variant != "" {
		text += ", variant `" + g.Variant + "`"
	}
	after := playbook.FormatDuration(when(g).Sub(s.at))
	switch g.Status {
	case customer.Sent:
		return text + ", sent after " + after
	case customer.Skipped:
		return text + ", skipped after " + after + ": " + g.Reason
	case customer.HeldOut:
		return text + ", held out"
	}
	return text + ", " + string(g.Status)
}

func campaignNames(b *playbook.Playbook) []string {
	var all []string
	for _, c := range b.Campaigns {
		all = append(all, c.Name)
	}
	return all
}
