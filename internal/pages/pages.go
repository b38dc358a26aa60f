// Package pages shows the local stack in a browser: what the latest night
// found, the mails in the outbox, and each customer with the reasons for
// everything. The pages only read, hold no scripts and load nothing from
// elsewhere.
package pages

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"holdfast/internal/customer"
	"holdfast/internal/outbox"
	"holdfast/internal/playbook"
)

// A Store holds what the pages show. What is not there is
// [customer.ErrNotFound].
type Store interface {
	Profile(ctx context.Context, id customer.ID) (customer.Profile, error)
	Facts(ctx context.Context, id customer.ID) ([]customer.Fact, error)
	Sends(ctx context.Context, id customer.ID) ([]customer.Send, error)
	ScanProfiles(ctx context.Context, shard, shards int, cursor string) (page []customer.Profile, next string, err error)
	CampaignSends(ctx context.Context, campaign, cursor string) (page []customer.Send, next string, err error)
	Insights(ctx context.Context, kind, from, to string) ([]customer.Insight, error)
	LatestInsight(ctx context.Context, kind string) (customer.Insight, error)
}

// An Outbox keeps the mails that were sent.
type Outbox interface {
	// Mails returns all mails without their bodies, the latest first.
	Mails() []outbox.Mail
	// Mail returns one mail whole, or an error wrapping [customer.ErrNotFound].
	Mail(id string) (outbox.Mail, error)
}

// A Queue is how many messages one queue holds.
type Queue struct {
	Name    string
	Waiting int // for a handler, or with one
	Dead    int // given up after too many attempts
}

// A Site is what the pages need. All fields but Refused and Queues must be set.
type Site struct {
	Store    Store
	Outbox   Outbox
	Playbook func() *playbook.Playbook // the one in force
	// Refused returns what is wrong with a changed playbook that is not in
	// force, else nil; nil: not shown.
	Refused func() error
	// Find returns the customer of an identity, or an error wrapping
	// [customer.ErrNotFound].
	Find func(ctx context.Context, i customer.Identity) (customer.ID, error)
	Now  func() time.Time
	// PublicURL is where the sources reach the webhooks, without a slash at the end.
	PublicURL string
	NightHour int            // of the merchant's day, at which the night is due
	Queues    func() []Queue // nil: not shown
}

// New returns the pages of s: /, /outbox, /outbox/{id}, /customers and
// /customers/{id}. Every other path is answered with a page that says so, and
// 404.
func New(s Site) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /{$}", s.page(s.overview))
	mux.Handle("GET /outbox", s.page(s.mails))
	mux.Handle("GET /outbox/{id}", s.page(s.mail))
	mux.Handle("GET /customers", s.page(s.customers))
	mux.Handle("GET /customers/{id}", s.page(s.customer))
	mux.Handle("/", s.page(func(*http.Request) (answer, error) { return answer{}, customer.ErrNotFound }))
	return mux
}

// An answer is a template with its data, or a place to go on to.
type answer struct {
	template string
	data     any
	redirect string // "" for none
	// mail allows the styles inside the mail that the page frames.
	mail bool
}

// page makes a handler of what reads the data of a page. Nothing is written
// before the page is complete, so that no reader gets half of one.
func (s Site) page(read func(*http.Request) (answer, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		status := http.StatusOK
		a, err := read(r)
		switch {
		case errors.Is(err, customer.ErrNotFound):
			status, a = http.StatusNotFound, s.problem("Nothing here", "There is no such page. A customer may have been erased, or a mail removed with the outbox.")
		case err != nil:
			slog.ErrorContext(r.Context(), "page failed", "page", r.Pattern, "error", err)
			status, a = http.StatusInternalServerError, s.problem("This page could not be made", "The log of the stack says why.")
		}
		secure(w.Header(), a.mail)
		if a.redirect != "" {
			http.Redirect(w, r, a.redirect, http.StatusSeeOther)
			return
		}
		var body bytes.Buffer
		if err := templates[a.template].ExecuteTemplate(&body, "page", a.data); err != nil {
			slog.ErrorContext(r.Context(), "page failed", "page", r.Pattern, "error", err)
			http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(status)
		_, _ = body.WriteTo(w) // the reader may have left
	})
}

type problem struct {
	frame
	Text string
}

func (s Site) problem(title, text string) answer {
	return answer{template: "problem", data: problem{frame: s.frame(title, ""), Text: text}}
}
