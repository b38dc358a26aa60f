package storetest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp/cmpopts"

	"holdfast/internal/customer"
)

func insights(t *testing.T, s Store) {
	ctx := t.Context()
	insight := func(date string) customer.Insight {
		return customer.Insight{Kind: "snapshot", Date: date, Body: []byte(`{ "größe": 9007199254740993, "a<b": "&" }`), Expires: at(2028, 1, 1, 1)}
	}
	t.Run("what nobody stored is not found", func(t *testing.T) {
		_, err := s.Insight(ctx, "snapshot", "2026-11-01")
		refused(t, err, customer.ErrNotFound)
		_, err = s.LatestInsight(ctx, "snapshot")
		refused(t, err, customer.ErrNotFound)
	})
	dates := []string{"2026-11-01", "2026-11-02", "2026-11-03", "2026-11-05"}
	for _, date := range dates {
		ok(t, s.PutInsight(ctx, insight(date)))
	}
	for _, kind := range []string{"snapsho", "snapshot2", "snapshot/segment"} {
		ok(t, s.PutInsight(ctx, customer.Insight{Kind: kind, Date: "2027-01-01", Body: []byte("[]")}))
	}
	t.Run("an insight is read byte for byte, and a second put replaces it", func(t *testing.T) {
		got, err := s.Insight(ctx, "snapshot", "2026-11-02")
		ok(t, err)
		equal(t, got, insight("2026-11-02"))
		other := insight("2026-11-02")
		other.Body = []byte("{}")
		ok(t, s.PutInsight(ctx, other))
		got, err = s.Insight(ctx, "snapshot", "2026-11-02")
		ok(t, err)
		equal(t, got, other)
		ok(t, s.PutInsight(ctx, insight("2026-11-02")))
	})
	t.Run("the latest is that of the greatest date of its kind", func(t *testing.T) {
		got, err := s.LatestInsight(ctx, "snapshot")
		ok(t, err)
		equal(t, got, insight("2026-11-05"))
		got, err = s.LatestInsight(ctx, "snapshot2")
		ok(t, err)
		equal(t, got.Kind, "snapshot2")
	})
	for _, c := range []struct {
		name, from, to string
		want           []string
	}{
		{"a range has both its ends", "2026-11-02", "2026-11-03", dates[1:3]},
		{"its ends need not be there", "2026-10-01", "2026-11-04", dates[:3]},
		{"an open beginning", "", "2026-11-02", dates[:2]},
		{"an open end", "2026-11-03", "", dates[2:]},
		{"both open", "", "", dates},
		{"one day", "2026-11-05", "2026-11-05", dates[3:]},
		{"a range backwards is empty", "2026-11-03", "2026-11-02", nil},
		{"a range beyond is empty", "2026-12-01", "", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := s.Insights(ctx, "snapshot", c.from, c.to)
			ok(t, err)
			var want []customer.Insight
			for _, date := range c.want {
				want = append(want, insight(date))
			}
			equal(t, got, want, cmpopts.EquateEmpty())
		})
	}
	t.Run("a range comes whole, also where it needs several pages", func(t *testing.T) {
		var want []customer.Insight
		for i := range 30 {
			in := customer.Insight{Kind: "large", Date: fmt.Sprintf("2026-01-%02d", i+1), Body: []byte(`"` + strings.Repeat("x", 50_000) + `"`)}
			ok(t, s.PutInsight(ctx, in))
			want = append(want, in)
		}
		got, err := s.Insights(ctx, "large", "2026-01-01", "2026-01-31")
		ok(t, err)
		equal(t, got, want)
	})
	t.Run("a deleted insight is gone, and deleting it again is fine", func(t *testing.T) {
		ok(t, s.DeleteInsight(ctx, "snapshot", "2026-11-05"))
		ok(t, s.DeleteInsight(ctx, "snapshot", "2026-11-05"))
		got, err := s.LatestInsight(ctx, "snapshot")
		ok(t, err)
		equal(t, got, insight("2026-11-03"))
	})
}
