// Package segment turns calls of the Segment spec (identify, track, page,
// screen, group, alias) into events, whoever sends them: Segment's webhook
// destination, RudderStack's, or a website's or app's own server. It calls
// nobody.
//
// Everything in a call comes from a browser or an app in the end, and Segment's
// signature says only that Segment passed it on. So a call may add to what is
// known of a person and join visitors to them; it never gives or takes back
// consent, deletes or erases.
package segment

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"holdfast/internal/customer"
)

// ErrUnwanted: a valid delivery that says nothing we keep.
var ErrUnwanted = errors.New("segment: nobody wants this call")

// A Source understands the calls of one workspace. Its users are records of
// the account "segment/{Name}", its visitors without a name
// "segment/{Name}/anonymous/{id}". The account never comes from a delivery: one
// workspace has one set of user ids, however many sites and apps feed it, and
// neither headers nor all of a batch are signed.
type Source struct {
	Name string // "": web
	// Shop says that the shop itself is connected. Its orders come from there,
	// and what is tracked of orders is unwanted, lest they count twice.
	Shop bool
	// Currency is that of amounts that name none; "" if it is not known.
	Currency customer.Currency
}

// Parse returns the events of one verified delivery: one call, an array of
// calls, or an object with a batch of them. received is when it came; zero if
// that is not known. It orders calls that give no time, and no call counts as
// later than it.
//
// Calls that cannot be understood are in the error, which wraps
// [customer.ErrInvalid]; the events of the others are returned beside it. The
// error is [ErrUnwanted] if nobody wants any of the calls. A delivery without
// consequence has no events and no error.
func (s Source) Parse(body []byte, received time.Time) ([]customer.Event, error) {
	raws, err := calls(body)
	if err != nil {
		return nil, err
	}
	var events []customer.Event
	var bad []error
	unwanted := 0
	for i, raw := range raws {
		found, err := s.parse(raw, received)
		switch {
		case errors.Is(err, ErrUnwanted):
			unwanted++
		case err != nil && len(raws) > 1:
			bad = append(bad, fmt.Errorf("call %d: %w", i, err))
		case err != nil:
			bad = append(bad, err)
		}
		events = append(events, found...)
	}
	if len(bad) == 0 && unwanted > 0 && unwanted == len(raws) {
		return nil, ErrUnwanted
	}
	return events, errors.Join(bad...)
}

// calls returns the calls of a delivery as they were written.
func calls(body []byte) ([]json.RawMessage, error) {
	body = bytes.TrimSpace(body)
	if len(body) > 0 && body[0] == '[' {
		var all []json.RawMessage
		return all, decode(body, &all)
	}
	var wrapped struct {
		Batch json.RawMessage `json:"batch"`
	}
	if err := decode(body, &wrapped); err != nil {
		return nil, err
	}
	if batch := bytes.TrimSpace(wrapped.Batch); len(batch) > 0 && batch[0] == '[' {
		var all []json.RawMessage
		return all, decode(batch, &all)
	}
	return []json.RawMessage{body}, nil
}

func (s Source) parse(raw json.RawMessage, received time.Time) ([]customer.Event, error) {
	var w wire
	if err := decode(raw, &w); err != nil {
		return nil, err
	}
	m, err := s.message(w, raw, received)
	if err != nil {
		return nil, err
	}
	switch m.kind {
	case "identify":
		return s.identify(m), nil
	case "group":
		return s.group(m), nil
	case "alias":
		return s.alias(m)
	}
	if robot(m.context.text("userAgent")) {
		return nil, ErrUnwanted
	}
	switch m.kind {
	case "page":
		return []customer.Event{m.activity("page_view", m.viewed())}, nil
	case "screen":
		return []customer.Event{m.activity("screen_view", m.viewed())}, nil
	}
	return s.track(m)
}

func (s Source) account() customer.Account {
	return customer.Account("segment/" + escape(cmp.Or(s.Name, "web")))
}

func (s Source) user(id string) customer.Identity { return s.account().Record(escape(id)) }

func (s Source) visitor(id string) customer.Identity {
	return s.account().Record("anonymous", escape(id))
}

// thing returns the record of something that belongs to a customer.
func (s Source) thing(kind, id string) customer.Identity {
	return s.account().Record(kind, escape(id))
}

// decode reads JSON into v. Its errors wrap [customer.ErrInvalid] and never
// say what the body holds.
func decode(body []byte, v any) error {
	err := json.Unmarshal(body, v)
	var syntax *json.SyntaxError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &syntax):
		return invalid("body", fmt.Sprintf("malformed JSON at byte %d", syntax.Offset))
	}
	return invalid("body", "must be a call of the Segment spec, an array of calls, or an object with a batch of them")
}

func invalid(field, need string) error {
	return fmt.Errorf("%w: %s: %s", customer.ErrInvalid, field, need)
}

// known returns id, "" for what programs send for want of one: were it kept, all
// these visitors would be one person.
func known(id string) string {
	switch strings.ToLower(id) {
	case "null", "undefined", "none", "nil", "nan", "[object object]", "0", "-1", "true", "false", "anonymous", "guest", "unknown",
		"n/a", "00000000-0000-0000-0000-000000000000":
		return ""
	}
	return id
}
