package segment

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"holdfast/internal/customer"
)

// survey returns the answer that a call gives, if it gives one with a score.
// The survey is nps or csat where the event's name or the properties say so.
func (m message) survey(p object) (customer.Event, bool) {
	words := strings.Split(m.event, "_")
	about := func(list ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(list, w) })
	}
	if !about("survey", "nps", "csat") || !about("answered", "completed", "submitted", "response", "responded", "filled", "rated") {
		return customer.Event{}, false
	}
	name := snake(p.text("survey_type", "survey", "type", "survey_name", "name"))
	for _, kind := range []string{"nps", "csat"} {
		if slices.Contains(words, kind) || slices.Contains(strings.Split(name, "_"), kind) {
			name = kind
		}
	}
	a := customer.Survey{Survey: name, Scale: map[string]float64{"nps": 10, "csat": 5}[name]}
	score, ok := decimal(p.text("score", "rating", "value", "answer"))
	if scale, given := decimal(p.text("scale", "max", "max_score")); given {
		a.Scale = scale
	}
	a.Score = score
	if !ok || name == "" || a.Scale <= 0 || score < 0 || score > a.Scale {
		return customer.Event{}, false
	}
	return m.fact(m.who, "survey/"+m.id, customer.Body{Survey: &a}), true
}

func decimal(s string) (float64, bool) {
	n, err := strconv.ParseFloat(s, 64)
	return n, err == nil && !math.IsInf(n, 0) && !math.IsNaN(n)
}

// ticketEvents says what the last word of an event's name makes of a ticket.
var ticketEvents = map[string]string{
	"opened": "open", "created": "open", "submitted": "open", "reopened": "open", "updated": "open", "answered": "open", "replied": "open",
	"closed": "closed", "solved": "closed", "resolved": "closed",
}

// ticket returns the support ticket that a call tells of, if it says which:
// one that nobody could close would stay open for ever.
func (s Source) ticket(m message, p object) (customer.Event, bool) {
	words := strings.Split(m.event, "_")
	stage := ticketEvents[words[len(words)-1]]
	id := known(p.text("ticket_id", "case_id", "conversation_id", "id"))
	about := slices.Contains(words, "ticket") || slices.Contains(words, "support") && (slices.Contains(words, "case") || slices.Contains(words, "conversation"))
	if !about || stage == "" || id == "" {
		return customer.Event{}, false
	}
	t := customer.Ticket{
		Opened: parseTime(p.text("opened_at", "created_at", "opened")), Stage: cut(p.text("status", "stage"), 64),
		Priority: cut(p.text("priority"), 64), Category: cut(p.text("category", "topic", "reason"), 100),
	}
	if t.Opened.IsZero() || t.Opened.After(m.at) {
		t.Opened = m.at
	}
	if t.Stage == "" {
		t.Stage = stage
	}
	if slices.Contains([]string{"closed", "solved", "resolved"}, strings.ToLower(t.Stage)) || stage == "closed" {
		t.Closed = m.at
	}
	return m.owned(m.fact(s.thing("ticket", id), "ticket", customer.Body{Ticket: &t})), true
}
