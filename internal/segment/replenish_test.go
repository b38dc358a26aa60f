package segment

import (
	"testing"

	"holdfast/internal/customer"
)

func TestReplenish(t *testing.T) {
	tea := func(sku string, days, first, last int) customer.Good {
		return customer.Good{SKU: sku, Title: "Tea " + sku, Units: days, Days: days, First: day(first), Last: day(last)}
	}
	for _, c := range []struct {
		name  string
		goods []customer.Good
		want  string // product
		in    int    // days
	}{
		{"nothing was bought", nil, "", 0},
		{"bought once there is no gap", []customer.Good{tea("A", 1, 20, 20)}, "", 0},
		{"the gap is the customer's own", []customer.Good{tea("A", 3, 80, 20)}, "Tea A", 10},
		{"what is due first counts", []customer.Good{tea("A", 3, 80, 20), tea("B", 2, 35, 15)}, "Tea B", 5},
		{"overdue by a gap it is still due", []customer.Good{tea("A", 2, 90, 60)}, "Tea A", -30},
		{"overdue by more it was given up", []customer.Good{tea("A", 2, 91, 61)}, "", 0},
		{"what lasts is not bought again", []customer.Good{tea("MCH-9", 2, 40, 20)}, "", 0},
		{"of two that are due together the one bought more", []customer.Good{tea("A", 2, 40, 20), tea("B", 3, 60, 20)}, "Tea B", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := Evaluator{env: env{zone: vienna, shelf: shelf{products: settings.Products}}}
			p := &customer.Profile{Folded: customer.Folded{Goods: c.goods}}
			e.env.begin(p, now)
			g, due := replenish(&e.env)
			if g.Title != c.want || due != 0 && due-e.env.today != c.in {
				t.Errorf("%q is due in %d days, want %q in %d", g.Title, due-e.env.today, c.want, c.in)
			}
		})
	}
}
