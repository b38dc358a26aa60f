package segment

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/internal/customer"
)

var update = flag.Bool("update", false, "write the golden files again")

var vienna = func() *time.Location {
	zone, err := time.LoadLocation("Europe/Vienna")
	if err != nil {
		panic(err)
	}
	return zone
}()

var (
	now      = time.Date(2026, 6, 15, 22, 30, 0, 0, time.UTC) // half past midnight of the 16th in Vienna
	settings = Settings{Zone: vienna, Currency: "EUR", Products: []Product{
		{Match: []string{"Paper*"}, Category: "accessories", Tags: []string{"consumable"}},
		{Match: []string{"mch-*", "nothing"}, Tags: []string{"Durable", "gift"}},
	}}
)

func day(ago int) int { return customer.DayOf(now, vienna) - ago }

// mia has a value in every field of the catalogue.
func mia() *customer.Profile {
	p := &customer.Profile{ID: "cmia"}
	p.Contact = customer.Contact{
		Email: "mia@example.com", FirstName: "Mia", LastName: "Huber", Language: "de-AT", Country: "AT", Region: "Tyrol",
		City: "Innsbruck", Postcode: "6020", TimeZone: "Europe/Vienna", State: "enabled", Created: now.AddDate(0, 0, -500),
		Attributes: map[string]string{"company": "Acme", "employees": "120", "interests": "running; yoga", "plan": "pro", "seats": "12",
			"renewal": "2026-06-20", "beta": "true", "annual_revenue": "many"},
	}
	p.Tags = []string{"gold", "vip"}
	p.Mail = customer.Permission{State: customer.Subscribed, Since: now.AddDate(0, 0, -400)}
	p.Books = []customer.Book{
		{Currency: "USD", Orders: 9, Spend: 900_00},
		{Currency: "EUR", Orders: 4, Spend: 320_40, Refunded: 20_00, Refunds: 1,
			First: now.AddDate(0, 0, -300), Last: now.AddDate(0, 0, -30), Discounted: 1, Saved: 5_00, Offline: 1,
			Days: []customer.Day{{Day: day(300), Orders: 1, Net: 100_00}, {Day: day(60), Orders: 2, Net: 120_40}, {Day: day(30), Orders: 1, Net: 100_00}}},
	}
	p.Goods = []customer.Good{
		{SKU: "ACC-FIL", Title: "Paper Filters", Units: 2, Days: 2, First: day(60), Last: day(30)},
		{SKU: "COF-ESP", Title: "Harbour Espresso", Category: "coffee", Units: 5, Days: 3, First: day(300), Last: day(60)},
		{SKU: "MCH-1", Title: "Hand Grinder Pilot", Category: "machines", Units: 1, Days: 2, First: day(300), Last: day(290)},
	}
	p.Codes = []string{"HELLO10"}
	p.Carts = customer.CartState{Open: 1, Last: now.Add(-time.Hour), Total: customer.Money{Minor: 129_00, Currency: "EUR"}, URL: "https://shop.example/cart"}
	p.Service = customer.TicketState{Tickets: 3, Open: 1, Last: now.AddDate(0, 0, -4)}
	p.Surveys = customer.SurveyState{NPS: 9, NPSAt: now.AddDate(0, 0, -40)}
	p.Deals = customer.DealState{Deals: 2, Won: 1, Value: customer.Money{Minor: 5000_00, Currency: "USD"}}
	p.Activity = []customer.Series{
		{Name: "help_viewed", Counts: []customer.Count{{Day: day(5), N: 1, Seconds: 60}, {Day: day(0), N: 6, Seconds: 1500}}, Details: []customer.Detail{
			detail(5, 1, 60, "category", "delivery"), detail(0, 4, 900, "category", "brewing"), detail(0, 2, 600, "category", "delivery")}},
		{Name: "mail_clicked", Counts: []customer.Count{{Day: day(10), N: 1}}},
		{Name: "product_viewed", Counts: []customer.Count{{Day: day(50), N: 2}, {Day: day(14), N: 1}, {Day: day(13), N: 3}, {Day: day(0), N: 2}}, Details: []customer.Detail{
			detail(13, 2, 0, "category", "coffee", "price", "9.90"), detail(13, 1, 0, "category", "tea", "price", "20"), detail(0, 2, 0, "category", "tea", "price", "unknown")}},
	}
	p.Seen = now.Add(-time.Hour)
	p.Derived = customer.Derived{R: 4, F: 5, M: 3}
	return p
}

func detail(ago, n, seconds int, properties ...string) customer.Detail {
	d := customer.Detail{Count: customer.Count{Day: day(ago), N: n, Seconds: seconds}}
	for i := 0; i < len(properties); i += 2 {
		d.Of = append(d.Of, customer.Property{Name: properties[i], Value: properties[i+1]})
	}
	return d
}

func holds(t *testing.T, rule string, p *customer.Profile) bool {
	t.Helper()
	set, err := Compile([]Definition{{Name: "s", When: rule}}, settings)
	if err != nil {
		t.Fatalf("%s: %v", rule, err)
	}
	in := len(set.Evaluator().Of(p, now)) == 1
	if explained := set.Explain(p, now)[0]; explained.In != in || explained.Part.True != in {
		t.Errorf("%s: Of says %v, Explain says %v and its parts %v", rule, in, explained.In, explained.Part.True)
	}
	return in
}

func TestRules(t *testing.T) {
	for _, tt := range []struct {
		rule       string
		mia, empty bool
	}{
		{"true", true, true},
		{"orders == 4", true, false},
		{"orders == 0", false, true},
		{"orders >= 4 and spend < 320.41 and spend > 320.39", true, false},
		{"aov == 80.1", true, false},
		{"aov > 0 or aov <= 0", true, false},
		{"not (aov > 0)", false, true},
		{"aov != 1", true, false},
		{"refunds == 1 and refunded == 20", true, false},
		{"recency_days == 30 and days_since_first == 300", true, false},
		{"avg_gap_days == 90", true, false},
		{"rfm.r == 4 and rfm.f in [4, 5] and rfm.m not in [1, 2]", true, false},
		{"rfm.m not in [1, 2]", true, false},
		{"country in [\"DE\", \"AT\"]", true, false},
		{"country not in [\"DE\"]", true, false},
		{"not (country in [\"DE\"])", true, true},
		{"country != \"DE\"", true, false},
		{"language == \"de\" and locale == 'de-AT'", true, false},
		{"city startsWith \"Inns\" and city endsWith \"bruck\" and city contains \"nsb\"", true, false},
		{"city not startsWith \"W\"", true, false},
		{"postcode matches \"^60\"", true, false},
		{"\"vip\" in tags and \"new\" not in tags", true, false},
		{"tags contains \"gold\"", true, false},
		{"has_any(tags, [\"silver\", \"gold\"])", true, false},
		{"\"yoga\" in interests", true, false},
		{"subscribed", true, false},
		{"not subscribed", false, true},
		{"subscribed == true", true, false},
		{"consent == \"subscribed\"", true, false},
		{"known(consent)", true, false},
		{"not known(nps)", false, true},
		{"nps >= 9 and not known(csat)", true, false},
		{"csat < 1", false, false},
		{"days_since(created) == 501", true, false},
		{"days_since(last_ticket) < 7 and open_tickets > 0", true, false},
		{"first_order >= date(\"2025-01-01\") and last_order < date(\"2026-06-01\")", true, false},
		{"open_carts > 0 and cart_total >= 129", true, false},
		{"deals_won == 1", true, false},
		{"known(deals_value)", false, false},
		{"employees >= 100", true, false},
		{"known(annual_revenue)", false, false},
		{"custom.plan == \"pro\" and custom.seats >= 10 and custom.beta", true, false},
		{"custom[\"plan\"] in [\"pro\", \"team\"]", true, false},
		{"days_since(custom.renewal) == -4", true, false},
		{"known(custom.plan) and not known(custom.nothing)", true, false},
		{"custom.plan > 3", false, false},
		{"count(\"product_viewed\", 14) == 5", true, false},
		{"count(\"product_viewed\", 15) == 6", true, false},
		{"count(\"product_viewed\", 1) == 2", true, false},
		{"count(\"nothing\", 30) == 0", true, true},
		{"trend(\"product_viewed\", 30) == 3", true, false},
		{"trend(\"product_viewed\", 10) >= 0", true, false},
		{"trend(\"mail_clicked\", 30) >= 0", false, false},
		{"days_since(last(\"mail_clicked\")) == 10", true, false},
		{"never(\"mail_clicked\")", false, true},
		{"orders_within(61) == 3 and orders_within(60) == 1 and spend_within(61) == 220.4", true, false},
		{"between(recency_days, 30, 40) and between(orders, 1, 4)", true, false},
		{"between(recency_days, 0, avg_gap_days)", true, false},
		{"recency_days > 2 * avg_gap_days", false, false},
		{"spend / orders == aov", true, false},
		{"spend / 0 > 1 or spend / orders == 80.1", true, false},
		{"(nps ?? 0) >= 0", true, true},
		{"(csat ?? 1) == 1", true, true},
		{"-orders < +1 and 10 % 4 == 2", true, true},
		{"orders >= 1 && (spend > 1 || !subscribed)", true, false},
		{"orders > 1_000 or 1.5e2 == 150", true, true},
		{"orders == 4 // as of now\n and /* or so */ true", true, false},
		{`city == "Innsbruck"`, true, false},
		{`count("product_viewed", 14, "category == 'coffee'") == 2`, true, false},
		{`count("product_viewed", 13, "category == 'coffee'") == 0`, true, true},
		{`count("product_viewed", 30, "price >= 15 or not known(price)") == 1`, true, false},
		{`count("product_viewed", 30, "known(price) and category in ['tea', 'mate']") == 3`, true, false},
		{`count("product_viewed", 30, "between(price, 5, 10)") == 2`, true, false},
		{"count(\"product_viewed\", 30, `category startsWith \"cof\"`) == 2", true, false},
		{`count("product_viewed", 30, "categry == 'coffee'") == 0`, true, true},
		{`sum("help_viewed", "minutes", 1) == 25 and sum("help_viewed", "seconds", 6) == 1560`, true, false},
		{`sum("help_viewed", "minutes", 1, "category == 'delivery'") == 10`, true, false},
		{`sum("product_viewed", "price", 30) > 39.7 and sum("product_viewed", "price", 30) < 39.9`, true, false},
		{`sum("nothing", "price", 30) == 0`, true, true},
		{`avg("product_viewed", "price", 30, "category == 'tea'") == 20`, true, false},
		{`avg("help_viewed", "seconds", 1) == 250`, true, false},
		{`not (avg("nothing", "price", 30) >= 0)`, true, true},
		{`distinct("product_viewed", "category", 30) == 2 and distinct("product_viewed", "category", 13) == 1`, true, false},
		{`trend("help_viewed", 1, "category == 'delivery'") > 0`, false, false},
		{`trend("help_viewed", 4, "category == 'delivery'") == 2`, true, false},
		{`days_since(first("product_viewed")) == 50 and days_since(first("product_viewed", "category == 'tea'")) == 13`, true, false},
		{`days_since(last("product_viewed", "category == 'coffee'")) == 13`, true, false},
		{`never("product_viewed", "category == 'mate'") and not never("help_viewed", "category == 'brewing'")`, true, false},
		{`count("touchpoint:web", 14) == 5 and count("touchpoint:support", 14) == 7 and count("touchpoint:email", 30) == 1`, true, false},
		{`count("touchpoint:web", 14, "category == 'coffee'") == 2 and never("touchpoint:app")`, true, false},
		{`days_since(last("touchpoint:email")) == 10 and sum("touchpoint:support", "minutes", 6) == 26`, true, false},
		{`trend("touchpoint:web", 14) == 5`, true, false},
		{"visit_days == 4 and site_minutes == 26", true, false},
		{`bought("Harbour Espresso") and bought("harbour*") and bought("cof-*") and bought("coffee") and bought("category:COFFEE") and bought("product:*esp*o") and bought("product:COF-ESP")`, true, false},
		{`bought("category:Harbour*") or bought("tag:coffee") or bought("category:Paper Filters") or bought("Harbour")`, false, false},
		{`bought("gift") and bought("tag:durable") and bought("accessories")`, true, false},
		{`bought("coffee", 61) and not bought("coffee", 60)`, true, false},
		{`days_since(last_bought("consumable")) == 30`, true, false},
		{`units_bought("coffee") == 5 and units_bought("*") == 8`, true, false},
		{`favorite_category == "coffee" and favorite_category_share == 0.625`, true, false},
		{`"Paper Filters" in products and "machines" in categories and "gift" in product_tags and last_product == "Paper Filters"`, true, false},
		{`replenish_product == "Paper Filters" and replenish_in_days == 0 and days_since(replenish_at) == 0`, true, false},
		{`discounted_orders == 1 and discount_share == 0.25 and discount_total == 5 and "HELLO10" in discount_codes and offline_orders == 1`, true, false},
	} {
		t.Run(tt.rule, func(t *testing.T) {
			if got := holds(t, tt.rule, mia()); got != tt.mia {
				t.Errorf("of Mia it is %v", got)
			}
			if got := holds(t, tt.rule, &customer.Profile{}); got != tt.empty {
				t.Errorf("of somebody unknown it is %v", got)
			}
		})
	}
}

func TestRejectedRulesSayWhatToWrite(t *testing.T) {
	rules := []string{
		"", "orders", "spend and orders > 1", "recensy_days > 30", "order >= 3", "xyzzy == 1", "plan == \"pro\"",
		"orders = 3", "orders >= \"3\"", "orders >= ", "orders >= 3 spend > 1", "orders >= 3 AND spend > 1", "orders ≥ 3", "country == “AT”",
		"country == \"Austria\"", "country in [\"AT\", \"at\"]", "language == \"DE\"", "consent == \"yes\"", "country in \"AT\"",
		"tags == \"vip\"", "last_order > 30", "last_order > \"2026-01-01\"", "last_order == first_order", "days_since(recency_days) < 3", "days_since(\"2026-01-01\") < 3",
		"days_since last_order < 3", "dayssince(last_order) < 3", "orders(3) > 1", "between(orders, 5, 1)", "between(orders, 1)", "count(\"x\") > 1", "count(\"page_viewed\", 400) > 1",
		"count(page_viewed, 30) > 1", "count(\"page_viewed\", 30, \"category = 'help'\") > 1", "count(\"page_viewed\", 30, category) > 1",
		"count(\"page_viewed\", 30, \"count('x', 3) > 1\") > 1", "sum(\"page_viewed\", \"seconds\", 3, \"seconds > 5\") > 1", "count(\"x\", 3, \"a.b == 'c'\") > 1", "count(\"x\", 3, \"a == \\\"b\\\" and 3\") > 1", "count(\"x\", 3, \"price > 'a' + 1\") > 1", "count(\"order\", 30) > 1", "count(\"touchpoint:wep\", 30) > 1", "count(\"touchpoint:\", 30) > 1", "sum(\"x\", price, 3) > 1", "sum(\"x\", 3) > 1",
		"bought(coffee)", "bought(\"\")", "bought(\"sku:coffee\")", "bought(\"catgory:coffee\")", "bought(\"coffee\", 0)", "percentile(\"spend\") > 1", "percentile(country) > 1", "percentile(rfm.f) > 1", "percentile(spend / orders) > 1", "in_segment(\"other\")", "in_segment(other)", "known(orders > 1)", "known(3)",
		"not orders > 3", "orders > 1 ? true : false", "1..3", "orders ** 2 > 4", "tags | len", "[1, \"a\"] contains 1", "orders in []", "city matches \"(\"", "city matches country",
		"1 / 0 > 1", "date(\"31.1.2026\") < created", "country < \"B\"", "(orders > 1", "orders > 1)", "city == \"Wien", "city == \"a\\qb\"", "rfm.x > 1", "rfm.3", "custom", "custom > 1",
		"orders > 1 /* never", "orders > 12abc", "(nps ?? \"none\") == 1", "nps ?? 1 == 1", "true + 1 > 1", "#orders > 1", "has_any(tags, \"vip\")", "subscribed > true", "email_domain == 3", "let x = 1; x > 0", "any(tags, # == \"vip\")",
		strings.Repeat("(", 100) + "true" + strings.Repeat(")", 100), strings.Repeat("orders > 1 and ", 1000) + "true",
	}
	var b strings.Builder
	for _, rule := range rules {
		_, err := Compile([]Definition{{Name: "s", When: rule}, {Name: "others", When: "true"}}, settings)
		var problems Problems
		if !errors.As(err, &problems) {
			t.Errorf("%s: accepted", rule)
			continue
		}
		if len(rule) > 200 {
			rule = rule[:40] + "…"
		}
		fmt.Fprintf(&b, "%s\n", strings.ReplaceAll(rule, "\n", " "))
		for _, p := range problems {
			if to := len([]rune(p.Text)); p.From <= 40 && to <= 60 {
				fmt.Fprintf(&b, "%s%s\n", strings.Repeat(" ", p.From), strings.Repeat("^", max(1, to)))
			}
			fmt.Fprintf(&b, "    %s\n", p)
		}
		b.WriteString("\n")
	}
	golden(t, "testdata/rejected.golden", b.String())
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

func TestSegmentsMayReferToEachOtherInAnyOrder(t *testing.T) {
	set, err := Compile([]Definition{
		{Name: "a", When: `in_segment("b") and not in_segment("c")`},
		{Name: "b", When: `in_segment("d")`},
		{Name: "c", When: `orders > 100`},
		{Name: "d", When: `orders >= 4`},
	}, settings)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a", "b", "d"}, set.Evaluator().Of(mia(), now)); diff != "" {
		t.Error(diff)
	}
}

func TestSegmentsInACircleAreRefused(t *testing.T) {
	_, err := Compile([]Definition{
		{Name: "a", When: `orders > 1 and in_segment("b")`},
		{Name: "b", When: `in_segment("c")`},
		{Name: "c", When: `in_segment("a")`},
		{Name: "d", When: `in_segment("d")`},
	}, settings)
	want := Problems{
		{Segment: "c", From: 11, To: 14, Text: `"a"`, Message: "segments refer to each other in a circle: a → b → c → a"},
		{Segment: "d", From: 11, To: 14, Text: `"d"`, Message: "segments refer to each other in a circle: d → d"},
	}
	if diff := cmp.Diff(error(want), err); diff != "" {
		t.Error(diff)
	}
}

func TestExplainGivesThePartsAndTheValuesThatDecided(t *testing.T) {
	set, err := Compile([]Definition{{Name: "s", Title: "S", When: "orders >= 3 and (recency_days > 2 * avg_gap_days or csat < 0.5) and not subscribed"}}, settings)
	if err != nil {
		t.Fatal(err)
	}
	known := func(name, value string) Value { return Value{Name: name, Value: value, Known: true} }
	want := []Reason{{Segment: "s", Title: "S", Rule: set.Definitions()[0].When, In: false, Part: Part{
		Text: set.Definitions()[0].When, Joins: "and", Parts: []Part{
			{Text: "orders >= 3", True: true, Values: []Value{known("orders", "4")}},
			{Text: "(recency_days > 2 * avg_gap_days or csat < 0.5)", Joins: "or", Parts: []Part{
				{Text: "recency_days > 2 * avg_gap_days", Values: []Value{known("recency_days", "30"), known("avg_gap_days", "90")}},
				{Text: "csat < 0.5", Values: []Value{{Name: "csat"}}},
			}},
			{Text: "not subscribed", Joins: "not", Parts: []Part{{Text: "subscribed", True: true, Values: []Value{known("subscribed", "true")}}}},
		}}}}
	if diff := cmp.Diff(want, set.Explain(mia(), now)); diff != "" {
		t.Error(diff)
	}
}

func TestEveryFieldAndFunctionIsDocumentedAndWorks(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range Fields() {
		if f.Meaning == "" || f.Source == "" || f.Example == "" || f.Type == "" || seen[f.Name] {
			t.Errorf("%s lacks a meaning, source, example or type, or comes twice", f.Name)
		}
		seen[f.Name] = true
		rule := "known(" + f.Name + ") and orders_within(1) == 0" // the second is true of everybody here
		if always := holds(t, rule, &customer.Profile{}); always != f.Always {
			t.Errorf("%s is known of everybody: %v, and documented: %v", f.Name, always, f.Always)
		}
	}
	for _, f := range Functions() {
		if _, err := Compile([]Definition{{Name: "s", When: f.Example}, {Name: "at_risk", When: "true"}}, settings); err != nil {
			t.Errorf("the example of %s: %v", f.Name, err)
		}
	}
	if len(Functions()) != len(functions) {
		t.Error("functionOrder lacks a function")
	}
}

func TestValuesHoldWhatIsKnown(t *testing.T) {
	got := Values(mia(), now, settings)
	for name, want := range map[string]any{"first_name": "Mia", "orders": 4.0, "spend": 320.4, "tags": []string{"gold", "vip"}, "subscribed": true,
		"last_order": now.AddDate(0, 0, -30).In(vienna), "rfm": map[string]any{"r": 4.0, "f": 5.0, "m": 3.0}} {
		if diff := cmp.Diff(want, got[name]); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	for _, name := range []string{"csat", "annual_revenue", "deals_value"} {
		if v, ok := got[name]; ok {
			t.Errorf("%s is %v, and not known", name, v)
		}
	}
}
