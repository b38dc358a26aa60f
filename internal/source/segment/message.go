package segment

import (
	"bytes"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"net/url"
	"strings"
	"time"

	"holdfast/internal/customer"
)

// wire is a call as it is written. What has another type than the spec says
// reads as missing: a number for a text is a text, null is nothing.
type wire struct {
	Type        text    `json:"type"`
	MessageID   text    `json:"messageId"`
	UserID      text    `json:"userId"`
	AnonymousID text    `json:"anonymousId"`
	PreviousID  text    `json:"previousId"`
	GroupID     text    `json:"groupId"`
	Event       text    `json:"event"`
	Name        text    `json:"name"`
	Category    text    `json:"category"`
	Timestamp   instant `json:"timestamp"`
	Original    instant `json:"originalTimestamp"`
	SentAt      instant `json:"sentAt"`
	ReceivedAt  instant `json:"receivedAt"`
	Properties  object  `json:"properties"`
	Traits      object  `json:"traits"`
	Context     object  `json:"context"`
}

// A message is a call of which is known what it is, whose, and when it was.
type message struct {
	kind       string // identify, group, alias, page, screen, track
	id         string // of the call, the same whenever it is sent again; escaped
	at         time.Time
	user       string // "" for none
	visitor    string // the anonymous id, "" for none
	who        customer.Identity
	previous   string
	groupID    string
	event      string // of track, in snake case
	name       string // of page and screen
	category   string
	properties object
	traits     object
	context    object
}

// message checks what no call can do without.
func (s Source) message(w wire, raw []byte, received time.Time) (message, error) {
	m := message{
		kind: strings.ToLower(string(w.Type)), user: known(string(w.UserID)), visitor: known(string(w.AnonymousID)),
		previous: known(string(w.PreviousID)), groupID: known(string(w.GroupID)), event: eventName(string(w.Event)),
		name: string(w.Name), category: string(w.Category), properties: w.Properties, traits: w.Traits, context: w.Context,
	}
	switch m.kind {
	case "identify", "group", "alias", "page", "screen", "track":
	case "":
		return m, invalid("type", "missing; identify, track, page, screen, group or alias is needed")
	default:
		return m, ErrUnwanted
	}
	switch {
	case m.user != "":
		m.who = s.user(m.user)
	case m.visitor != "":
		m.who = s.visitor(m.visitor)
	default:
		return m, invalid("userId", "missing, and anonymousId too; one of them is needed, and no placeholder")
	}
	if m.kind == "track" && m.event == "" {
		return m, invalid("event", "missing; the name of what was done is needed")
	}
	if m.at = when(w, received); m.at.IsZero() {
		return m, invalid("timestamp", "missing; an RFC 3339 time such as 2026-10-05T21:54:50.123Z is needed")
	}
	if m.id = escape(string(w.MessageID)); m.id == "" {
		sum := sha256.Sum256(raw)
		m.id = "~" + encode(sum[:])
	}
	return m, nil
}

// slack is how far ahead a clock may be before it is not believed.
const slack = 10 * time.Minute

// when returns the instant of a call. A device whose clock is ahead must not
// have the last word for years, so a call is no later than it was received.
func when(w wire, received time.Time) time.Time {
	var at time.Time
	for _, t := range []instant{w.Timestamp, w.Original, w.SentAt, w.ReceivedAt, instant(received)} {
		if at.IsZero() {
			at = time.Time(t)
		}
	}
	for _, limit := range []time.Time{time.Time(w.ReceivedAt), received} {
		if !limit.IsZero() && at.After(limit.Add(slack)) {
			at = limit
		}
	}
	return at.UTC()
}

func (m message) version() customer.Version { return customer.NewVersion(m.at, m.id) }

// fact returns an event that keeps body under record.
func (m message) fact(record customer.Identity, key string, body customer.Body) customer.Event {
	return customer.Event{Record: record, Fact: &customer.Fact{Record: record, Key: key, Version: m.version(), At: m.at, Body: body}}
}

// owned returns e of a thing of whose the call is.
func (m message) owned(e customer.Event) customer.Event {
	e.Claim = &customer.Claim{Version: m.version(), Parent: m.who}
	return e
}

// escape makes an id part of a record's or fact's name: "/" and "#" in it
// cannot read as borders, and no two ids have the same form. One that is too
// long for a store's keys becomes a hash.
func escape(id string) string {
	escaped := strings.ReplaceAll(url.PathEscape(id), "~", "%7E")
	if len(escaped) <= 128 {
		return escaped
	}
	sum := sha256.Sum256([]byte(id))
	return "~" + encode(sum[:])
}

func encode(sum []byte) string { return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:20])) }

// A text is a text or number as written, without spaces around it; "" for
// anything else.
type text string

func (t *text) UnmarshalJSON(data []byte) error {
	*t = ""
	var v any
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if d.Decode(&v) == nil {
		if _, truth := v.(bool); !truth {
			*t = text(scalar(v))
		}
	}
	return nil
}

// An instant is a time as any of the libraries writes it; zero for what is
// none.
type instant time.Time

func (i *instant) UnmarshalJSON(data []byte) error {
	var t text
	err := t.UnmarshalJSON(data)
	*i = instant(parseTime(string(t)))
	return err
}
