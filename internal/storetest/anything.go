package storetest

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"holdfast/internal/customer"
)

// anything checks that whatever is put is read again. The values are made from
// the types themselves, so that a field added to one is checked unasked.
func anything(t *testing.T, s Store) {
	ctx := t.Context()
	empty := cmpopts.EquateEmpty()
	check := func(name string, property func(*rapid.T)) {
		t.Run(name, func(t *testing.T) { rapid.Check(t, property) })
	}
	check("any profile is read as it was put", func(t *rapid.T) {
		p := rapid.MakeCustom[customer.Profile](values()).Draw(t, "profile")
		p.ID = "cany"
		old, err := s.Profile(ctx, p.ID)
		if !errors.Is(err, customer.ErrNotFound) {
			ok(t, err)
		}
		p.Version = old.Version
		ok(t, s.PutProfile(ctx, p))
		got, err := s.Profile(ctx, p.ID)
		ok(t, err)
		p.Version++
		equal(t, got, p, empty)
	})
	check("any link is read as it was put", func(t *rapid.T) {
		l := rapid.MakeCustom[customer.Link](values()).Draw(t, "link")
		l.Identity = "email/any@example.com"
		old, err := s.Link(ctx, l.Identity)
		if !errors.Is(err, customer.ErrNotFound) {
			ok(t, err)
		}
		l.Version = old.Version
		ok(t, s.PutLink(ctx, l))
		got, err := s.Link(ctx, l.Identity)
		ok(t, err)
		l.Version++
		equal(t, got, l, empty)
	})
	check("any fact is read as it was put", func(t *rapid.T) {
		f := rapid.MakeCustom[customer.Fact](values()).Draw(t, "fact")
		_, err := s.PutFact(ctx, "cany", f)
		ok(t, err)
		got, err := s.Facts(ctx, "cany")
		ok(t, err)
		equal(t, got, []customer.Fact{f}, empty)
		ok(t, s.DeleteFact(ctx, "cany", f.ID()))
	})
	check("any send is read as it was put", func(t *rapid.T) {
		m := rapid.MakeCustom[customer.Send](values()).Draw(t, "send")
		m.Customer, m.Version = "cany", 0
		ok(t, s.PutSend(ctx, m))
		got, err := s.Sends(ctx, "cany")
		ok(t, err)
		m.Version++
		equal(t, got, []customer.Send{m}, empty)
		ok(t, s.DeleteSend(ctx, m.SendKey))
	})
}

// values says what the fields of stored values may hold.
func values() rapid.MakeConfig {
	text := rapid.StringN(0, 12, -1)
	name := rapid.StringN(1, 12, -1)
	return rapid.MakeConfig{
		Types: map[reflect.Type]*rapid.Generator[any]{
			reflect.TypeFor[time.Time](): instants().AsAny(),
			reflect.TypeFor[customer.SendStatus](): rapid.SampledFrom([]customer.SendStatus{
				customer.Planned, customer.Claimed, customer.Sent, customer.Delivered, customer.Bounced,
				customer.Complained, customer.Skipped, customer.HeldOut, customer.Failed, customer.Unknown,
			}).AsAny(),
		},
		Kinds: map[reflect.Kind]*rapid.Generator[any]{
			reflect.String:  text.AsAny(),
			reflect.Float64: rapid.Float64Range(-1e300, 1e300).AsAny(), // JSON has no others
		},
		Fields: map[reflect.Type]map[string]*rapid.Generator[any]{
			reflect.TypeFor[customer.Contact](): {"Attributes": rapid.MapOfN(name, text, 0, 8).AsAny()},
			reflect.TypeFor[customer.SendKey](): {"Campaign": rapid.StringMatching(`[a-z][a-z0-9_-]{0,20}`).AsAny()},
		},
	}
}

// instants are those that RFC 3339 can write, zero now and then.
func instants() *rapid.Generator[time.Time] {
	return rapid.Custom(func(t *rapid.T) time.Time {
		if rapid.IntRange(0, 3).Draw(t, "set") == 0 {
			return time.Time{}
		}
		second := rapid.Int64Range(-60_000_000_000, 250_000_000_000).Draw(t, "second")
		nano := rapid.SampledFrom([]int64{0, 0, 1, 500_000_000, 123_000_000, 999_999_999}).Draw(t, "nano")
		return time.Unix(second, nano).UTC()
	})
}
