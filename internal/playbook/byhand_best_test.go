package playbook

var theBest = handwritten{
	"high_value_loyal": highValueLoyal,
	"highest_value": func(s *somebody) bool {
		return s.Derived.M == 5 && s.book.Spend >= 200_00 && s.recency <= 365 && !s.unhappy
	},
	"loyal":           func(s *somebody) bool { return s.book.Orders >= 4 && s.recency <= 180 },
	"frequent_buyers": func(s *somebody) bool { return s.ordersWithin(180) >= 3 },
	"premium_seekers": func(s *somebody) bool {
		return s.book.Orders >= 2 && s.expensive() && !s.saves() && s.recency <= 365
	},
}

func highValueLoyal(s *somebody) bool {
	return s.book.Orders >= 4 && s.Derived.F >= 4 && s.Derived.M >= 4 && s.recency <= 120
}

// expensive says that 80 percent of all customers have smaller orders.
func (s *somebody) expensive() bool {
	return len(s.cuts) >= 80 && float64(s.book.Spend)/100/float64(s.book.Orders) >= s.cuts[79]
}
