package demo

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// An event is one element of a HubSpot delivery.
type event struct {
	EventID           int64   `json:"eventId"`
	SubscriptionID    int64   `json:"subscriptionId"`
	PortalID          int64   `json:"portalId"`
	AppID             int64   `json:"appId"`
	OccurredAt        int64   `json:"occurredAt"`
	Type              string  `json:"subscriptionType"`
	Attempt           int     `json:"attemptNumber"`
	ObjectTypeID      string  `json:"objectTypeId,omitempty"`
	ObjectID          int64   `json:"objectId"`
	ChangeSource      string  `json:"changeSource"`
	ChangeFlag        string  `json:"changeFlag,omitempty"`
	SourceID          string  `json:"sourceId,omitempty"`
	Property          string  `json:"propertyName,omitempty"`
	Value             *string `json:"propertyValue,omitempty"`
	Sensitive         *bool   `json:"isSensitive,omitempty"`
	Primary           *bool   `json:"isPrimaryAssociation,omitempty"`
	PrimaryObject     int64   `json:"primaryObjectId,omitempty"`
	MergedObjects     []int64 `json:"mergedObjectIds,omitempty"`
	NewObject         int64   `json:"newObjectId,omitempty"`
	MovedProperties   int     `json:"numberOfPropertiesMoved,omitempty"`
	Association       string  `json:"associationType,omitempty"`
	From              int64   `json:"fromObjectId,omitempty"`
	To                int64   `json:"toObjectId,omitempty"`
	Removed           *bool   `json:"associationRemoved,omitempty"`
	FromType          string  `json:"fromObjectTypeId,omitempty"`
	ToType            string  `json:"toObjectTypeId,omitempty"`
	AssociationTypeID int     `json:"associationTypeId,omitempty"`
	Category          string  `json:"associationCategory,omitempty"`

	what string // creation, propertyChange…
	when time.Time
}

func (e event) at() time.Time { return e.when }

// describe fills in what follows from e's record and the account. Before the
// crm's generic instant events name their kind; afterwards all are objects,
// except for erasures, of which there is but one format.
func (e *event) describe(c *crm, r *record) {
	e.EventID, e.PortalID, e.AppID = 3000000000+int64(c.dice.IntN(900000000)), c.shop.options.Portal, 4210286
	e.OccurredAt, e.ObjectID = e.when.UnixMilli(), r.id
	e.SubscriptionID = 2881778 + int64(len(e.what)) + 100*int64(len(e.Property))
	e.Type = singular(r.kind) + "." + e.what
	if e.what != "privacyDeletion" && !e.when.Before(c.generic) {
		e.Type, e.ObjectTypeID = "object."+e.what, typeID(r.kind)
		if e.what == "propertyChange" {
			no := false
			e.Sensitive = &no
		}
	}
}

// batch groups the events as HubSpot does: what happened within some seconds
// goes out together, a hundred at most.
func (c *crm) batch() {
	slices.SortStableFunc(c.events, func(a, b event) int { return cmp.Compare(a.OccurredAt, b.OccurredAt) })
	for _, e := range c.events {
		n := len(c.batches)
		if n > 0 && len(c.batches[n-1]) < 100 && e.when.Sub(c.batches[n-1][0].when) < 10*time.Second {
			c.batches[n-1] = append(c.batches[n-1], e)
			continue
		}
		c.batches = append(c.batches, []event{e})
	}
}

// endings merges, deletes and erases a few contacts. A merge makes a new
// record, of which both old ones become aliases.
func (c *crm) endings() {
	people := c.of(contacts)
	end := c.shop.options.End
	quiet := slices.DeleteFunc(people, func(r *record) bool { return len(r.links) > 0 || r.modified.After(end.Add(-40*day)) })
	size := max(1, c.shop.options.Customers/500)
	for i := 0; i < len(quiet) && i < size; i++ {
		c.merge(quiet[i], c.double(quiet[i]), end.Add(-c.dice.between(5*day, 30*day)))
	}
	for i := size; i < len(quiet) && i < 2*size+2; i++ {
		r := quiet[i]
		r.died = end.Add(-c.dice.between(day, 30*day))
		if i < size+2 {
			r.erased = true
			c.say(r, event{what: "privacyDeletion", ChangeFlag: "DELETED", ChangeSource: "CRM_UI", when: r.died})
		}
		c.say(r, event{what: "deletion", ChangeFlag: "DELETED", ChangeSource: "CRM_UI", when: r.died})
	}
	closed := c.of(deals)
	for i := 0; i < len(closed); i += 40 {
		r := closed[i]
		r.died = r.modified.Add(10 * day)
		if r.died.Before(end) {
			c.say(r, event{what: "deletion", ChangeFlag: "DELETED", ChangeSource: "CRM_UI", when: r.died})
		} else {
			r.died = time.Time{}
		}
	}
}

// double makes a second contact of the same person, under an address at work.
func (c *crm) double(r *record) *record {
	properties := maps.Clone(r.properties)
	properties["email"] = "office." + strings.Replace(r.properties["email"], "@", ".work@", 1)
	return c.add(contacts, r.born.Add(day), "FORM", properties)
}

func (c *crm) merge(a, b *record, at time.Time) {
	properties := maps.Clone(b.properties)
	maps.Copy(properties, a.properties)
	survivor := &record{kind: contacts, id: a.id + 500000009, born: at, modified: at, properties: properties}
	properties["hs_merged_object_ids"] = fmt.Sprintf("%d;%d", a.id, b.id)
	a.into, b.into, a.merged, b.merged = survivor, survivor, at, at
	c.records = append(c.records, survivor)
	c.byID[key(contacts, survivor.id)] = survivor
	c.say(a, event{what: "merge", ChangeSource: "CRM_UI", when: at, PrimaryObject: a.id, MergedObjects: []int64{b.id}, NewObject: survivor.id, MovedProperties: 11})
}

func (c *crm) of(kind string) []*record {
	var all []*record
	for _, r := range c.records {
		if r.kind == kind {
			all = append(all, r)
		}
	}
	return all
}

func singular(kind string) string {
	return map[string]string{contacts: "contact", companies: "company", deals: "deal", tickets: "ticket"}[kind]
}

func typeID(kind string) string {
	return map[string]string{contacts: "0-1", companies: "0-2", deals: "0-3", tickets: "0-5"}[kind]
}

// associationType returns HubSpot's number of an association's direction.
func associationType(from, to string) int {
	return map[string]int{
		contacts + companies: 1, companies + contacts: 2, deals + contacts: 3, contacts + deals: 4, deals + companies: 5, companies + deals: 6,
		contacts + tickets: 15, tickets + contacts: 16,
	}[from+to]
}

func maxTime(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
