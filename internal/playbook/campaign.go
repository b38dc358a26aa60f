package playbook

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"time"

	"go.yaml.in/yaml/v4"

	"holdfast/internal/segment"
)

func (l *loading) campaigns(r *reader, n *yaml.Node) {
	m := r.mapping(n, "the file")
	if m == nil {
		return
	}
	for _, item := range m.list("campaigns") {
		l.campaign(r, item)
	}
	m.end()
}

func (l *loading) campaign(r *reader, item *yaml.Node) {
	m := r.mapping(item, "a campaign")
	if m == nil {
		return
	}
	name, at := m.required("name", "give it a name in small letters, such as win_back")
	c := Campaign{Name: name, Title: m.text("title"), Description: m.text("description"), Priority: m.whole("priority"),
		Holdout: m.share("holdout"), Transactional: m.flag("transactional")}
	c.Segment = l.segmentOf(m)
	c.Start, c.Every = start(m)
	c.Exit = l.exit(m)
	if c.Holdout == 1 {
		m.report(m.get("holdout"), "a holdout of 100% leaves nobody to get the mails", "hold out less, or leave the campaign out")
	}
	steps := m.list("steps")
	if len(steps) == 0 {
		m.missing("steps", "a campaign has at least one mail")
	}
	if at != nil && r.name(at, name) {
		if _, twice := l.playbook.Campaign(name); twice {
			r.taken(at, "campaign", name, l.playbook.places["campaign/"+name].Line)
		}
	}
	if _, twice := l.playbook.places["campaign/"+name]; at != nil && !twice {
		l.playbook.places["campaign/"+name] = r.problemAt(at.Line, at.Column, name)
	}
	if c.Title == "" {
		c.Title = name
	}
	for i, s := range steps {
		c.Steps = append(c.Steps, l.step(r, s, &c, i+1))
	}
	l.late(m, c)
	l.unreachable(r, steps, c)
	m.end()
	l.rival(m, c)
	l.playbook.Campaigns = append(l.playbook.Campaigns, c)
}

// rival reports an earlier campaign that wants the same moment of the same
// customers with the same priority: which of the two a cap lets through would
// be chance.
func (l *loading) rival(m *mapping, c Campaign) {
	for _, other := range l.playbook.Campaigns {
		if other.Segment == c.Segment && other.Start == c.Start && other.Priority == c.Priority && other.Name != c.Name {
			at := m.get("priority")
			if at == nil {
				at = m.node
			}
			m.report(at, fmt.Sprintf("the campaigns `%s` and `%s` want the same moment of the same customers", other.Name, c.Name),
				"give them different priorities")
		}
	}
}

// late reports a goal that ends before the first mail goes out, so that no mail
// has to do with it.
func (l *loading) late(m *mapping, c Campaign) {
	if len(c.Steps) == 0 || c.Exit.OrderWithin == 0 || c.Steps[0].After < c.Exit.OrderWithin {
		return
	}
	of := &mapping{reader: m.reader, node: m.get("exit")}
	m.report(of.get("goal"), fmt.Sprintf("the goal ends %s after the start, and the first mail goes out after %s", FormatDuration(c.Exit.OrderWithin), FormatDuration(c.Steps[0].After)),
		"give the goal more time, or the mail less")
}

// unreachable reports the first mail that is due when nobody is in the segment
// any more, of a campaign that ends with it.
func (l *loading) unreachable(r *reader, steps []*yaml.Node, c Campaign) {
	if c.Start != OnEntry || !c.Exit.SegmentLeft || l.playbook.Rules == nil {
		return
	}
	days, bounded := l.playbook.Rules.Stay(c.Segment)
	var total time.Duration
	for i, s := range c.Steps {
		if total += s.After; !bounded || float64(total) < (days+1)*float64(24*time.Hour) {
			continue
		}
		at := steps[i]
		if after := (&mapping{reader: r, node: steps[i]}).get("after"); after != nil {
			at = after
		}
		r.report(at, fmt.Sprintf("this mail goes out %s after the start, and nobody is in `%s` for longer than %d days", FormatDuration(total), c.Segment, int(days)),
			"wait less, or write `segment_left: false` below `exit:`")
		return
	}
}

func (l *loading) segmentOf(m *mapping) string {
	name, n := m.required("segment", "name the segment that it is for")
	if n != nil && l.names != nil && !slices.Contains(l.names, name) {
		m.report(n, "unknown segment `"+name+"`", cmp.Or(segment.DidYouMean(name, l.names), "name one of segments.yaml"))
	}
	return name
}

func start(m *mapping) (Start, time.Duration) {
	s, n := m.textNode("start")
	every := m.duration("every", 0)
	switch Start(s) {
	case "", OnEntry:
		if every != 0 {
			m.report(m.get("every"), "`every` belongs to `start: while`", "leave it out, or write `start: while`")
		}
		return OnEntry, 0
	case While:
		if every < 24*time.Hour {
			m.reportAt(n.Line, n.Column, s, "`start: while` needs `every`, of one day or more", "write `every: 30d`")
		}
		return While, every
	}
	m.report(n, "`start` must be entry or while", segment.DidYouMean(s, []string{"entry", "while"}))
	return OnEntry, 0
}

var goalPattern = regexp.MustCompile(`^order within (\S+)$`)

func (l *loading) exit(m *mapping) Exit {
	e := Exit{SegmentLeft: true}
	n := m.get("exit")
	if n == nil {
		return e
	}
	of := m.reader.mapping(n, "`exit`")
	if of == nil {
		return e
	}
	if of.get("segment_left") != nil {
		e.SegmentLeft = of.flag("segment_left")
	}
	if goal, at := of.textNode("goal"); at != nil {
		found := goalPattern.FindStringSubmatch(goal)
		ok := found != nil
		if ok {
			e.OrderWithin, ok = ParseDuration(found[1])
		}
		if !ok || e.OrderWithin == 0 {
			m.report(at, "a goal is an order within a time", "write it as `order within 21d`")
		}
	}
	of.end()
	return e
}

func (l *loading) step(r *reader, item *yaml.Node, c *Campaign, number int) Step {
	m := r.mapping(item, "a step")
	if m == nil {
		return Step{}
	}
	template, at := m.required("template", "name the mail in emails/, without .html.liquid")
	subject, subjectAt := m.required("subject", "write what the reader sees first")
	preheader, preheaderAt := m.textNode("preheader")
	s := Step{Template: template, Subject: subject, Preheader: preheader, After: m.duration("after", 0)}
	base := wording{at: at, template: template, subjectAt: subjectAt, subject: subject, preheaderAt: preheaderAt, preheader: preheader}
	variants := m.list("variants")
	if len(variants) == 0 {
		l.compile(r, base, templateKey(c.Name, number, ""))
	}
	for _, v := range variants {
		if variant, ok := l.variant(r, v, base, c, number, s.Variants); ok {
			s.Variants = append(s.Variants, variant)
		}
	}
	if len(variants) == 1 {
		r.reportAt(variants[0].Line, variants[0].Column, "", "one variant is none", "add a second one, or give its words to the step and leave `variants` out")
	}
	m.end()
	return s
}

func (l *loading) variant(r *reader, item *yaml.Node, base wording, c *Campaign, number int, before []Variant) (Variant, bool) {
	m := r.mapping(item, "a variant")
	if m == nil {
		return Variant{}, false
	}
	name, at := m.required("name", "name it, such as short")
	v := Variant{Name: name}
	if s, n := m.textNode("template"); n != nil {
		v.Template, base.template, base.at = s, s, n
	}
	if s, n := m.textNode("subject"); n != nil {
		v.Subject, base.subject, base.subjectAt = s, s, n
	}
	if s, n := m.textNode("preheader"); n != nil {
		v.Preheader, base.preheader, base.preheaderAt = s, s, n
	}
	m.end()
	if at == nil || !r.name(at, name) {
		return v, false
	}
	if slices.ContainsFunc(before, func(of Variant) bool { return of.Name == name }) {
		r.report(at, "there is a variant `"+name+"` already in this step", "give this one another name")
	}
	l.compile(r, base, templateKey(c.Name, number, name))
	return v, true
}

func templateKey(campaign string, step int, variant string) string {
	return fmt.Sprintf("%s/%d/%s", campaign, step, variant)
}
