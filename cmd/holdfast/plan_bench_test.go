package main

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"holdfast/internal/bolt"
	"holdfast/internal/customer"
	"holdfast/internal/local"
)

// BenchmarkPlan is the command itself on the file of a stopped system: a changed
// threshold for 100,000 customers, copies of a demo shop's who bought on other
// days.
func BenchmarkPlan(b *testing.B) {
	dir := b.TempDir()
	written(b, dir, "segments.yaml", "orders >= 4 and recency_days <= 180", "orders >= 4 and recency_days <= 120")
	data := filepath.Join(dir, "data")
	s := start(b, "--data", data, "--customers", "500")
	if code := s.stop(); code != exitDone {
		b.Fatalf("the demo shop: %s", s.out)
	}
	multiply(b, filepath.Join(data, local.DataFile), 100_000)
	args := []string{"plan", "--data", data, "--playbook", filepath.Join(dir, "playbook"), "--against", filepath.Join(root(b), "../../playbook")}
	for b.Loop() {
		var out, wrong bytes.Buffer
		code := run(args, &Context{Ctx: context.Background(), In: strings.NewReader(""), Out: &out, Err: &wrong, Now: time.Now})
		if code != exitChanges || !strings.Contains(out.String(), "100,000 customers") {
			b.Fatalf("%d: %s%s", code, out.String(), wrong.String())
		}
	}
}

// multiply fills the store in file up to n customers with copies of those there
// are, with their sends. A copy has bought all it did some days earlier.
func multiply(b *testing.B, file string, n int) {
	b.Helper()
	s, err := bolt.Open(file, bolt.Options{})
	if err != nil {
		b.Fatal(err)
	}
	must := func(err error) {
		b.Helper()
		if err != nil {
			b.Fatal(err)
		}
	}
	must(s.Bulk(true))
	all := known(b, s)
	for i := range n - len(all) {
		of := all[i%len(all)]
		sends, err := s.Sends(b.Context(), of.ID)
		must(err)
		p := earlier(of, i)
		must(s.PutProfile(b.Context(), p))
		for _, send := range sends {
			send.Customer, send.Version = p.ID, 0
			must(s.PutSend(b.Context(), send))
		}
	}
	must(s.Bulk(false))
	must(s.Close())
}

// earlier returns another customer who has done what p did some days before.
func earlier(p customer.Profile, i int) customer.Profile {
	record := customer.Account("shopify/bench").Record(strconv.Itoa(i))
	p.ID, p.Version, p.Records = record.ID(), 0, []customer.Identity{record}
	p.Email = customer.Email(fmt.Sprintf("customer%d@example.com", i))
	days := i % 29
	p.Books = slices.Clone(p.Books)
	for k := range p.Books {
		b := &p.Books[k]
		b.First, b.Last, b.Days = b.First.AddDate(0, 0, -days), b.Last.AddDate(0, 0, -days), slices.Clone(b.Days)
		for d := range b.Days {
			b.Days[d].Day -= days
		}
	}
	return p
}

// known returns the customers of s.
func known(b *testing.B, s *bolt.Store) []customer.Profile {
	b.Helper()
	var all []customer.Profile
	for cursor, more := "", true; more; {
		page, next, err := s.ScanProfiles(b.Context(), 0, 1, cursor)
		if err != nil {
			b.Fatal(err)
		}
		for _, p := range page {
			if !p.Anonymous() {
				all = append(all, p)
			}
		}
		cursor, more = next, next != ""
	}
	return all
}
