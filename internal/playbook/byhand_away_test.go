package playbook

var slippingAway = handwritten{
	"one_time_past_due": func(s *somebody) bool {
		return s.book.Orders == 1 && s.recency >= 61 && s.recency <= 270 && !s.unhappy
	},
	"at_risk":            atRisk,
	"lapsed":             func(s *somebody) bool { return s.book.Orders >= 1 && s.recency > 365 },
	"dissatisfied":       func(s *somebody) bool { return s.unhappy },
	"unlikely_to_buy":    unlikelyToBuy,
	"unlikely_upgraders": unlikelyUpgrader,
}

func atRisk(s *somebody) bool {
	return s.book.Orders >= 2 && s.recency <= 365 && s.Service.Open == 0 && !s.unhappy && (s.overdue() || s.fadesAway())
}

func (s *somebody) overdue() bool {
	gap := s.book.Last.Sub(s.book.First).Hours() / 24 / float64(s.book.Orders-1)
	return s.recency > 60 && s.recency > 2*gap
}

func (s *somebody) fadesAway() bool {
	if s.recency <= 30 {
		return false
	}
	lately, earlier := s.times("page_view", 0, 45), s.times("page_view", 45, 90)
	return lately+earlier >= 4 && 2*lately < earlier
}

func dissatisfied(s *somebody) bool {
	b, said := s.book, s.Surveys
	return said.NPS <= 6 && s.since(said.NPSAt) <= 90 || said.CSAT < 0.5 && s.since(said.CSATAt) <= 90 || s.Service.Open >= 2 ||
		b.Refunds >= 2 && float64(b.Refunded) > 0.3*float64(b.Spend+b.Refunded) && s.recency <= 180
}

func unlikelyToBuy(s *somebody) bool {
	return s.book.Orders == 1 && s.recency > 270 && s.book.Spend < 30_00 && s.times("mail_clicked", 0, 120) == 0
}

func unlikelyUpgrader(s *somebody) bool {
	return s.had.basic > 0 && s.had.advanced == 0 && (s.cheap() || s.saves() || s.book.Refunds >= 2 || s.values("price", "price"))
}
