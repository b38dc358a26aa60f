package demo

import (
	"slices"
	"time"
)

// A moment is one delivery to be made. at is when it reaches us; happened, when
// the source noticed it.
type moment struct {
	at, happened time.Time
	source       string
	topic        string
	id, event    uint64 // of the delivery; of the action that caused it
	body         func() any
}

// A planner collects the moments of a shop, with a network's delays.
type planner struct {
	dice    dice
	end     time.Time
	moments []moment
	actions uint64
}

func schedule(s *Shop) []moment {
	p := &planner{dice: newDice(s.options.Seed, 1<<62), end: s.options.End}
	for _, person := range s.people {
		s.planPerson(p, person)
	}
	for _, o := range s.orders() {
		s.planOrder(p, o)
	}
	for _, c := range s.lost {
		s.planCart(p, c)
	}
	s.planRequests(p)
	for _, b := range s.crm.batches {
		p.put(HubSpot, b[0].Type, b[len(b)-1].at(), p.action(), 0, func() any { return b })
	}
	p.moments = append(p.moments, s.behaviour()...) // last, so that the others are the same without it
	slices.SortStableFunc(p.moments, func(a, b moment) int { return a.at.Compare(b.at) })
	return p.moments
}

// action starts a new action at the source; its deliveries share an event id.
func (p *planner) action() uint64 {
	p.actions++
	return p.actions
}

// tell plans a Shopify delivery of what happened at an instant.
func (p *planner) tell(topic string, happened time.Time, action uint64, body func() any) {
	p.put(Shopify, topic, happened, action, 0, body)
}

// put plans a delivery: within seconds mostly, one in seventy after minutes or
// hours, and one in a hundred twice. Nothing arrives after the end.
func (p *planner) put(source, topic string, happened time.Time, action uint64, late time.Duration, body func() any) {
	d := p.dice
	delay := time.Duration(300+d.IntN(3700)) * time.Millisecond
	if d.chance(0.014) {
		delay = d.between(time.Minute, 3*hour)
	}
	again, same := d.chance(0.01), d.chance(0.5)
	repeat := d.between(10*time.Second, 2*hour)
	if happened.IsZero() || !happened.Before(p.end) {
		return
	}
	m := moment{at: happened.Add(delay + late), happened: happened, source: source, topic: topic, event: action, body: body}
	m.id = uint64(len(p.moments)) + 1
	m.happened = happened.Add(120*time.Millisecond + time.Duration(m.id%500000)*time.Microsecond)
	p.keep(m)
	if again { // half of the repetitions say what they are, by their id
		m.at = m.at.Add(repeat)
		if !same {
			m.id = uint64(len(p.moments)) + 1
		}
		p.keep(m)
	}
}

// keep adds m, at the end at the latest.
func (p *planner) keep(m moment) {
	if m.at.After(p.end) {
		m.at = p.end
	}
	p.moments = append(p.moments, m)
}

// delivery makes m's headers and body.
func (m moment) delivery(s *Shop) Delivery {
	d := Delivery{At: m.at, Source: m.source, Topic: m.topic, Body: encode(m.body())}
	switch m.source {
	case Segment:
		d.Header = map[string]string{"Content-Type": "application/json", "User-Agent": "Segment.io/1.0"}
		return d
	case HubSpot:
		d.Header = map[string]string{"Content-Type": "application/json", "User-Agent": "HubSpot Connect 2.0 (http://dev.hubspot.com/) (namespace: webhooks-nio-http-client)"}
		return d
	}
	d.Header = map[string]string{
		"Content-Type":           "application/json",
		"X-Shopify-Topic":        m.topic,
		"X-Shopify-Shop-Domain":  s.options.Shop,
		"X-Shopify-API-Version":  "2026-10",
		"X-Shopify-Webhook-Id":   newDice(s.options.Seed, 1<<60+m.id).uuid(),
		"X-Shopify-Event-Id":     newDice(s.options.Seed, 1<<61+m.event).uuid(),
		"X-Shopify-Triggered-At": m.happened.UTC().Format("2006-01-02T15:04:05.000000000Z"),
	}
	return d
}
