package segment

// ranges are the values that number fields can have, where there is a limit.
// Every field that counts things is 0 or more without being named here.
var ranges = map[string][2]float64{
	"rfm.r": {1, 5}, "rfm.f": {1, 5}, "rfm.m": {1, 5}, "nps": {0, 10}, "csat": {0, 1},
}

// domain returns the claim that holds of every known value of f.
func (f *Field) domain() claim {
	if f.Type == Text {
		if values, ok := enumerations[f.Name]; ok {
			return claim{anything: true, only: values}
		}
		return claim{anything: true}
	}
	whole := claim{low: lowest, high: highest}
	if r, ok := ranges[f.Name]; ok {
		whole.low, whole.high = bound{at: r[0]}, bound{at: r[1]}
	} else if f.within != nil {
		whole.low, whole.high = bound{at: f.within[0]}, bound{at: f.within[1]}
	} else if f.Always {
		whole.low = bound{at: 0}
	}
	return whole
}

// claimed returns what a comparison asks of the field or call a, nil if it is
// not a comparison of one with constants.
func claimed(operator string, negated bool, a, b typed) []claim {
	if a.subject() == nil {
		return nil
	}
	switch v := b.constant.(type) {
	case float64:
		return numberClaims(operator, v)
	case []float64:
		var all []claim
		for _, n := range v {
			all = append(all, numberClaims("==", n)...)
		}
		if negated {
			return nil
		}
		return all
	case string:
		return textClaims(operator, []string{v})
	case []string:
		if operator == "in" && negated {
			return textClaims("!=", v)
		}
		return textClaims(operator, v)
	}
	return nil
}

func numberClaims(operator string, v float64) []claim {
	within := func(low, high bound) []claim { return []claim{{low: low, high: high}} }
	switch operator {
	case "==":
		return within(bound{at: v}, bound{at: v})
	case "!=":
		return []claim{{low: lowest, high: bound{v, true}}, {low: bound{v, true}, high: highest}}
	case "<":
		return within(lowest, bound{v, true})
	case "<=":
		return within(lowest, bound{v, false})
	case ">":
		return within(bound{v, true}, highest)
	case ">=":
		return within(bound{v, false}, highest)
	}
	return nil
}

func textClaims(operator string, values []string) []claim {
	switch operator {
	case "==", "in":
		return []claim{{anything: true, only: values}}
	case "!=":
		return []claim{{anything: true, but: values}}
	}
	return nil
}

// rangeClaims returns what between asks of x, nil if x is not a field.
func rangeClaims(x typed, low, high float64) []claim {
	if x.subject() == nil {
		return nil
	}
	return []claim{{low: bound{at: low}, high: bound{at: high}}}
}
