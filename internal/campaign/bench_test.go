package campaign_test

import (
	"context"
	"testing"

	"holdfast/internal/campaign"
	"holdfast/internal/customer"
)

// One mail through the ledger in a file: claim, four reads, rendering, record.
func BenchmarkMailerHandle(b *testing.B) {
	store, out := openStore(b), &post{}
	keys := make([]customer.SendKey, b.N)
	for i := range keys {
		keys[i] = planned(b, store, keyOf(someone(b, store, nil), "thanks", 1))
	}
	m := mailer(store, out, book(b, nil))
	b.ReportAllocs()
	b.ResetTimer()
	for _, k := range keys {
		if _, err := m.Handle(context.Background(), k, noon); err != nil {
			b.Fatal(err)
		}
	}
	if len(out.accepted) != b.N {
		b.Fatalf("%d of %d mails", len(out.accepted), b.N)
	}
}

func BenchmarkPlan(b *testing.B) {
	book, p := book(b, nil), member(noon)
	b.ReportAllocs()
	for b.Loop() {
		if len(campaign.Plan(book, p, nil, noon)) != 4 {
			b.Fatal("not planned")
		}
	}
}
