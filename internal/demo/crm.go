package demo

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The kinds of records in the CRM, as HubSpot's API names them.
const (
	contacts  = "contacts"
	companies = "companies"
	deals     = "deals"
	tickets   = "tickets"
)

// A record is one object of the CRM. Its properties are those it has in the
// end; it exists from born until died or merged.
type record struct {
	kind       string
	id         int64
	born       time.Time
	died       time.Time
	erased     bool // died for good, not into the recycle bin
	merged     time.Time
	into       *record
	modified   time.Time
	properties map[string]string
	links      []*record
}

// A crm is HubSpot's side of the shop: contacts, a quarter of the customers
// and people who never bought, the companies they work for, deals and tickets.
type crm struct {
	dice    dice
	shop    *Shop
	records []*record
	byID    map[string]*record // by kind and id
	events  []event
	batches [][]event
	generic time.Time // from when on events come in the object.* format
}

func newCRM(s *Shop) *crm {
	start, end := s.start(), s.options.End
	c := &crm{dice: newDice(s.options.Seed, 1<<61), shop: s, byID: map[string]*record{}, generic: start.Add(end.Sub(start) / 2)}
	imported := start.Add(min(45*day, end.Sub(start)/4)).Truncate(time.Second)
	firms := c.firms(max(3, s.options.Customers/25), imported)
	for _, p := range s.people {
		if p.into == nil && p.deleted.IsZero() && c.dice.chance(0.25) {
			c.customer(p, firms, imported)
		}
	}
	towns := places()
	for i := range s.options.Customers / 8 {
		c.prospect(i, towns, firms, imported)
	}
	c.endings()
	c.batch()
	return c
}

// add stores a record born at an instant, with the events of its creation: a
// property each, and the creation itself not first.
func (c *crm) add(kind string, born time.Time, source string, properties map[string]string) *record {
	base := map[string]int64{contacts: 108400000000, companies: 21300000000, deals: 30100000000, tickets: 17700000000}[kind]
	r := &record{kind: kind, id: base + int64(len(c.records))*1013 + int64(c.dice.IntN(1000)), born: born, modified: born, properties: properties}
	if len(c.records)%211 == 210 {
		r.id += 1 << 54
	}
	c.records = append(c.records, r)
	c.byID[key(kind, r.id)] = r
	said := 0
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		if !c.subscribed(name) {
			continue
		}
		c.say(r, event{what: "propertyChange", Property: name, Value: text(webhookValue(name, properties[name])), ChangeSource: source, when: born})
		if said++; said == 1 {
			c.say(r, event{what: "creation", ChangeFlag: "CREATED", ChangeSource: source, when: born})
		}
	}
	return r
}

func key(kind string, id int64) string { return kind + "/" + strconv.FormatInt(id, 10) }

// set changes a property at an instant.
func (c *crm) set(r *record, at time.Time, name, value string) {
	if !at.Before(c.shop.options.End) {
		return
	}
	r.properties[name] = value
	if at.After(r.modified) {
		r.modified = at
	}
	if c.subscribed(name) {
		v := webhookValue(name, value)
		c.say(r, event{what: "propertyChange", Property: name, Value: &v, ChangeSource: "CRM_UI", when: at, SourceID: "userId:75514748"})
	}
}

// subscribed reports whether the account has a subscription for a property.
func (c *crm) subscribed(name string) bool {
	switch name {
	case "email", "lifecyclestage", "hs_email_optout", "numberofemployees", "annualrevenue", "industry", "dealstage", "amount",
		"hs_pipeline_stage", "hs_ticket_priority", "closed_date":
		return true
	}
	return false
}

// webhookValue writes dates as webhooks do, in milliseconds; the API writes
// the same ones as ISO strings.
func webhookValue(name, value string) string {
	if t, err := time.Parse(time.RFC3339, value); err == nil && strings.HasSuffix(name, "date") {
		return strconv.FormatInt(t.UnixMilli(), 10)
	}
	return value
}

// link associates two records, once from each side.
func (c *crm) link(a, b *record, at time.Time) {
	if slices.Contains(a.links, b) {
		return
	}
	a.links, b.links = append(a.links, b), append(b.links, a)
	for _, side := range [][2]*record{{a, b}, {b, a}} {
		from, to := side[0], side[1]
		yes, no := true, false
		c.say(from, event{what: "associationChange", ChangeSource: "API", when: at, From: from.id, To: to.id,
			Association: strings.ToUpper(singular(from.kind) + "_to_" + singular(to.kind)), Removed: &no, Primary: &yes,
			FromType: typeID(from.kind), ToType: typeID(to.kind), AssociationTypeID: associationType(from.kind, to.kind), Category: "HUBSPOT_DEFINED"})
	}
}

func (c *crm) say(r *record, e event) {
	if !e.when.Before(c.shop.options.End) {
		return
	}
	e.describe(c, r)
	c.events = append(c.events, e)
}

func iso(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// firms makes companies of a kind that buys coffee for its people or guests.
func (c *crm) firms(n int, imported time.Time) []*record {
	var all []*record
	d := c.dice
	for i := range n {
		name := pick(d, []string{"Alder", "Bramble", "Cinder", "Drift", "Ember", "Fjord", "Grove", "Harbour", "Isle", "Juniper", "Kelp", "Larch", "Meadow", "North Pier", "Otter"}) + " " +
			pick(d, []string{"Studio", "Hotel", "Café", "Works", "Partners", "Clinic", "Software", "Books", "Logistics", "Architects"})
		towns := places()
		home := weighted(d, towns, func(p place) float64 { return p.weight })
		size := int(2 + d.ExpFloat64()*d.ExpFloat64()*120)
		born := imported
		if i%3 == 0 {
			born = imported.Add(time.Duration(d.Float64() * float64(c.shop.options.End.Sub(imported)))).Truncate(time.Second)
		}
		industry := pick(d, []string{"COMPUTER_SOFTWARE", "HOSPITALITY", "RESTAURANTS", "DESIGN", "LAW_PRACTICE", "HOSPITAL_HEALTH_CARE", "RETAIL", "ARCHITECTURE_PLANNING", "LOGISTICS_AND_SUPPLY_CHAIN"})
		r := c.add(companies, born, "IMPORT", map[string]string{
			"name": fmt.Sprintf("%s %d", name, i+1), "domain": fmt.Sprintf("%s-%d.example.com", strings.ReplaceAll(ascii(name), "é", "e"), i+1),
			"industry": industry, "numberofemployees": strconv.Itoa(size), "annualrevenue": strconv.Itoa(size * (60 + d.IntN(120)) * 1000),
			"country": home.country, "city": home.city, "createdate": iso(born), "hs_is_target_account": strconv.FormatBool(size > 200),
		})
		if d.chance(0.2) {
			at := born.Add(d.between(20*day, 300*day))
			c.set(r, at, "numberofemployees", strconv.Itoa(size+1+size/5))
			c.set(r, at, "annualrevenue", strconv.Itoa((size+1+size/5)*90000))
		}
		all = append(all, r)
	}
	return all
}

// customer makes the contact of somebody who has an account at the shop, found
// by the same address.
func (c *crm) customer(p *person, firms []*record, imported time.Time) {
	born := p.created.Add(c.dice.between(time.Minute, 2*day))
	source := "INTEGRATION"
	if born.Before(imported) {
		born, source = imported, "IMPORT"
	}
	if !born.Before(c.shop.options.End) {
		return
	}
	r := c.contact(p, born, source)
	if len(p.orders) > 0 {
		c.set(r, maxTime(born.Add(time.Hour), p.orders[0].placed.Add(time.Hour)), "lifecyclestage", "customer")
	}
	if c.dice.chance(0.35) {
		c.employ(r, pick(c.dice, firms))
	}
	last := len(p.orders) - 1
	for c.dice.chance(0.28) && last >= 0 && p.orders[last].placed.After(born) {
		c.ticket(r, p.orders[last].placed.Add(c.dice.between(hour, 12*day)))
		last--
	}
}

// prospect makes a contact who has never been to the shop.
func (c *crm) prospect(i int, towns []place, firms []*record, imported time.Time) {
	d := newDice(c.shop.options.Seed, 1<<42+uint64(i))
	p := newPerson(d, 1000000+i, towns, c.shop.numbers)
	born := imported
	if i%3 > 0 {
		born = imported.Add(time.Duration(d.Float64() * float64(c.shop.options.End.Sub(imported)))).Truncate(time.Second)
	}
	source := map[bool]string{true: "IMPORT", false: "FORM"}[born.Equal(imported)]
	r := c.contact(p, born, source)
	at := born
	for _, stage := range []string{"lead", "marketingqualifiedlead", "salesqualifiedlead", "opportunity"} {
		if at = at.Add(d.between(2*day, 60*day)); d.chance(0.45) {
			break
		}
		c.set(r, at, "lifecyclestage", stage)
	}
	if d.chance(0.6) {
		firm := pick(c.dice, firms)
		c.employ(r, firm)
		if d.chance(0.5) {
			c.deal(r, firm, at)
		}
	}
}

func (c *crm) contact(p *person, born time.Time, source string) *record {
	d := c.dice
	properties := map[string]string{
		"email": p.email, "firstname": p.first, "lastname": p.last, "lifecyclestage": "subscriber", "createdate": iso(born),
		"country": p.home.country, "city": p.home.city, "zip": p.zip, "hs_language": strings.ToLower(p.home.locale),
		"hs_email_optout": "false", "hs_marketable_status": "true",
	}
	if p.phone != "" {
		properties["phone"] = p.phone
	}
	if p.home.province != "" {
		properties["state"] = p.home.province
	}
	r := c.add(contacts, born, source, properties)
	if d.chance(0.04) {
		c.set(r, born.Add(d.between(10*day, 200*day)), "hs_email_optout", "true")
	}
	return r
}

// employ joins a contact to a company, with a role there.
func (c *crm) employ(r, firm *record) {
	at := maxTime(r.born, firm.born).Add(c.dice.between(time.Second, 2*hour))
	if !at.Before(c.shop.options.End) {
		return
	}
	r.properties["jobtitle"] = pick(c.dice, []string{"Office Manager", "Head of Purchasing", "Owner", "Barista", "Team Lead", "Founder", "Event Manager"})
	r.properties["company"] = firm.properties["name"]
	r.properties["associatedcompanyid"] = strconv.FormatInt(firm.id, 10)
	r.modified = maxTime(r.modified, at)
	c.link(r, firm, at)
}

func (c *crm) deal(r, firm *record, at time.Time) {
	d, end := c.dice, c.shop.options.End
	at = maxTime(at, maxTime(r.born, firm.born)).Add(d.between(hour, 20*day))
	if !at.Before(end) {
		return
	}
	deal := c.add(deals, at, "CRM_UI", map[string]string{
		"dealname": "Office supply, " + firm.properties["name"], "amount": strconv.Itoa(300+d.IntN(9000)) + ".50", "deal_currency_code": string(c.shop.options.Currency),
		"dealstage": "appointmentscheduled", "pipeline": "default", "closedate": iso(at.Add(60 * day)), "hs_is_closed_won": "false", "createdate": iso(at),
	})
	c.link(deal, r, at.Add(time.Second))
	c.link(deal, firm, at.Add(2*time.Second))
	for _, stage := range []string{"qualifiedtobuy", "presentationscheduled", "contractsent"} {
		if at = at.Add(d.between(3*day, 25*day)); at.After(end) {
			return
		}
		c.set(deal, at, "dealstage", stage)
	}
	at, stage := at.Add(d.between(3*day, 25*day)), "closedlost"
	if d.chance(0.55) {
		stage = "closedwon"
	}
	if at.Before(end) {
		c.set(deal, at, "dealstage", stage)
		c.set(deal, at, "closedate", iso(at))
		c.set(deal, at, "hs_is_closed_won", strconv.FormatBool(stage == "closedwon"))
	}
}

func (c *crm) ticket(r *record, at time.Time) {
	d := c.dice
	if !at.Before(c.shop.options.End) {
		return
	}
	about := pick(d, [][2]string{{"Where is my parcel?", "DELIVERY"}, {"Bag arrived torn", "PRODUCT_ISSUE"}, {"Question about grind size", "GENERAL_INQUIRY"}, {"Wrong item", "PRODUCT_ISSUE"}, {"Invoice", "BILLING_ISSUE"}})
	t := c.add(tickets, at, "CRM_UI", map[string]string{
		"subject": about[0], "hs_ticket_category": about[1], "hs_pipeline": "0", "hs_pipeline_stage": "1",
		"hs_ticket_priority": pick(d, []string{"LOW", "MEDIUM", "MEDIUM", "HIGH"}), "createdate": iso(at),
	})
	c.link(t, r, at.Add(time.Second))
	if d.chance(0.3) {
		c.set(t, at.Add(hour), "hs_pipeline_stage", "2")
	}
	if closed := at.Add(d.about(4 * day)).Add(hour * 2); d.chance(0.93) && closed.Before(c.shop.options.End) {
		c.set(t, closed, "hs_pipeline_stage", "4")
		c.set(t, closed, "closed_date", iso(closed))
	}
}
