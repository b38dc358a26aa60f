package segment

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"holdfast/internal/customer"
)

func TestRulesThatHoldForNobodyOrEverybodyAreRefused(t *testing.T) {
	const never, always = "no customer can ever", "every customer is always"
	for _, tt := range []struct{ rule, want string }{
		{"orders > 5 and orders < 3", never},
		{"orders >= 5 and (country == \"AT\" or spend > 3) and not (orders > 4)", never},
		{"orders < 0", never},
		{"orders >= 0", always},
		{"rfm.f > 5", never},
		{"rfm.f >= 1", ""}, // unknown for those who never ordered
		{"rfm.f >= 1 or not known(rfm.f)", always},
		{"nps > 10 or nps < 0", never},
		{"country == \"AT\" and country == \"DE\"", never},
		{"country in [\"AT\", \"DE\"] and country not in [\"DE\", \"AT\"]", never},
		{"country in [\"AT\", \"DE\"] and country != \"DE\"", ""},
		{"country != \"DE\" or country == \"DE\"", ""},
		{"country != \"DE\" or country == \"DE\" or not known(country)", always},
		{"not (country == \"DE\") and country == \"DE\"", never},
		{"known(nps) and not known(nps)", never},
		{"nps <= 6 and not known(nps)", never},
		{"subscribed and not subscribed", never},
		{"subscribed or not subscribed", always},
		{"between(orders, 1, 4) and orders == 4", ""},
		{"between(orders, 1, 4) and orders > 4", never},
		{"orders == 3 and orders != 3", never},
		{"orders in [1, 2] and orders > 2", never},
		{"recency_days <= 30 or recency_days > 30", ""},
		{"consent != \"subscribed\" and consent not in [\"unsubscribed\", \"pending\", \"not_subscribed\"]", never},
		{"true", ""}, {"false", ""},
		{"orders >= 4 and recency_days <= 120 and rfm.m >= 4", ""},
		{"(orders > 1 or spend > 2) and (orders <= 1 or spend <= 2)", ""},
		{`count("x", 3) > 2 and count("x", 3) < 1`, never},
		{`count("x", 3) >= 0`, always},
		{`count("x", 3) > 2 and count("y", 3) < 1`, ""},
		{`count("x", 3) > 2 and count("x", 3, "a == 'b'") < 1`, ""},
		{"percentile(spend) >= 100", never},
		{"percentile(spend) >= 0", ""}, // unknown before the first night
		{`trend("x", 3) < 0`, never},
		{`sum("x", "y", 3) < 0`, ""},
		{`days_since(last("x")) < 0`, ""},
		{"spend / orders > 3 and spend / orders < 2", ""}, // not understood: silent
	} {
		_, err := Compile([]Definition{{Name: "s", When: tt.rule}}, settings)
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%s: %v", tt.rule, err)
		}
	}
}

// A rule that is called impossible holds for nobody, and one that is called
// certain for everybody.
func TestWhatIsCalledImpossibleIs(t *testing.T) {
	leaf := rapid.Custom(func(t *rapid.T) string {
		n := rapid.SampledFrom([]string{"0", "1", "2", "3", "4", "5"})
		op := rapid.SampledFrom([]string{"==", "!=", "<", "<=", ">", ">="})
		switch rapid.IntRange(0, 4).Draw(t, "form") {
		case 0:
			return rapid.SampledFrom([]string{"orders", "nps", "rfm.f"}).Draw(t, "field") + " " + op.Draw(t, "op") + " " + n.Draw(t, "n")
		case 1:
			return "country " + rapid.SampledFrom([]string{`== "AT"`, `!= "AT"`, `in ["AT", "DE"]`, `not in ["DE", "FR"]`}).Draw(t, "country")
		case 2:
			return rapid.SampledFrom([]string{"known(nps)", "known(country)", "subscribed"}).Draw(t, "flag")
		case 3:
			return "orders in [" + n.Draw(t, "n") + ", " + n.Draw(t, "m") + "]"
		}
		return rapid.SampledFrom([]string{"between(nps, 2, 3)", "between(orders, 0, 2)", "nps not in [1, 2]"}).Draw(t, "range")
	})
	var rule func(t *rapid.T, depth int) string
	rule = func(t *rapid.T, depth int) string {
		if depth == 0 {
			return leaf.Draw(t, "leaf")
		}
		switch rapid.IntRange(0, 3).Draw(t, "join") {
		case 0:
			return "not (" + rule(t, depth-1) + ")"
		case 1:
			return "(" + rule(t, depth-1) + " or " + rule(t, depth-1) + ")"
		}
		return rule(t, depth-1) + " and (" + rule(t, depth-1) + ")"
	}
	rapid.Check(t, func(t *rapid.T) {
		when := rule(t, 3)
		_, err := Compile([]Definition{{Name: "s", When: when}}, settings)
		if err == nil {
			return
		}
		never := strings.Contains(err.Error(), "no customer can ever")
		// The same rule, in a form of which nothing is known beforehand.
		free := []Definition{{Name: "s", When: "(" + when + `) and in_segment("x")`}, {Name: "x", When: "true"}}
		if never {
			free = []Definition{{Name: "s", When: "(" + when + `) or in_segment("x")`}, {Name: "x", When: "false"}}
		}
		set, err2 := Compile(free, settings)
		if err2 != nil {
			t.Fatalf("%s: %v, then %v", when, err, err2)
		}
		for range 20 {
			p := &customer.Profile{}
			if n := rapid.IntRange(0, 6).Draw(t, "orders"); n > 0 {
				p.Books = []customer.Book{{Currency: "EUR", Orders: n}}
				p.Derived.F = rapid.IntRange(1, 5).Draw(t, "f")
			}
			if rapid.Bool().Draw(t, "asked") {
				p.Surveys = customer.SurveyState{NPS: float64(rapid.IntRange(0, 10).Draw(t, "nps")), NPSAt: now}
			}
			p.Country = rapid.SampledFrom([]string{"", "AT", "DE", "FR", "CH"}).Draw(t, "country")
			if in := slices.Contains(set.Evaluator().Of(p, now), "s"); in == never {
				t.Fatalf("%s: %v, and it holds: %v", when, err, in)
			}
		}
	})
}
