package metric

// A Kind is one of ten kinds of buyers, by the scores of recency, frequency and
// monetary value.
type Kind string

// The kinds, from the best to the lost. Every buyer is of exactly one.
const (
	Champions  Kind = "champions"
	Loyal      Kind = "loyal"
	Potential  Kind = "potential_loyalists"
	NewBuyers  Kind = "new"
	Promising  Kind = "promising"
	Attention  Kind = "needs_attention"
	Sleepy     Kind = "about_to_sleep"
	AtRisk     Kind = "at_risk"
	CannotLose Kind = "cannot_lose"
	Lost       Kind = "lost"
)

// Kinds returns all kinds, the best first.
func Kinds() []Kind {
	return []Kind{Champions, Loyal, Potential, NewBuyers, Promising, Attention, Sleepy, AtRisk, CannotLose, Lost}
}

// byWorth says who is who: a row for each recency score from 1, a column for
// each worth score from 1.
var byWorth = [5][5]Kind{
	{Lost, Lost, AtRisk, CannotLose, CannotLose},
	{Lost, Lost, AtRisk, AtRisk, AtRisk},
	{Sleepy, Sleepy, Attention, Loyal, Loyal},
	{Promising, Potential, Potential, Loyal, Champions},
	{NewBuyers, Potential, Potential, Champions, Champions},
}

// KindOf returns the kind of a buyer with these scores of 1 to 5 and number of
// orders, "" if a score is none. Worth is the mean of frequency and monetary
// value, rounded up; who ordered once, and lately, is new or promising whatever
// that was worth.
func KindOf(r, f, m, orders int) Kind {
	switch {
	case min(r, f, m) < 1 || max(r, f, m) > 5:
		return ""
	case orders == 1 && r == 5:
		return NewBuyers
	case orders == 1 && r == 4:
		return Promising
	}
	return byWorth[r-1][(f+m+1)/2-1]
}
