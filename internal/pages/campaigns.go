package pages

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"holdfast/internal/campaign"
	"holdfast/internal/customer"
	"holdfast/internal/playbook"
)

// A campaignRow counts the sends of one campaign.
type campaignRow struct {
	Name, Title, Segment string
	Total                int
	Waiting              int // planned, or in a mailer's hands
	Sent                 int // accepted by the mail service, whatever came after
	Delivered            int
	Opened, Clicked      int
	Skipped, HeldOut     int
	Lost                 int // bounced, complained, failed, unknown
	Reasons              []reasonCount
}

// A labelledCount is one column of a campaign.
type labelledCount struct {
	Label string
	Count int
}

// Counts returns the columns of r, the same for every campaign.
func (r campaignRow) Counts() []labelledCount {
	return []labelledCount{
		{"Planned", r.Total}, {"Waiting", r.Waiting}, {"Sent", r.Sent}, {"Delivered", r.Delivered}, {"Opened", r.Opened},
		{"Clicked", r.Clicked}, {"Skipped", r.Skipped}, {"Held out", r.HeldOut}, {"Lost", r.Lost},
	}
}

// A reasonCount is how many sends ended, or wait, for one reason.
type reasonCount struct {
	Words string
	Count int
}

// campaigns returns the playbook's campaigns that have sends, in its order, and
// the titles of the rest.
func (s Site) campaigns(ctx context.Context) (rows []campaignRow, silent []string, err error) {
	book := s.Playbook()
	for _, c := range book.Campaigns {
		row := campaignRow{Name: c.Name, Title: title(c.Title, c.Name), Segment: segmentTitle(book, c.Segment)}
		reasons := map[string]int{}
		cursor := ""
		for {
			page, next, err := s.Store.CampaignSends(ctx, c.Name, cursor)
			if err != nil {
				return nil, nil, fmt.Errorf("read sends of %s: %w", c.Name, err)
			}
			for _, send := range page {
				if send.Heir == "" { // else it counts with the customer who has it now
					row.add(send, reasons)
				}
			}
			if cursor = next; next == "" {
				break
			}
		}
		if row.Total == 0 {
			silent = append(silent, row.Title)
			continue
		}
		for words, n := range reasons {
			row.Reasons = append(row.Reasons, reasonCount{words, n})
		}
		slices.SortFunc(row.Reasons, func(a, b reasonCount) int {
			return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Words, b.Words))
		})
		rows = append(rows, row)
	}
	return rows, silent, nil
}

func (r *campaignRow) add(s customer.Send, reasons map[string]int) {
	r.Total++
	switch s.Status {
	case customer.Planned, customer.Claimed:
		r.Waiting++
		if s.Reason != "" {
			reasons["waiting: "+campaign.Words(s.Reason)]++
		}
	case customer.Sent:
		r.Sent++
	case customer.Delivered:
		r.Sent++
		r.Delivered++
	case customer.Complained:
		r.Sent++
		r.Delivered++
		r.Lost++
		reasons["reported as spam"]++
	case customer.Bounced:
		r.Sent++
		r.Lost++
		reasons["bounced"]++
	case customer.Skipped:
		r.Skipped++
		reasons["skipped: "+campaign.Words(s.Reason)]++
	case customer.HeldOut:
		r.HeldOut++
	case customer.Failed:
		r.Lost++
		reasons["failed: "+campaign.Words(s.Reason)]++
	case customer.Unknown:
		r.Lost++
		reasons["outcome never learnt"]++
	}
	if !s.Opened.IsZero() {
		r.Opened++
	}
	if !s.Clicked.IsZero() {
		r.Clicked++
	}
}

func segmentTitle(b *playbook.Playbook, name string) string {
	for _, d := range b.Segments {
		if d.Name == name {
			return title(d.Title, name)
		}
	}
	return name
}

func campaignTitle(b *playbook.Playbook, name string) string {
	if c, ok := b.Campaign(name); ok {
		return title(c.Title, name)
	}
	return name
}
