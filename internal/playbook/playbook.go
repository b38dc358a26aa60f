// Package playbook reads the marketer's files, holdfast.yaml, segments.yaml,
// campaigns.yaml, products.yaml and the mails beside them, into values that are checked as a
// whole. It decides nothing about customers and sends nothing.
package playbook

import (
	"net/url"
	"time"

	"holdfast/internal/customer"
	"holdfast/internal/mail"
	"holdfast/internal/segment"
)

// A Playbook is what one directory says, checked. It never changes, and is safe
// to use concurrently.
type Playbook struct {
	Business  Business
	Caps      []Cap
	Quiet     Quiet
	Active    time.Duration // a customer is active for this long after an order
	Horizon   time.Duration // how far predictions look
	Products  []segment.Product
	Segments  []segment.Definition
	Campaigns []Campaign
	// Rules are the segments, compiled.
	Rules *segment.Set

	templates map[string]*mail.Template
	// places are where segments and campaigns are named, as problems without
	// words, by "segment/" or "campaign/" and the name.
	places map[string]Problem
	dry    bool
}

// Dry returns a playbook that is p but for Render, which returns the errors of
// p's and no mail: for asking whether mails would go out.
func (p *Playbook) Dry() *Playbook {
	dry := *p
	dry.dry = true
	return &dry
}

// A Business is who writes the mails.
type Business struct {
	Name          string
	URL           string
	SenderName    string
	SenderAddress customer.Email
	ReplyTo       customer.Email // "" for the sender
	PostalAddress string         // in one line
	Zone          *time.Location
	Currency      customer.Currency
	Language      string  // of mails, "en"
	Margin        float64 // share of revenue that is profit, 0–1; 0 if not given
}

// A Cap is how many mails a customer may get within a time, over all campaigns
// together.
type Cap struct {
	Mails  int
	Within time.Duration
}

// Quiet are the hours in which no mail goes out, in minutes since midnight in
// the recipient's zone. From may lie after To: over midnight. Both zero: none.
type Quiet struct{ From, To int }

// A Start says when a campaign begins for a customer.
type Start string

const (
	OnEntry Start = "entry" // on entering the segment
	While   Start = "while" // while in the segment, every so often
)

// A Campaign is who gets which mails when and why.
type Campaign struct {
	Name        string
	Title       string
	Description string
	Segment     string
	Start       Start
	Every       time.Duration // While: from one start to the next
	Priority    int           // which campaign goes first under the caps: the greater
	Holdout     float64       // share of customers who get nothing, to compare with; 0–1
	Exit        Exit
	// Transactional mails are about the customer's own order or case and carry
	// no promotion; caps do not count them.
	Transactional bool
	Steps         []Step
}

// An Exit says when the rest of a campaign is dropped.
type Exit struct {
	// OrderWithin: the goal is an order within this long after the start.
	// 0: no goal.
	OrderWithin time.Duration
	// SegmentLeft: leaving the segment ends it.
	SegmentLeft bool
}

// A Step is one mail of a campaign.
type Step struct {
	Template  string        // emails/{template}.html.liquid
	Subject   string        // Liquid
	Preheader string        // Liquid
	After     time.Duration // after the step before; of the first, after the start
	Variants  []Variant     // none, or two and more, of which each customer gets one
}

// A Variant is a step in other words. What it does not give is the step's.
type Variant struct {
	Name      string
	Template  string
	Subject   string
	Preheader string
}

// Campaign returns the campaign of that name, and whether there is one.
func (p *Playbook) Campaign(name string) (Campaign, bool) {
	for _, c := range p.Campaigns {
		if c.Name == name {
			return c, true
		}
	}
	return Campaign{}, false
}

// Links are the addresses that every mail must carry, made for its recipient.
type Links struct {
	Unsubscribe string
	Preferences string
}

// Render makes the mail of a campaign's step, from 1, and variant, "" without
// variants, for the customer p. Errors are those of [mail.Template.Render], and
// [customer.ErrNotFound] for a step that the playbook does not have.
func (p *Playbook) Render(campaign string, step int, variant string, of *customer.Profile, links Links, now time.Time) (mail.Mail, error) {
	t, ok := p.templates[templateKey(campaign, step, variant)]
	if !ok {
		return mail.Mail{}, customer.ErrNotFound
	}
	if p.dry {
		return mail.Mail{}, t.Try(p.data(campaign, of, links, now))
	}
	return t.Render(p.data(campaign, of, links, now))
}

// data is what mails may show: the fields of the catalogue, known ones only,
// the business and the links.
func (p *Playbook) data(campaign string, of *customer.Profile, links Links, now time.Time) mail.Data {
	d := mail.Data(segment.Values(of, now, p.settings()))
	if of.Carts.Open > 0 && isWeb(of.Carts.URL) {
		d["cart_url"] = of.Carts.URL
	}
	d["business"] = map[string]any{"name": p.Business.Name, "url": p.Business.URL, "postal_address": p.Business.PostalAddress,
		"email": string(p.replyTo())}
	d["campaign"] = campaign
	d["unsubscribe_url"], d["preferences_url"] = links.Unsubscribe, links.Preferences
	return d
}

func (p *Playbook) replyTo() customer.Email {
	if p.Business.ReplyTo != "" {
		return p.Business.ReplyTo
	}
	return p.Business.SenderAddress
}

func (p *Playbook) settings() segment.Settings {
	return segment.Settings{Zone: p.Business.Zone, Currency: p.Business.Currency, Products: p.Products}
}

func isWeb(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}
