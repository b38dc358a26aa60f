package segment

// ageing are the fields that grow by one a day, whatever happens.
var ageing = []string{"days_since_first"}

// Stay returns how many days a customer can be in the segment of that name at
// most, as far as the rule bounds a field that only time moves; bounded is
// false if it does not.
func (s *Set) Stay(name string) (days float64, bounded bool) {
	roots := map[string]*part{}
	for _, i := range s.order {
		roots[s.rules[i].Name] = s.rules[i].root.within(roots)
	}
	root := roots[name]
	if root == nil {
		return 0, false
	}
	cases, ok := root.cases(true)
	if !ok {
		return 0, false
	}
	for _, of := range cases {
		most, ok := of.stay()
		if !ok {
			return 0, false
		}
		days = max(days, most)
	}
	return days, len(cases) > 0
}

// stay returns how many days a customer can be in the situation at most.
func (s situation) stay() (days float64, bounded bool) {
	for _, name := range ageing {
		if of, asked := s.fields[name]; asked && !of.unknown && of.high.at < highest.at {
			return max(0, of.high.at), true
		}
	}
	return 0, false
}
