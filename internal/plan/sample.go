package plan

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"holdfast/internal/customer"
	"holdfast/internal/night"
)

// A Sample is some customers of a system with their sends, as of an instant,
// for planning where the system cannot be reached. It holds no names, addresses
// or numbers of people; what rules ask stays.
type Sample struct {
	At  time.Time `json:"at"`
	Fit []byte    `json:"fit,omitempty"` // of the latest night; none before the first
	Of  int64     `json:"of"`            // customers there are

	Members []Member `json:"members,omitempty"` // sorted by customer
}

// A Member is one customer of a sample.
type Member struct {
	Profile customer.Profile `json:"profile"`
	Sends   []customer.Send  `json:"sends,omitempty"`
}

// Write writes s, a line for itself and one a member.
func (s *Sample) Write(w io.Writer) error {
	e := json.NewEncoder(w)
	err := e.Encode(Sample{At: s.At, Fit: s.Fit, Of: s.Of})
	for i := 0; err == nil && i < len(s.Members); i++ {
		err = e.Encode(s.Members[i])
	}
	if err != nil {
		return fmt.Errorf("write sample: %w", err)
	}
	return nil
}

// ReadSample reads what Write wrote. The error wraps [customer.ErrInvalid].
func ReadSample(r io.Reader) (*Sample, error) {
	lines := bufio.NewReaderSize(r, 1<<20)
	first, err := lines.ReadBytes('\n')
	s := &Sample{}
	if json.Unmarshal(first, s) != nil || s.At.IsZero() {
		return nil, fmt.Errorf("%w sample: its first line says as of when it is", customer.ErrInvalid)
	}
	var all []*stretch
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for line := 2; err == nil; {
		next := &stretch{line: line}
		if err = next.take(lines); err != nil && !errors.Is(err, io.EOF) {
			return nil, errors.Join(fmt.Errorf("read sample: %w", err), group.Wait())
		}
		all, line = append(all, next), line+len(next.lines)
		group.Go(func() error { next.read(); return nil })
	}
	_ = group.Wait() // a stretch keeps its error
	for _, of := range all {
		if of.err != nil {
			return nil, of.err
		}
		s.Members = append(s.Members, of.members...)
	}
	slices.SortFunc(s.Members, byCustomer)
	return s, nil
}

func byCustomer(a, b Member) int { return cmp.Compare(a.Profile.ID, b.Profile.ID) }

// A stretch is some lines of a sample, which are read beside others.
type stretch struct {
	line    int // number of the first
	lines   [][]byte
	members []Member
	err     error
}

// take takes the next lines; the error is [io.EOF] with the last.
func (t *stretch) take(from *bufio.Reader) error {
	for range 256 {
		line, err := from.ReadBytes('\n')
		if len(line) > 0 {
			t.lines = append(t.lines, line)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// read reads the lines that were taken.
func (t *stretch) read() {
	t.members = make([]Member, 0, len(t.lines))
	for i, line := range t.lines {
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		t.members = append(t.members, Member{})
		if m := &t.members[len(t.members)-1]; json.Unmarshal(line, m) != nil || m.Profile.ID == "" {
			t.err = fmt.Errorf("%w sample: line %d is no customer", customer.ErrInvalid, t.line+i)
			return
		}
	}
	t.lines = nil
}

// Draw takes a sample of at most size customers, as of now. Ids are hashes, so
// that those with the smallest are as good as drawn by lot.
func Draw(ctx context.Context, s Drawn, size int, now time.Time) (*Sample, error) {
	out := &Sample{At: now.UTC()}
	fit, err := s.LatestInsight(ctx, night.Fits)
	if err != nil && !errors.Is(err, customer.ErrNotFound) {
		return nil, fmt.Errorf("read latest night: %w", err)
	}
	out.Fit = fit.Body
	for cursor, more := "", true; more; {
		page, next, err := s.ScanProfiles(ctx, 0, 1, cursor)
		if err != nil {
			return nil, fmt.Errorf("scan profiles: %w", err)
		}
		for _, p := range page {
			if !p.Anonymous() {
				out.Of++
				out.Members = append(out.Members, Member{Profile: Nameless(p)})
			}
		}
		if cursor, more = next, next != ""; !more || len(out.Members) > 2*size+1000 {
			slices.SortFunc(out.Members, byCustomer)
			out.Members = slices.Clip(out.Members[:min(len(out.Members), size)])
		}
	}
	for i := range out.Members {
		m := &out.Members[i]
		if m.Sends, err = s.Sends(ctx, m.Profile.ID); err != nil {
			return nil, fmt.Errorf("read sends %s: %w", m.Profile.ID, err)
		}
	}
	return out, nil
}

// Drawn is what a sample is drawn from.
type Drawn interface {
	Profiles
	Sends(ctx context.Context, id customer.ID) ([]customer.Send, error)
	LatestInsight(ctx context.Context, kind string) (customer.Insight, error)
}

// Nameless returns p without what names a person. An address stays an address
// of its domain, so that consent and rules mean what they did.
func Nameless(p customer.Profile) customer.Profile {
	p.FirstName, p.LastName, p.Phone, p.Records = known(p.FirstName), known(p.LastName), "", []customer.Identity{customer.Account("sample/sample").Record(string(p.ID))}
	if p.Email != "" {
		p.Email = customer.Email(string(p.ID) + "@" + p.Email.Domain())
	}
	if p.Carts.URL != "" {
		p.Carts.URL = "https://example.com/cart"
	}
	return p
}

// known stands for a text that is not to be told.
func known(s string) string {
	if s == "" {
		return ""
	}
	return "Somebody"
}

// ScanProfiles returns the part of a shard at once.
func (s *Sample) ScanProfiles(_ context.Context, shard, shards int, _ string) ([]customer.Profile, string, error) {
	var page []customer.Profile
	for i := shard; i < len(s.Members); i += shards {
		page = append(page, s.Members[i].Profile)
	}
	return page, "", nil
}

// Sends returns a member's sends.
func (s *Sample) Sends(_ context.Context, id customer.ID) ([]customer.Send, error) {
	i, ok := slices.BinarySearchFunc(s.Members, id, func(m Member, id customer.ID) int { return cmp.Compare(m.Profile.ID, id) })
	if !ok {
		return nil, nil
	}
	return s.Members[i].Sends, nil
}

// DueSends returns all that are due.
func (s *Sample) DueSends(_ context.Context, before time.Time, _ string, _ int) ([]customer.SendKey, string, error) {
	var keys []customer.SendKey
	for _, m := range s.Members {
		for _, send := range m.Sends {
			if send.Status == customer.Planned && !send.Due.After(before) {
				keys = append(keys, send.SendKey)
			}
		}
	}
	return keys, "", nil
}

// Facts returns none: a sample has profiles only.
func (s *Sample) Facts(context.Context, customer.ID) ([]customer.Fact, error) { return nil, nil }

// Link returns none: what blocks an address shows in the profile.
func (s *Sample) Link(context.Context, customer.Identity) (customer.Link, error) {
	return customer.Link{}, customer.ErrNotFound
}

// LatestInsight returns the latest fit.
func (s *Sample) LatestInsight(_ context.Context, kind string) (customer.Insight, error) {
	if kind != night.Fits || s.Fit == nil {
		return customer.Insight{}, customer.ErrNotFound
	}
	return customer.Insight{Kind: kind, Body: s.Fit}, nil
}
