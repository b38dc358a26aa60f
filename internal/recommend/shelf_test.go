package recommend

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"holdfast/internal/orders"
)

// shop is a ledger's lines: 0 and 1 go together; 2, 3 and 4 are of one category
// and go with nothing; 5 is of no category; the most popular is 4, then 0.
func shop() (lines []orders.Line, categories []int32) {
	n := uint32(0)
	add := func(times int, products ...uint32) {
		for range times {
			lines = append(lines, basket(n, products...)...)
			n++
		}
	}
	add(10, 0, 1)
	add(9, 2)
	add(3, 3)
	add(30, 4)
	add(2, 5)
	add(2, 0)
	return lines, []int32{0, 0, 1, 1, 1, -1}
}

func TestSuggestionsFallBackToTheCategory(t *testing.T) {
	lines, categories := shop()
	s := NewShelf(lines, 6, categories)
	for _, c := range []struct {
		name   string
		bought []uint32
		skip   uint32
		want   []Suggestion
	}{
		{"what goes with it comes first, and alone", []uint32{0}, 9, []Suggestion{{1, 0, Together}}},
		{"without a pair, what is popular in the category", []uint32{3}, 9, []Suggestion{{4, 3, Category}, {2, 3, Category}}},
		{"without what was just bought", []uint32{3}, 4, []Suggestion{{2, 3, Category}}},
		{"without a category, what is popular", []uint32{5}, 9, []Suggestion{{4, 5, Popular}, {0, 5, Popular}}},
		{"one pair among several is enough", []uint32{3, 1}, 9, []Suggestion{{0, 1, Together}}},
		{"a pair that was bought as a whole has no other", []uint32{0, 1}, 9, []Suggestion{{4, 0, Popular}, {2, 0, Popular}}},
	} {
		got := s.Suggest(c.bought, func(p uint32) bool { return p == c.skip }, 2)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: -want +got\n%s", c.name, diff)
		}
	}
	if got := NewShelf(lines, 6, nil).Suggest([]uint32{3}, func(uint32) bool { return false }, 1); !cmp.Equal(got, []Suggestion{{4, 3, Popular}}) {
		t.Errorf("without categories: %v", got)
	}
	if got := s.Suggest(nil, func(uint32) bool { return false }, 1); got != nil {
		t.Errorf("who bought nothing: %v", got)
	}
}

func TestCustomersAreNotShownWhatTheyJustBought(t *testing.T) {
	lines, categories := shop()
	s := NewShelf(lines, 6, categories)
	own := []orders.Line{
		{Customer: 1, Product: 0, Day: 100}, {Customer: 1, Product: 1, Day: 60},
		{Customer: 2, Product: 0, Day: 100}, {Customer: 2, Product: 1, Day: 80},
		{Customer: 3, Product: 3, Day: 10}, {Customer: 3, Product: 3, Day: 10}, {Customer: 3, Product: 0, Day: 101},
		{Customer: orders.Nobody, Product: 0, Day: 99},
	}
	want := []Next{
		{1, Suggestion{1, 0, Together}}, // bought 40 days ago
		{2, Suggestion{4, 0, Popular}},  // 1 was bought 20 days ago
		{3, Suggestion{4, 3, Category}}, // 0 has not been bought yet
	}
	if diff := cmp.Diff(want, s.ForCustomers(own, 100, 1)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}
