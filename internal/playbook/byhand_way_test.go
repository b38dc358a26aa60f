package playbook

var onTheWay = handwritten{
	"new_signup": func(s *somebody) bool { return s.book.Orders == 0 && s.since(s.Created) <= 60 },
	"new":        func(s *somebody) bool { return s.book.Orders == 1 && s.first <= 30 },
	"onboarding_risk": func(s *somebody) bool {
		return s.book.Orders == 1 && s.first <= 7 && s.secondsOfHelpToday() > 20*60
	},
	"repeat_buyers": func(s *somebody) bool { return s.book.Orders >= 2 && s.recency <= 365 && !s.unhappy },
	"occasional": func(s *somebody) bool {
		return s.book.Orders >= 1 && s.book.Orders <= 4 && s.recency >= 31 && s.recency <= 365 &&
			!s.unhappy && !highValueLoyal(s) && !atRisk(s) && !unlikelyToBuy(s)
	},
	"rising_interest": func(s *somebody) bool {
		if s.book.Orders > 0 || s.unhappy {
			return false
		}
		views := s.times("product_viewed", 0, 14)
		return views >= 5 && views > s.times("product_viewed", 14, 28)
	},
	"cart_abandoners": func(s *somebody) bool { return s.Carts.Open >= 1 && s.since(s.Carts.Last) <= 3 && !s.unhappy },
	"replenishment_due": func(s *somebody) bool {
		if s.unhappy || !(s.recency >= 10) {
			return false
		}
		days, ok := s.dueIn()
		return ok && days >= -7 && days <= 5
	},
	"upgrade_candidates": func(s *somebody) bool {
		return (s.had.basic > 0 && s.today-s.had.basic >= 90 || s.had.digital > 0) && s.had.advanced == 0 && s.recency <= 180 && !unlikelyUpgrader(s) && !s.unhappy
	},
	"accessory_candidates": func(s *somebody) bool {
		return max(s.had.durable, s.had.digital) > s.today-120 && s.had.accessories == 0 && !s.unhappy
	},
}

func (s *somebody) secondsOfHelpToday() int {
	seconds := 0
	for _, c := range s.counts("help_viewed") {
		if c.Day == s.today {
			seconds += c.Seconds
		}
	}
	return seconds
}
