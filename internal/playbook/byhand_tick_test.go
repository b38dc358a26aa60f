package playbook

import "strings"

var howTheyTick = handwritten{
	"frequently_engaged": func(s *somebody) bool { return s.visits() >= 4 || s.times("mail_clicked", 0, 60) >= 3 },
	"price_conscious": func(s *somebody) bool {
		return s.book.Orders >= 2 && s.cheap() && s.recency <= 365 && !s.unhappy
	},
	"savers": func(s *somebody) bool {
		return s.book.Discounted >= 2 && s.saves() && s.recency <= 365 && !s.unhappy
	},
	"coffee_fans":      func(s *somebody) bool { return s.book.Orders >= 2 && s.mostly(s.had.coffee) },
	"tea_fans":         func(s *somebody) bool { return s.book.Orders >= 2 && s.mostly(s.had.tea) },
	"fair_and_organic": func(s *somebody) bool { return s.values("organic", "fair trade") },
}

// mostly says that so many are three fifths of all pieces or more.
func (s *somebody) mostly(pieces int) bool { return pieces > 0 && 5*pieces >= 3*s.had.pieces }

// visits returns on how many of the latest thirty days they were at the site or
// in the app.
func (s *somebody) visits() int {
	var on [30]bool
	days := 0
	for _, of := range s.Activity {
		if strings.HasPrefix(of.Name, "mail_") {
			continue
		}
		for _, c := range of.Counts {
			if ago := s.today - c.Day; ago >= 0 && ago < len(on) && !on[ago] {
				on[ago] = true
				days++
			}
		}
	}
	return days
}

// values says whether one or the other matters to them.
func (s *somebody) values(one, other string) bool {
	for v := range strings.SplitSeq(s.Attributes["values"], ";") {
		if v = strings.TrimSpace(v); v == one || v == other {
			return true
		}
	}
	return false
}
