package local

import (
	"context"
	"net/http"

	"holdfast/internal/customer"
	"holdfast/internal/identity"
	"holdfast/internal/pages"
	"holdfast/internal/queue"
)

// Pages returns the pages for people.
func (s *Stack) Pages() http.Handler {
	return pages.New(pages.Site{
		Store: s.Store, Outbox: s.Outbox, Playbook: s.Playbook, Refused: s.Refused, Now: s.Now,
		PublicURL: s.options.PublicURL, NightHour: s.options.NightHour,
		Find: func(ctx context.Context, i customer.Identity) (customer.ID, error) {
			return identity.Find(ctx, s.Store, i)
		},
		Queues: func() []pages.Queue {
			var all []pages.Queue
			for _, q := range []struct {
				name string
				*queue.Queue
			}{{"events", s.Events}, {"mail", s.Mail}, {"feedback", s.Feedback}} {
				d := q.Depth()
				all = append(all, pages.Queue{Name: q.name, Waiting: d.Visible + d.Hidden, Dead: d.Dead})
			}
			return all
		},
	})
}
