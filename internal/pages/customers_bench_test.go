package pages_test

import (
	"fmt"
	"testing"

	"holdfast/internal/customer"
)

// BenchmarkOverview makes the overview of a shop of 2,000 customers, without
// mails; reading all profiles is what takes the time.
func BenchmarkOverview(b *testing.B) {
	w := empty(b)
	w.nights()
	w.must(w.store.Bulk(true))
	for i := range 2000 {
		record := shop.Record(fmt.Sprint(i))
		p := customer.Profile{ID: record.ID(), Folded: customer.Folded{Records: []customer.Identity{record}, Seen: now.AddDate(0, 0, -i),
			Contact: customer.Contact{FirstName: "Anna", LastName: "Kurz", Email: "anna@example.com", Country: "AT"}}}
		book := customer.Book{Currency: "EUR", Orders: 5, Spend: 500_00, First: now, Last: now}
		for d := range 5 {
			book.Days = append(book.Days, customer.Day{Day: 20000 + d, Orders: 1, Net: 100_00})
		}
		p.Books = []customer.Book{book}
		w.must(w.store.PutProfile(b.Context(), p))
	}
	w.must(w.store.Bulk(false))
	for b.Loop() {
		if r := w.get("/"); r.Code != 200 {
			b.Fatalf("status = %d", r.Code)
		}
	}
}
