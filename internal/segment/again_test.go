package segment

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"holdfast/internal/customer"
)

// An evaluator uses its memory again: what it worked out for one customer, one
// instant or one list must not show in the next.
func TestNothingIsLeftOfTheCustomerBefore(t *testing.T) {
	set, err := Compile([]Definition{
		{Name: "coffee", When: `favorite_category == "coffee"`}, {Name: "tea", When: `favorite_category == "tea"`},
		{Name: "lately", When: `recency_days <= 30`}, {Name: "long_known", When: `days_since(created) > 30`},
		{Name: "runs", When: `"running" in interests`}, {Name: "organic", When: `has_any(values, ["organic"])`},
		{Name: "ancient", When: `days_since(custom.founded) > 700000`}, {Name: "visits", When: `visit_days == 3`},
	}, Settings{Currency: "EUR"})
	if err != nil {
		t.Fatal(err)
	}
	one, other, old := mia(), mia(), &customer.Profile{}
	one.Created, one.Books[1].Last = now, now.AddDate(0, 0, -31)
	other.Goods = []customer.Good{{SKU: "COF-ESP", Title: "Harbour Espresso", Category: "tea", Units: 2}}
	other.Attributes = map[string]string{"values": "running;organic"}
	other.Activity = nil
	old.Attributes = map[string]string{"founded": "0001-01-01"}
	e := set.Evaluator()
	for range 2 {
		for _, c := range []struct {
			p    *customer.Profile
			want []string
		}{
			{old, []string{"ancient"}},
			{one, []string{"coffee", "runs", "visits"}},
			{other, []string{"lately", "long_known", "organic", "tea"}},
		} {
			if diff := cmp.Diff(c.want, e.Of(c.p, now)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		}
	}
}

func TestListsStayAsTheyWere(t *testing.T) {
	p := &customer.Profile{}
	p.Attributes = map[string]string{"interests": "running; yoga", "values": "organic; local"}
	values := Values(p, now, Settings{})
	if diff := cmp.Diff([]any{[]string{"running", "yoga"}, []string{"organic", "local"}}, []any{values["interests"], values["values"]}); diff != "" {
		t.Errorf("of Values (-want +got):\n%s", diff)
	}
	set, err := Compile([]Definition{{Name: "s", When: "orders > 0"}}, Settings{})
	if err != nil {
		t.Fatal(err)
	}
	e := set.Evaluator()
	interests := e.List(p, now, "interests")
	e.List(p, now, "values")
	if !slices.Equal(interests, []string{"running", "yoga"}) {
		t.Errorf("of List: %v", interests)
	}
}

// What is known of an article depends on all that orders say of it.
func TestArticlesOfOneNumberMayDiffer(t *testing.T) {
	p := &customer.Profile{}
	p.Goods = []customer.Good{{SKU: "1", Title: "Espresso"}, {SKU: "1", Title: "Assam"}, {SKU: "1", Title: "Assam", Category: "given"}, {Title: "Espresso"}}
	settings := Settings{Products: []Product{{Match: []string{"Espresso"}, Category: "coffee"}}}
	e := settings.env()
	e.begin(p, now)
	var got []string
	for _, w := range e.wares() {
		got = append(got, w.category)
	}
	if diff := cmp.Diff([]string{"coffee", "", "given", "coffee"}, got); diff != "" {
		t.Errorf("categories (-want +got):\n%s", diff)
	}
}
