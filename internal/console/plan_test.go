package console

import (
	"context"
	"fmt"
	"testing"
	"time"

	"holdfast/internal/customer"
)

// latest is a source whose latest night was at an instant; "" for none.
type latest struct {
	Source
	at string
}

func (l latest) LatestInsight(context.Context, string) (customer.Insight, error) {
	if l.at == "" {
		return customer.Insight{}, fmt.Errorf("insight: %w", customer.ErrNotFound)
	}
	return customer.Insight{Body: []byte(`{"at":"` + l.at + `"}`)}, nil
}

func TestTheNextNightIsDaysAfterTheLatestAtItsHour(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, latest, now, want string }{
		{"before the first night it is now", "", "2026-06-15T10:20:30Z", "2026-06-15T10:20:00Z"},
		{"the day after", "2026-06-15T01:00:00Z", "2026-06-15T10:00:00Z", "2026-06-16T01:00:00Z"},
		{"at the instant of a night it is the one after", "2026-06-15T01:00:00Z", "2026-06-16T01:00:00Z", "2026-06-17T01:00:00Z"},
		{"nights that were missed are not made up for", "2026-06-15T01:00:00Z", "2026-07-01T10:00:00Z", "2026-07-02T01:00:00Z"},
		{"three o'clock stays three o'clock when clocks change", "2026-10-24T01:00:00Z", "2026-10-24T10:00:00Z", "2026-10-25T02:00:00Z"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			now, err := time.Parse(time.RFC3339, tt.now)
			if err != nil {
				t.Fatal(err)
			}
			got, err := nextNight(t.Context(), latest{at: tt.latest}, zone, now)
			if err != nil || got.Format(time.RFC3339) != tt.want {
				t.Errorf("%s, %v; want %s", got.Format(time.RFC3339), err, tt.want)
			}
		})
	}
}
