package local

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"

	"holdfast/internal/console"
	"holdfast/internal/customer"
	"holdfast/internal/wire"
)

// Console returns what people do to the stack from the command line.
func (s *Stack) Console() *console.Desk {
	return &console.Desk{
		Parts: s.Parts, Due: s.Due, StartNight: s.Night,
		Sources: wire.Sources(Secrets(s.options.Secrets), wire.Hubspot{URL: s.options.HubspotURL, Version: s.options.Hubspot}),
	}
}

// LoopbackOnly refuses requests that name another host than this machine: a
// page elsewhere could otherwise make a name of its own point here and read
// the answers.
func LoopbackOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/webhooks/") {
			next.ServeHTTP(w, r) // signed, and sources come through tunnels with names of their own
			return
		}
		host := r.Host
		if h, _, err := net.SplitHostPort(host); err == nil {
			host = h
		}
		ip := net.ParseIP(strings.Trim(host, "[]"))
		if host != "localhost" && (ip == nil || !ip.IsLoopback() && !ip.IsPrivate()) {
			http.Error(w, "open this page as http://127.0.0.1", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// A Fate counts the sends of a campaign that ended alike.
type Fate struct {
	Campaign string
	Fate     string // the status, with the reason if there is one
	Sends    int
}

// Fates returns what became of the sends of the playbook's campaigns, by
// campaign, the most frequent fate first.
func (s *Stack) Fates(ctx context.Context) ([]Fate, error) {
	var all []Fate
	for _, c := range s.Playbook().Campaigns {
		counts := map[string]int{}
		for cursor, more := "", true; more; {
			page, next, err := s.Store.CampaignSends(ctx, c.Name, cursor)
			if err != nil {
				return nil, fmt.Errorf("list sends: %w", err)
			}
			for _, send := range page {
				if send.Heir == "" { // else it counts with the customer who has it now
					counts[fate(send)]++
				}
			}
			cursor, more = next, next != ""
		}
		var of []Fate
		for f, n := range counts {
			of = append(of, Fate{c.Name, f, n})
		}
		slices.SortFunc(of, func(a, b Fate) int {
			return cmp.Or(cmp.Compare(b.Sends, a.Sends), strings.Compare(a.Fate, b.Fate))
		})
		all = append(all, of...)
	}
	return all, nil
}

func fate(s customer.Send) string {
	if s.Reason == "" {
		return string(s.Status)
	}
	return string(s.Status) + ": " + s.Reason
}

// Background takes messages off the queues until ctx is done; the returned
// function waits for that.
func (s *Stack) Background(ctx context.Context) (wait func()) {
	var all sync.WaitGroup
	s.Consume(ctx, &all)
	return all.Wait
}
