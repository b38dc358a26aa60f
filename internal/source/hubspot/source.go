package hubspot

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"holdfast/internal/customer"
)

// A Source reads deliveries and asks HubSpot for what they do not say.
type Source struct {
	Client *Client // nil: nothing can be read, see [ErrNoToken]
}

// Events returns the events of one verified delivery.
//
// With an error that wraps [customer.ErrInvalid] and none of the others, the
// events returned are all there will ever be: some elements or objects cannot
// be understood. With [ErrNoToken], [ErrRateLimited] or [ErrUnavailable] the
// delivery must come back; the events returned with it are right, though not
// all. [ErrUnwanted]: nothing in the delivery is of use.
//
// It changes nothing anywhere, so a crash loses nothing that the delivery's
// coming back does not restore; each time it reads the state of that time.
func (s Source) Events(ctx context.Context, body []byte) ([]customer.Event, error) {
	changes, bad := Parse(body)
	plan := NewPlan(changes)
	if bad == nil && len(plan.Dirty) == 0 && len(plan.Events) == 0 && plan.Unwanted > 0 {
		return nil, ErrUnwanted
	}
	if len(plan.Dirty) == 0 {
		return plan.Events, bad
	}
	if s.Client == nil || s.Client.Token == nil {
		return plan.Events, errors.Join(bad, ErrNoToken)
	}
	events := plan.Events
	errs := []error{bad}
	for _, portal := range portals(plan.Dirty) {
		h := hydration{client: s.Client, portal: portal, plan: plan}
		err := h.run(ctx)
		events = append(events, h.events...)
		errs = append(errs, h.bad...)
		if err != nil {
			errs = append(errs, err)
		}
	}
	return events, errors.Join(errs...)
}

func portals(objects []Object) []string {
	var all []string
	for _, o := range objects { // sorted by portal
		all = append(all, o.Portal)
	}
	return slices.Compact(all)
}

// A hydration reads what a plan needs of one portal.
type hydration struct {
	client *Client
	portal string
	plan   Plan
	events []customer.Event
	bad    []error // objects that cannot be understood
}

func (h *hydration) run(ctx context.Context) error {
	people, err := h.contacts(ctx)
	if err != nil {
		return err
	}
	if err := h.companies(ctx, people); err != nil {
		return err
	}
	for _, kind := range []string{deals, tickets} {
		if err := h.things(ctx, kind); err != nil {
			return err
		}
	}
	return nil
}

func (h *hydration) dirty(kind string) []string {
	var ids []string
	for _, o := range h.plan.Dirty {
		if o.Portal == h.portal && o.Type == kind {
			ids = append(ids, o.ID)
		}
	}
	return ids
}

// read returns the live ones of the objects asked for, and notes of the
// archived ones that they are put away.
func (h *hydration) read(ctx context.Context, kind string, ids []string) ([]Record, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	records, err := h.client.Read(ctx, h.portal, kind, ids)
	if err != nil {
		return nil, err
	}
	live := records[:0]
	for _, r := range records {
		switch {
		case !r.Archived:
			live = append(live, r)
		case kind != companies:
			h.events = append(h.events, archived(r))
		}
	}
	return live, nil
}

// contacts reads the contacts that changed and returns them.
func (h *hydration) contacts(ctx context.Context) ([]Record, error) {
	asked := h.dirty(contacts)
	records, err := h.read(ctx, contacts, asked)
	if err != nil {
		return nil, err
	}
	for _, r := range records {
		events, err := contactEvents(r)
		if err != nil {
			h.bad = append(h.bad, fmt.Errorf("contact %s: %w", r.ID, err))
			continue
		}
		h.events = append(h.events, survivals(r, asked, records)...)
		h.events = append(h.events, events...)
	}
	return records, nil
}

// things reads the deals or tickets that changed, and whose they are.
func (h *hydration) things(ctx context.Context, kind string) error {
	records, err := h.read(ctx, kind, h.dirty(kind))
	if err != nil || len(records) == 0 {
		return err
	}
	owners, err := h.client.Associations(ctx, h.portal, kind, contacts, idsOf(records))
	if err != nil {
		return err
	}
	for _, r := range records {
		e, err := thingEvent(r, owners[r.ID], h.plan.associated[r.Object])
		if err != nil {
			h.bad = append(h.bad, fmt.Errorf("%s %s: %w", kind, r.ID, err))
			continue
		}
		h.events = append(h.events, e)
	}
	return nil
}

func idsOf(records []Record) []string {
	var ids []string
	for _, r := range records {
		ids = append(ids, r.ID)
	}
	return ids
}
