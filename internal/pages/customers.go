package pages

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"holdfast/internal/customer"
)

const shownCustomers = 100

// A customerRow is one customer in a list.
type customerRow struct {
	ID       customer.ID
	Name     string
	Email    customer.Email
	Orders   int
	Spend    customer.Money
	Last     time.Time // order
	Seen     time.Time
	Segments []string // titles
}

type customers struct {
	frame
	Query    string
	Missing  bool   // the query is an identity, and nobody has it
	Unclear  bool   // the query is none
	Segment  string // title of the one asked for, "" for all
	Rows     []customerRow
	Total    int
	Segments []choice
}

// A choice is one value of a filter.
type choice struct {
	Name, Title string
	Chosen      bool
}

// customers answers a search with the customer found, or lists those of a
// segment, the greatest spend first, or of all, the latest seen first.
func (s Site) customers(r *http.Request) (answer, error) {
	ctx := r.Context()
	c := customers{frame: s.frame("Customers", "customers"), Query: strings.TrimSpace(r.FormValue("q"))}
	if c.Query != "" {
		id, err := s.search(ctx, c.Query)
		switch {
		case err == nil:
			return answer{redirect: "/customers/" + string(id)}, nil
		case errors.Is(err, customer.ErrNotFound):
			c.Missing = true
		case errors.Is(err, customer.ErrInvalid):
			c.Unclear = true
		default:
			return answer{}, err
		}
	}
	name := r.FormValue("segment")
	for _, d := range s.Playbook().Segments {
		c.Segments = append(c.Segments, choice{d.Name, title(d.Title, d.Name), d.Name == name})
		if d.Name == name {
			c.Segment = title(d.Title, d.Name)
		}
	}
	which, order := everybody, latest
	if c.Segment != "" {
		which, order = memberOf(name), greatest
	}
	var err error
	c.Rows, c.Total, err = s.list(ctx, shownCustomers, which, order)
	return answer{template: "customers", data: c}, err
}

// search returns the customer with an id, mail address, phone number or record.
// The error wraps [customer.ErrInvalid] if query is none of these.
func (s Site) search(ctx context.Context, query string) (customer.ID, error) {
	if id, err := customer.ParseID(query); err == nil {
		p, err := s.resolve(ctx, id)
		return p.ID, err
	}
	if strings.Count(query, "/") >= 2 {
		return s.Find(ctx, customer.Identity(query))
	}
	bare := strings.TrimPrefix(strings.TrimPrefix(query, "email/"), "phone/")
	if e, err := customer.ParseEmail(bare); err == nil {
		return s.Find(ctx, customer.EmailIdentity(e))
	}
	p, err := customer.ParsePhone(bare)
	if err != nil {
		return "", err
	}
	return s.Find(ctx, customer.PhoneIdentity(p))
}

// resolve returns the profile of a customer, following the alias that a merge
// left, or an error wrapping [customer.ErrNotFound].
func (s Site) resolve(ctx context.Context, id customer.ID) (customer.Profile, error) {
	p, err := s.Store.Profile(ctx, id)
	if err == nil && !p.Empty() {
		return p, nil
	}
	if err != nil && !errors.Is(err, customer.ErrNotFound) {
		return p, fmt.Errorf("read profile %s: %w", id, err)
	}
	to, err := s.Find(ctx, customer.AliasIdentity(id))
	if err != nil {
		return p, err
	}
	if p, err = s.Store.Profile(ctx, to); err != nil {
		return p, fmt.Errorf("read profile %s: %w", to, err)
	}
	return p, nil
}

func everybody(customer.Profile) bool { return true }

func memberOf(segment string) func(customer.Profile) bool {
	return func(p customer.Profile) bool {
		return slices.ContainsFunc(p.Derived.Segments, func(m customer.Membership) bool { return m.Segment == segment })
	}
}

func latest(a, b customerRow) int {
	return cmp.Or(b.Seen.Compare(a.Seen), cmp.Compare(a.ID, b.ID))
}

func greatest(a, b customerRow) int {
	return cmp.Or(cmp.Compare(b.Spend.Minor, a.Spend.Minor), latest(a, b))
}

// list returns the first customers, at most limit, of those that which takes,
// and how many it takes. It reads all profiles.
func (s Site) list(ctx context.Context, limit int, which func(customer.Profile) bool, order func(a, b customerRow) int) ([]customerRow, int, error) {
	book := s.Playbook()
	titles := map[string]string{}
	for _, d := range book.Segments {
		titles[d.Name] = title(d.Title, d.Name)
	}
	var rows []customerRow
	total, cursor := 0, ""
	for {
		page, next, err := s.Store.ScanProfiles(ctx, 0, 1, cursor)
		if err != nil {
			return nil, 0, fmt.Errorf("scan profiles: %w", err)
		}
		for _, p := range page {
			if !p.Empty() && which(p) {
				total++
				rows = append(rows, rowOf(p, book.Business.Currency, titles))
			}
		}
		slices.SortFunc(rows, order)
		rows = rows[:min(limit, len(rows))]
		if cursor = next; next == "" {
			return rows, total, nil
		}
	}
}

func rowOf(p customer.Profile, currency customer.Currency, titles map[string]string) customerRow {
	row := customerRow{ID: p.ID, Name: nameOf(p), Email: p.Email, Seen: p.Seen, Spend: customer.Money{Currency: currency}}
	for _, b := range p.Books {
		if b.Currency == currency {
			row.Orders, row.Spend.Minor, row.Last = b.Orders, b.Spend, b.Last
		}
	}
	for _, m := range p.Derived.Segments {
		if t, ok := titles[m.Segment]; ok {
			row.Segments = append(row.Segments, t)
		}
	}
	return row
}

// nameOf returns what to call a customer: the name, or whatever is known.
func nameOf(p customer.Profile) string {
	return cmp.Or(strings.TrimSpace(p.FirstName+" "+p.LastName), string(p.Email), string(p.Phone), "No name")
}

// pathOf returns the address of a list filtered by one value, on a page from 1.
func pathOf(path, key, value string, page int) string {
	q := url.Values{}
	if value != "" {
		q.Set(key, value)
	}
	if page > 1 {
		q.Set("page", fmt.Sprint(page))
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}
