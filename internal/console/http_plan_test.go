package console

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/internal/customer"
	"holdfast/internal/plan"
)

// echo answers with what it was asked.
type echo struct{ Verbs }

func (echo) Plan(_ context.Context, p Proposal) (plan.Plan, error) {
	if len(p.Before) == 0 {
		return plan.Plan{}, fmt.Errorf("%w: no playbook", customer.ErrInvalid)
	}
	return plan.Plan{At: p.At, Mails: []string{string(p.Before), string(p.After)}, Customers: int64(p.Examples)}, nil
}

func (echo) Look(_ context.Context, book []byte) (plan.Look, error) {
	return plan.Look{Customers: int64(len(book)), Known: map[string]int64{string(book): 1}}, nil
}

func (echo) Sample(_ context.Context, size int) (*plan.Sample, error) {
	return &plan.Sample{Of: int64(size), Members: []plan.Member{{Profile: customer.Profile{ID: "caaaaaaaaaaaaaaaa"}}}}, nil
}

func (echo) DiffNights(_ context.Context, from, to time.Time, examples int) (plan.NightDiff, error) {
	return plan.NightDiff{From: from, To: to, Segments: []plan.Change{{Name: fmt.Sprint(examples)}}}, nil
}

// What is asked of a running stack arrives there, and so does its answer here.
func TestPlansGoThroughToARunningStack(t *testing.T) {
	server := httptest.NewServer(Handler(echo{}, "token"))
	defer server.Close()
	c, direct := Client{URL: server.URL, Token: "token", HTTP: http.DefaultClient}, echo{}
	at := time.Date(2026, 6, 15, 1, 0, 0, 0, time.UTC)
	proposal := Proposal{Before: []byte("a"), After: make([]byte, 2<<20), At: at, Examples: 7}
	for name, ask := range map[string]func(Verbs) (any, error){
		"plan":       func(v Verbs) (any, error) { return v.Plan(t.Context(), proposal) },
		"look":       func(v Verbs) (any, error) { return v.Look(t.Context(), []byte("book")) },
		"sample":     func(v Verbs) (any, error) { return v.Sample(t.Context(), 12) },
		"diffnights": func(v Verbs) (any, error) { return v.DiffNights(t.Context(), at, at.Add(time.Hour), 5) },
	} {
		want, err := ask(direct)
		if err != nil {
			t.Fatal(err)
		}
		got, err := ask(c)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-there +here):\n%s", name, diff)
		}
	}
	if _, err := c.Plan(t.Context(), Proposal{}); !errors.Is(err, customer.ErrInvalid) {
		t.Errorf("a broken proposal: %v", err)
	}
	c.Token = "guessed"
	if _, err := c.Look(t.Context(), nil); err == nil {
		t.Error("a stranger was answered")
	}
}
