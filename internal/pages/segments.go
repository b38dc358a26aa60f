package pages

import (
	"holdfast/internal/customer"
	"holdfast/internal/night"
	"holdfast/internal/segment"
)

// A segmentRow is one segment as of the latest night.
type segmentRow struct {
	Name, Title, Goal string
	Count             int64
	Share             float64 // of all customers
	Change            int64   // since the night before
	Compared          bool    // there was one that knew the segment
	Revenue           customer.Money
}

// segmentRows are the playbook's segments in its order. snapshots are by date
// and not empty; a segment that the latest night did not know yet is left out.
func segmentRows(segments []segment.Definition, snapshots []night.Snapshot) []segmentRow {
	last := snapshots[len(snapshots)-1]
	var rows []segmentRow
	for _, d := range segments {
		n, ok := last.Segments[d.Name]
		if !ok {
			continue
		}
		row := segmentRow{Name: d.Name, Title: title(d.Title, d.Name), Goal: d.Goal, Count: n.Customers,
			Revenue: customer.Money{Minor: n.Revenue, Currency: last.Currency}}
		if last.Overall.Customers > 0 {
			row.Share = float64(n.Customers) / float64(last.Overall.Customers)
		}
		if len(snapshots) > 1 {
			before, ok := snapshots[len(snapshots)-2].Segments[d.Name]
			row.Change, row.Compared = n.Customers-before.Customers, ok
		}
		rows = append(rows, row)
	}
	return rows
}

// title returns the title of something, or its name in words if it has none.
func title(title, name string) string {
	if title != "" && title != name {
		return title
	}
	return capital(spoken(name))
}

// Percent returns the share from 0 to 100.
func (r segmentRow) Percent() float64 { return 100 * r.Share }
