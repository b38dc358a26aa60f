package hubspot

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"holdfast/internal/customer"
)

// companies tells contacts what is known of their company: those that changed
// themselves, and those of a company that changed. A contact can have several
// companies; only the main one counts, so that the answer never depends on
// which was read last.
func (h *hydration) companies(ctx context.Context, people []Record) error {
	changed := h.dirty(companies)
	employer := map[string][]Record{} // by company: contacts read
	asked := slices.Clone(changed)
	for _, p := range people {
		if id := number(json.Number(p.Properties["associatedcompanyid"])); id != "" {
			employer[id] = append(employer[id], p)
			asked = append(asked, id)
		}
	}
	slices.SortFunc(asked, compareIDs)
	records, err := h.read(ctx, companies, slices.Compact(asked))
	if err != nil {
		return err
	}
	var members map[string][]Association
	if live := slices.DeleteFunc(idsOf(records), func(id string) bool { return !slices.Contains(changed, id) }); len(live) > 0 {
		if members, err = h.client.Associations(ctx, h.portal, companies, contacts, live); err != nil {
			return err
		}
	}
	for _, r := range records {
		if err := h.company(r, members[r.ID], employer[r.ID]); err != nil {
			h.bad = append(h.bad, fmt.Errorf("company %s: %w", r.ID, err))
		}
	}
	return nil
}

// company tells its members, and those people who were read themselves. What
// they learn is as new as the latest of what it follows from: the company's own
// change, the association's, the contact's.
func (h *hydration) company(r Record, members []Association, people []Record) error {
	at, err := r.modified()
	if err != nil {
		return err
	}
	learnt := map[string]time.Time{}
	note := func(contact string, t time.Time) {
		if t.After(learnt[contact]) {
			learnt[contact] = t
		}
	}
	for _, m := range members {
		if m.Primary {
			note(m.To, at)
			note(m.To, h.plan.associated[r.Object])
		}
	}
	for _, p := range people {
		note(p.ID, at)
		if t, err := p.modified(); err == nil {
			note(p.ID, t)
		}
	}
	c := customer.Contact{Attributes: r.attributes(map[string]string{
		"name": "company", "domain": "company_domain", "industry": "industry", "numberofemployees": "employees",
		"annualrevenue": "annual_revenue", "country": "company_country", "hs_is_target_account": "target_account",
	})}
	if c.Attributes == nil {
		return nil
	}
	for _, contact := range slices.SortedFunc(maps.Keys(learnt), compareIDs) {
		record := Object{h.portal, contacts, contact}.record()
		h.events = append(h.events, customer.Event{Record: record, Fact: &customer.Fact{Record: record,
			Key: customer.ContactKey("company", c), Version: r.version(learnt[contact]), At: learnt[contact], Body: customer.Body{Contact: &c}}})
	}
	return nil
}
