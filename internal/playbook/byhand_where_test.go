package playbook

import "strconv"

var whereTheyAre = handwritten{
	"german_speaking": func(s *somebody) bool { return s.Country == "DE" || s.Country == "AT" || s.Country == "CH" },
	"business_customers": func(s *somebody) bool {
		return s.Attributes["company"] != "" && s.employees() >= 10 && !hospitality(s) && !s.unhappy
	},
	"hospitality": hospitality,
	"prospects": func(s *somebody) bool {
		stage := s.Attributes["lifecycle_stage"]
		return s.book.Orders == 0 && (stage == "lead" || stage == "marketingqualifiedlead") && !s.unhappy
	},
	"opportunities": func(s *somebody) bool {
		stage := s.Attributes["lifecycle_stage"]
		return s.book.Orders == 0 && (stage == "salesqualifiedlead" || stage == "opportunity")
	},
}

func hospitality(s *somebody) bool {
	switch s.Attributes["industry"] {
	case "HOSPITALITY", "RESTAURANTS", "Hospitality", "Restaurants":
		return s.employees() >= 5 && !s.unhappy
	}
	return false
}

// employees returns how many people work at their company, 0 if nobody says.
func (s *somebody) employees() float64 {
	n, err := strconv.ParseFloat(s.Attributes["employees"], 64)
	if err != nil {
		return 0
	}
	return n
}
