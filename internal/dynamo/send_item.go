package dynamo

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"holdfast/internal/customer"
)

// The attributes of a send: pk customer, sk the rest of the key, v version,
// ttl and x when it expires, campaign and status_at for the index by campaign,
// due_shard and due_at for the index of what waits, and b the rest as this
// document.
type sendBody struct {
	customer.Send
	Customer   none `json:"customer,omitzero"`
	Campaign   none `json:"campaign,omitzero"`
	Occurrence none `json:"occurrence,omitzero"`
	Step       none `json:"step,omitzero"`
	Version    none `json:"version,omitzero"`
	Expires    none `json:"expires,omitzero"`
}

func sendItem(s customer.Send) (item, error) {
	if back, err := parseKey(s.Customer, s.SendKey.String()); err != nil || back != s.SendKey || s.Campaign == "" || s.Customer == "" {
		return nil, fmt.Errorf("%w: a send needs a customer and a campaign without #", customer.ErrInvalid)
	}
	it := sendID(s.SendKey)
	it["v"] = number(s.Version)
	it["campaign"] = text(s.Campaign)
	it["status_at"] = text(string(s.Status) + "#" + instant(reached(s)))
	if kind, at := waiting(s); kind != "" {
		it["due_shard"] = text(dueShard(kind, shardOf(s.Customer)))
		it["due_at"] = text(instant(at))
	}
	setExpiry(it, s.Expires)
	return it, setJSON(it, "b", sendBody{Send: s})
}

func sendOf(it item) (customer.Send, error) {
	d := decoding{it: it}
	key, err := parseKey(customer.ID(getText(it, "pk")), getText(it, "sk"))
	d.keep(err)
	var b sendBody
	d.keep(getJSON(it, "b", &b))
	s := b.Send
	s.SendKey = key
	s.Version, err = getNumber(it, "v")
	d.keep(err)
	s.Expires, err = getExpiry(it)
	d.keep(err)
	if d.err != nil {
		return customer.Send{}, fmt.Errorf("decode send %s of %s: %w", key, key.Customer, d.err)
	}
	return s, nil
}

// parseKey is the inverse of customer.SendKey.String. The error wraps
// customer.ErrInvalid.
func parseKey(id customer.ID, s string) (customer.SendKey, error) {
	campaign, rest, ok := strings.Cut(s, "#")
	i := strings.LastIndexByte(rest, '#')
	if !ok || i < 0 {
		return customer.SendKey{}, fmt.Errorf("%w: a send's key has the form campaign#occurrence#step", customer.ErrInvalid)
	}
	step, err := strconv.Atoi(rest[i+1:])
	if err != nil {
		return customer.SendKey{}, fmt.Errorf("%w: the step of a send's key is a number", customer.ErrInvalid)
	}
	return customer.SendKey{Customer: id, Campaign: campaign, Occurrence: rest[:i], Step: step}, nil
}

// reached returns when s reached its status.
func reached(s customer.Send) time.Time {
	switch s.Status {
	case customer.Planned:
		return s.Planned
	case customer.Claimed:
		return s.Claimed
	}
	if s.Settled.IsZero() {
		return s.Accepted
	}
	return s.Settled
}

// waiting returns under which status s waits for somebody, and since or until
// when; "" if it does not.
func waiting(s customer.Send) (customer.SendStatus, time.Time) {
	switch s.Status {
	case customer.Planned:
		return s.Status, s.Due
	case customer.Claimed:
		return s.Status, s.Claimed
	}
	return "", time.Time{}
}

// instant writes t in UTC so that texts sort as instants do.
func instant(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000000Z") }
