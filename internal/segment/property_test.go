package segment

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/builtin"
	"github.com/expr-lang/expr/conf"
	expr "github.com/expr-lang/expr/parser"
	"pgregory.net/rapid"

	"holdfast/internal/customer"
)

// FuzzCompile: whatever is written, compiling ends; a problem lies within the
// rule; and a rule that compiles gives an answer, the one that Explain gives.
func FuzzCompile(f *testing.F) {
	for _, rule := range []string{"orders >= 3", "not (country in [\"DE\"])", "known(nps) and nps <= 6", "custom.plan == 'x'", "-rfm.f ** 2", "((", "\"\\u00e9", "1e400", "count(\"x\", 3) / 0 ?? 1 > 2", "/*", "count(\"product_viewed\", 3, \"category == 'tea' and price > 3\") > 1", "bought('*a*b*', 3)", "percentile(spend) >= 90"} {
		f.Add(rule)
	}
	p, nobody := mia(), &customer.Profile{}
	f.Fuzz(func(t *testing.T, rule string) {
		set, err := Compile([]Definition{{Name: "s", When: rule}}, settings)
		var problems Problems
		if errors.As(err, &problems) {
			n := len([]rune(rule))
			for _, p := range problems {
				if p.From < 0 || p.To < p.From || p.To > n || p.Message == "" {
					t.Fatalf("%q: %+v", rule, p)
				}
			}
			return
		}
		for _, p := range []*customer.Profile{p, nobody} {
			in := len(set.Evaluator().Of(p, now)) == 1
			if r := set.Explain(p, now)[0]; r.In != in || r.Part.True != in {
				t.Fatalf("%q: Of says %v, Explain %v, its parts %v", rule, in, r.In, r.Part.True)
			}
		}
	})
}

// number, condition and so on generate rules that are right by construction.
func aNumber(t *rapid.T, depth int) string {
	leaves := []string{"orders", "spend", "aov", "recency_days", "avg_gap_days", "rfm.f", "nps", "employees",
		`count("product_viewed", 14)`, "orders_within(90)", "days_since(created)", `trend("product_viewed", 30)`, "open_carts", `(custom.seats ?? 1)`,
		`count("product_viewed", 30, "category == 'tea' or price > 10")`, `sum("help_viewed", "minutes", 7)`, `avg("product_viewed", "price", 60)`, `distinct("product_viewed", "category", 30)`,
		`units_bought("coffee")`, "replenish_in_days", "visit_days", "percentile(spend)"}
	if depth <= 0 || rapid.Bool().Draw(t, "leaf") {
		return rapid.SampledFrom(leaves).Draw(t, "number")
	}
	return fmt.Sprintf("(%s %s %s)", aNumber(t, depth-1), rapid.SampledFrom([]string{"+", "-", "*", "/", "%"}).Draw(t, "operator"), aNumber(t, depth-1))
}

func aCondition(t *rapid.T, depth int) string {
	leaves := []string{"subscribed", `country in ["AT", "DE"]`, `country not in ["AT"]`, `"vip" in tags`, `city startsWith "W"`, `city not contains "b"`, "known(nps)",
		`custom.plan == "pro"`, `never("mail_clicked")`, `language != "de"`, `between(orders, 1, 4)`, `first_order < date("2026-01-01")`, "true", `has_any(tags, ["a", "gold"])`,
		`bought("coffee")`, `bought("tag:durable", 90)`, `days_since(last_bought("*filter*")) < 40`, `favorite_category == "tea"`, `never("help_viewed", "category == 'x'")`}
	if depth <= 0 || rapid.IntRange(0, 4).Draw(t, "form") == 0 {
		return rapid.SampledFrom(leaves).Draw(t, "condition")
	}
	switch rapid.IntRange(0, 3).Draw(t, "form") {
	case 0:
		return aNumber(t, 2) + " " + rapid.SampledFrom([]string{"==", "!=", "<", "<=", ">", ">="}).Draw(t, "operator") + " " +
			rapid.SampledFrom([]string{"3", "0", "-2.5", aNumber(t, 2)}).Draw(t, "other")
	case 1:
		return "not (" + aCondition(t, depth-1) + ")"
	}
	joined := aCondition(t, depth-1) + rapid.SampledFrom([]string{" and ", " or ", " && ", " || "}).Draw(t, "operator") + aCondition(t, depth-1)
	if rapid.Bool().Draw(t, "brackets") {
		return "(" + joined + ")"
	}
	return joined
}

func aProfile(t *rapid.T) *customer.Profile {
	p := mia()
	drop := func(name string, f func()) {
		if rapid.Bool().Draw(t, name) {
			f()
		}
	}
	drop("no books", func() { p.Books = nil })
	drop("other book", func() {
		p.Books = []customer.Book{{Currency: "EUR", Orders: rapid.IntRange(0, 9).Draw(t, "orders"), Spend: rapid.Int64().Draw(t, "spend"),
			Last: now.AddDate(0, 0, -rapid.IntRange(-5, 900).Draw(t, "last")), First: now.AddDate(0, 0, -900)}}
	})
	drop("no contact", func() { p.Contact = customer.Contact{} })
	drop("no activity", func() { p.Activity = nil })
	drop("no scores", func() { p.Derived = customer.Derived{} })
	drop("no surveys", func() { p.Surveys = customer.SurveyState{} })
	drop("no tags", func() { p.Tags = nil })
	drop("no goods", func() { p.Goods = nil })
	return p
}

// Any rule that is right by construction compiles, never panics, and Of and
// Explain agree, whatever is known of the customer.
func TestOfAgreesWithExplain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var definitions []Definition
		for i := range rapid.IntRange(1, 6).Draw(t, "segments") {
			when := aCondition(t, 3)
			if _, err := Compile([]Definition{{Name: "s", When: when}}, settings); err != nil {
				when = "orders >= 3" // it held for nobody, or for everybody
			}
			if i > 0 {
				when += fmt.Sprintf(` or in_segment("s%d")`, i-1)
			}
			definitions = append(definitions, Definition{Name: fmt.Sprintf("s%d", i), When: when})
		}
		set, err := Compile(definitions, settings)
		if err != nil {
			t.Fatal(err)
		}
		e := set.Evaluator()
		for range 3 {
			p := aProfile(t)
			at := now.Add(time.Duration(rapid.IntRange(-9000, 9000).Draw(t, "hours")) * time.Hour)
			var explained []string
			for _, r := range set.Explain(p, at) {
				if r.In != r.Part.True {
					t.Fatalf("%s: %v, its parts %v", r.Rule, r.In, r.Part.True)
				}
				if r.In {
					explained = append(explained, r.Segment)
				}
			}
			if got := e.Of(p, at); !slices.Equal(got, explained) {
				t.Fatalf("Of %v, Explain %v", got, explained)
			}
		}
	})
}

// The language is a part of expr-lang's: what we read, expr-lang reads as the
// same tree.
func TestRulesAreReadAsExprLangReadsThem(t *testing.T) {
	same := func(t interface{ Fatalf(string, ...any) }, rule string) {
		ours, wrong := parse([]rune(rule))
		if wrong != nil {
			t.Fatalf("%s: %s", rule, wrong.message)
		}
		theirs, err := expr.ParseWithConfig(rule, exprGrammar())
		if err != nil {
			t.Fatalf("%s: %v", rule, err)
		}
		if a, b := ours.shape(), shapeOf(theirs.Node); a != b {
			t.Fatalf("%s\nours   %s\ntheirs %s", rule, a, b)
		}
	}
	for _, rule := range []string{"not a and b", "a == b + c", "a in b == c", "a < b - c * d", "not a in b", "a not in b and c", "-a + b * c - d / e % f", "a or b and c or d", "(a ?? b) + c", "- a ?? b", "a ?? b ?? c", "1 + (a ?? b)",
		"a == b and not c", "f(a, g(), [1, 'x'],)", "a.b == c", `custom["x y"] == 1`, "!a || b", "a + b in c", "a - b - c", "not not a", "1_000.5e1 > .5"} {
		same(t, rule)
	}
	rapid.Check(t, func(t *rapid.T) { same(t, aCondition(t, 4)) })
}

func (n *node) shape() string {
	switch n.kind {
	case numberNode:
		return fmt.Sprint(n.number)
	case textNode:
		return fmt.Sprintf("%q", n.text)
	case nameNode:
		s := n.text
		for _, p := range n.parts {
			s = fmt.Sprintf("(. %s %q)", s, p.text)
		}
		return s
	}
	parts := []string{n.text}
	if n.kind == listNode {
		parts = []string{"list"}
	}
	for _, p := range n.parts {
		parts = append(parts, p.shape())
	}
	if operator, negated := strings.CutPrefix(n.text, "not "); negated {
		return "(not (" + operator + " " + strings.Join(parts[1:], " ") + "))"
	}
	return "(" + strings.Join(parts, " ") + ")"
}

func shapeOf(n ast.Node) string {
	all := func(head string, nodes ...ast.Node) string {
		parts := []string{head}
		for _, n := range nodes {
			parts = append(parts, shapeOf(n))
		}
		return "(" + strings.Join(parts, " ") + ")"
	}
	switch n := n.(type) {
	case *ast.IntegerNode:
		return fmt.Sprint(float64(n.Value))
	case *ast.FloatNode:
		return fmt.Sprint(n.Value)
	case *ast.BoolNode:
		return fmt.Sprint(n.Value)
	case *ast.StringNode:
		return fmt.Sprintf("%q", n.Value)
	case *ast.IdentifierNode:
		return n.Value
	case *ast.MemberNode:
		return all(".", n.Node, n.Property)
	case *ast.UnaryNode:
		return all(strings.ReplaceAll(n.Operator, "!", "not"), n.Node)
	case *ast.BinaryNode:
		return all(n.Operator, n.Left, n.Right)
	case *ast.CallNode:
		return all(n.Callee.String(), n.Arguments...)
	case *ast.ArrayNode:
		return all("list", n.Nodes...)
	}
	return fmt.Sprintf("%T", n)
}

// exprGrammar makes expr-lang read its own functions as any others.
func exprGrammar() *conf.Config {
	functions := map[string]*builtin.Function{}
	for name := range builtin.Index {
		functions[name] = &builtin.Function{Name: name}
	}
	functions["count"] = &builtin.Function{Name: "count"}
	return &conf.Config{Functions: functions}
}

func BenchmarkOf(b *testing.B) {
	var definitions []Definition
	for i, rule := range benchmarkRules {
		definitions = append(definitions, Definition{Name: fmt.Sprintf("s%02d", i), When: rule})
	}
	set, err := Compile(definitions, settings)
	if err != nil {
		b.Fatal(err)
	}
	e, p := set.Evaluator(), mia()
	b.ReportAllocs()
	for b.Loop() {
		e.Of(p, now)
	}
}

// benchmarkRules are thirty rules as playbooks have them.
var benchmarkRules = []string{
	"orders >= 4 and rfm.f >= 4 and rfm.m >= 4 and recency_days <= 120", "orders >= 2 and between(recency_days, 61, 540) and recency_days > 2 * avg_gap_days and open_tickets == 0",
	"orders == 1 and days_since_first <= 30", `between(orders, 1, 4) and between(recency_days, 31, 365) and not in_segment("s00") and not in_segment("s01")`,
	"orders >= 4 and recency_days <= 180", "orders_within(180) >= 3", "rfm.m == 5", "orders == 0 and days_since(created) <= 60", "orders >= 2", "orders == 1 and recency_days > 60",
	"recency_days > 365", "known(csat) and csat < 0.5 or known(nps) and nps <= 6 or open_tickets >= 2 or refunds >= 2", `count("mail_clicked", 60) >= 3`,
	`days_since_first <= 7 and count("help_viewed", 1) >= 5`, `orders == 0 and count("product_viewed", 14) >= 5 and trend("product_viewed", 14) > 1`, "open_carts > 0 and days_since(cart_changed) <= 3",
	"orders >= 3 and between(recency_days / avg_gap_days, 0.9, 1.5)", `has_any(tags, ["discount", "sale"])`, "aov >= 150 and orders >= 2", "aov < 40 and orders >= 2",
	`country in ["AT", "DE", "CH"]`, `known(company) and industry in ["RETAIL", "SOFTWARE"] and employees >= 50`, `lifecycle_stage in ["lead", "opportunity"] and orders == 0`,
	"subscribed and not known(blocked)", "spend_within(365) >= 500", `language == "de"`, `"running" in interests`, `custom.plan == "pro" and custom.seats >= 10`,
	`days_since(last("product_viewed")) <= 7 and never("cart_updated")`, "refunded > 0.3 * spend",
}
