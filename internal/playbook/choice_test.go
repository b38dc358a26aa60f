package playbook

import (
	"errors"
	"fmt"
	"math"
	"testing"
	"testing/fstest"
	"time"

	"pgregory.net/rapid"

	"holdfast/internal/customer"
	"holdfast/internal/mail"
)

func ids(n int) []customer.ID {
	all := make([]customer.ID, n)
	for i := range all {
		all[i] = customer.Account("shopify/x").Record(fmt.Sprint(i)).ID()
	}
	return all
}

func TestArmsHoldTheSharePromised(t *testing.T) {
	c := Campaign{Name: "win_back", Holdout: 0.1}
	other := Campaign{Name: "cart", Holdout: 0.1}
	control, both := 0.0, 0.0
	all := ids(20000)
	for _, id := range all {
		if c.Arm(id) == Control {
			control++
			if other.Arm(id) == Control {
				both++
			}
		}
	}
	n := float64(len(all))
	if math.Abs(control/n-0.1) > 0.01 {
		t.Errorf("%v of them are held out", control/n)
	}
	if math.Abs(both/n-0.01) > 0.004 {
		t.Errorf("%v are held out of both campaigns: they do not choose independently", both/n)
	}
}

func TestArmsStayWhereTheyAre(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := customer.ID(rapid.String().Draw(t, "id"))
		less, more := rapid.Float64Range(0, 1).Draw(t, "a"), rapid.Float64Range(0, 1).Draw(t, "b")
		if less > more {
			less, more = more, less
		}
		if (Campaign{Name: "x", Holdout: less}).Arm(id) == Control && (Campaign{Name: "x", Holdout: more}).Arm(id) != Control {
			t.Fatal("a greater share lets somebody out")
		}
		if (Campaign{Name: "x"}).Arm(id) != Treated || (Campaign{Name: "x", Holdout: 1}).Arm(id) != Control {
			t.Fatal("none or all")
		}
	})
	// These choices are for ever: campaigns that run would change sides.
	c := Campaign{Name: "win_back", Holdout: 0.5, Steps: []Step{{Variants: []Variant{{Name: "a"}, {Name: "b"}, {Name: "c"}}}}}
	got := ""
	for _, id := range ids(12) {
		got += string(c.Arm(id)[0]) + c.Variant(1, id) + " "
	}
	if want := "cc ca cc tc tc tc ca cc tc cc cb ta "; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestVariantsShareEvenly(t *testing.T) {
	c := Campaign{Name: "x", Steps: []Step{{}, {Variants: []Variant{{Name: "a"}, {Name: "b"}}}}}
	a := 0.0
	all := ids(10000)
	for _, id := range all {
		if c.Variant(2, id) == "a" {
			a++
		}
	}
	if share := a / float64(len(all)); math.Abs(share-0.5) > 0.02 {
		t.Errorf("%v get the first", share)
	}
	for _, step := range []int{0, 1, 3} {
		if v := c.Variant(step, all[0]); v != "" {
			t.Errorf("step %d has variant %q", step, v)
		}
	}
}

func TestDurations(t *testing.T) {
	for s, want := range map[string]time.Duration{"21d": 21 * 24 * time.Hour, "2w": 14 * 24 * time.Hour, "1d12h": 36 * time.Hour, "30m": 30 * time.Minute, "0d": 0} {
		if got, ok := ParseDuration(s); !ok || got != want {
			t.Errorf("%s is %v, %v", s, got, ok)
		}
	}
	for _, s := range []string{"", "21", "d", "21 d", "-1d", "1h1d", "1d1d", "1.5d", "21days", "99999w"} {
		if d, ok := ParseDuration(s); ok {
			t.Errorf("%q is %v", s, d)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		d := time.Duration(rapid.IntRange(0, 5_000_000).Draw(t, "minutes")) * time.Minute
		if got, ok := ParseDuration(FormatDuration(d)); !ok || got != d {
			t.Fatalf("%v is written %s and read %v", d, FormatDuration(d), got)
		}
	})
}

func TestACartWithABadAddressSendsNothing(t *testing.T) {
	p := load(t)
	of := elena()
	of.Carts.URL = "javascript:alert(1)"
	var missing *mail.MissingError
	if _, err := p.Render("cart", 1, "", of, links, now); !errors.As(err, &missing) || missing.Variable != "cart_url" {
		t.Errorf("%v", err)
	}
}

func TestAStepThatIsNotThereIsNotFound(t *testing.T) {
	if _, err := load(t).Render("cart", 2, "", elena(), links, now); !errors.Is(err, customer.ErrNotFound) {
		t.Errorf("%v", err)
	}
}

func TestAnEmptyFolderSaysWhatIsMissing(t *testing.T) {
	_, err := Load(fstest.MapFS{})
	if problems, ok := err.(Problems); !ok || len(problems) != 3 {
		t.Errorf("%v", err)
	}
}
