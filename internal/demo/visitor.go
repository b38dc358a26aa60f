package demo

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// A device is what a visitor uses.
type device struct {
	agent string // of the browser
	app   string // operating system of the app, "" for who has none
}

func newDevice(d dice) device {
	agents := []string{
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
		"Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
		"Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0",
		"Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
	}
	v := device{agent: weighted(d, agents, func(a string) float64 { return float64(7 - slices.Index(agents, a)) })}
	if d.chance(0.35) {
		switch {
		case strings.Contains(v.agent, "iPhone"):
			v.app = "iOS"
		case strings.Contains(v.agent, "Android"):
			v.app = "Android"
		}
	}
	return v
}

// describe returns what v told the website of themselves: everybody their
// name, some more.
func (v *visitor) describe() map[string]any {
	d, p := v.dice, v.person
	t := map[string]any{"email": p.email, "firstName": p.first, "lastName": p.last, "createdAt": p.created.Format(time.RFC3339)}
	if d.chance(0.55) {
		t["age"] = int(max(18, min(84, math.Round(41+13*d.NormFloat64()))))
		t["gender"] = pick(d, []string{"female", "female", "male", "male", "diverse"})
	}
	if d.chance(0.4) {
		t["education"] = pick(d, []string{"apprenticeship", "bachelor", "master", "school", "doctorate"})
		t["incomeBand"] = pick(d, []string{"under 25k", "25-50k", "25-50k", "50-75k", "75-100k", "over 100k"})
		t["maritalStatus"] = pick(d, []string{"single", "married", "partnership"})
	}
	if d.chance(0.6) {
		t["interests"] = v.interests()
		t["lifestyle"] = pick(d, []string{"outdoor", "home", "family", "travel"})
	}
	if d.chance(0.45) {
		t["values"] = []string{pick(d, []string{"organic", "fair trade", "local"}), pick(d, []string{"price", "quality", "convenience"})}
	}
	if d.chance(0.5) {
		t["useCase"] = pick(d, []string{"home", "home", "home office", "office", "gifts"})
		t["painPoints"] = []string{pick(d, []string{"bitter cup", "too many choices", "delivery time", "price"})}
	}
	if n := len(p.orders); n >= 5 {
		t["clubMember"] = true
	}
	return t
}

// interests follow from what v likes to buy.
func (v *visitor) interests() []string {
	all := []string{pick(v.dice, []string{"cooking", "cycling", "reading", "yoga", "music"})}
	for _, like := range []struct{ category, interest string }{{"machines", "espresso"}, {"coffee", "coffee"}, {"tea", "tea"}, {"herbal", "wellness"}} {
		if v.person.taste.favourites[like.category] >= 4 {
			all = append(all, like.interest)
		}
	}
	return all
}

// firm returns the company that v buys for, nil for most.
func (v *visitor) firm() map[string]any {
	d := newDice(v.shop.options.Seed, 1<<44+uint64(v.person.id))
	if !d.chance(0.06) {
		return nil
	}
	n := d.IntN(40)
	return map[string]any{
		"id": fmt.Sprintf("company-%d", n), "name": fmt.Sprintf("%s %d", pick(d, []string{"Alder Studio", "Harbour Hotel", "Larch Partners", "Otter Software"}), n),
		"industry": pick(d, []string{"Design", "Hospitality", "Legal", "Software"}), "employees": 3 + d.IntN(180), "plan": "office",
	}
}

// answer makes what v told of their content: tickets around orders in which
// something went wrong, and answers to surveys.
func (v *visitor) answer(from time.Time) {
	d := v.dice
	for _, o := range v.person.orders {
		if o.placed.Before(from) || o.test {
			continue
		}
		trouble := 0.05
		if len(o.refunds) > 0 {
			trouble = 0.6
		}
		if d.chance(trouble) {
			v.complain(o)
		}
		if d.chance(0.35) {
			v.survey(o.placed.Add(d.between(9*day, 20*day)), "nps", 10, 1.3)
		}
		if d.chance(0.4) {
			v.survey(o.placed.Add(d.between(3*day, 7*day)), "csat", 5, 0.7)
		}
	}
}

// complain opens a ticket, which most times is closed, and makes v less content.
func (v *visitor) complain(o *order) {
	d := v.dice
	opened := o.placed.Add(d.between(2*day, 9*day))
	id, category := "T-"+d.hex(4), pick(d, []string{"delivery", "product", "invoice", "question"})
	priority := pick(d, []string{"low", "normal", "normal", "high"})
	w := v.visit(opened)
	w.server = true
	w.track("Support Ticket Opened", 0, func() map[string]any {
		return map[string]any{"ticket_id": id, "category": category, "priority": priority}
	})
	v.satisfaction = max(0, v.satisfaction-0.2)
	if closed := opened.Add(d.between(3*hour, 5*day)); d.chance(0.85) {
		w := v.visit(closed)
		w.server = true
		w.track("Support Ticket Closed", 0, func() map[string]any {
			return map[string]any{"ticket_id": id, "category": category, "priority": priority, "opened_at": zulu(opened)}
		})
		if d.chance(0.5) {
			v.survey(closed.Add(hour), "csat", 5, 0.7)
		}
	}
}

func (v *visitor) survey(at time.Time, name string, scale, spread float64) {
	score := math.Round(scale*v.satisfaction + spread*v.dice.NormFloat64())
	low := map[string]float64{"csat": 1}[name]
	score = max(low, min(scale, score))
	w := v.visit(at)
	w.server = true
	w.track("Survey Answered", 0, func() map[string]any { return map[string]any{"survey": name, "score": score, "scale": scale} })
}
