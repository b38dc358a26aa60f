package dynamo

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"holdfast/internal/customer"
)

// The attributes of a profile. Names are short because DynamoDB counts them.
//
//	pk customer  v version  i records  n tags  d deleted  x blocked  q seen
//	e email  p phone  f first name  l last name  g language  c country
//	r region  t city  z postcode  o time zone  s state  b created  a attributes
//	m mail  h sms  k books  G goods  C codes  u carts  w service  y deals  j surveys  A reported
//	S activity  T details of it  D derived
func profileItem(p customer.Profile) item {
	it := make(item, 24)
	it["pk"] = text(string(p.ID))
	it["v"] = number(p.Version)
	setTexts(it, "i", packAll(p.Records, shortRecord))
	setTexts(it, "n", p.Tags)
	if p.Deleted {
		it["d"] = &types.AttributeValueMemberBOOL{Value: true}
	}
	setText(it, "x", p.Blocked)
	setText(it, "q", seconds(p.Seen))
	setContact(it, p.Contact)
	setText(it, "m", packPermission(p.Mail))
	setText(it, "h", packPermission(p.SMS))
	setTexts(it, "k", packAll(p.Books, packBook))
	setText(it, "G", packGoods(p.Goods))
	setTexts(it, "C", p.Codes)
	setText(it, "u", packCarts(p.Carts))
	setText(it, "w", packService(p.Service))
	setText(it, "y", packDeals(p.Deals))
	setText(it, "j", packSurveys(p.Surveys))
	setText(it, "A", packReported(p.Reported))
	setTexts(it, "S", packAll(p.Activity, packSeries))
	setTexts(it, "T", packDetails(p.Activity))
	setText(it, "D", packDerived(p.Derived))
	return it
}

func profileOf(it item) (customer.Profile, error) {
	d := decoding{it: it}
	p := customer.Profile{ID: customer.ID(getText(it, "pk"))}
	var err error
	p.Version, err = getNumber(it, "v")
	d.keep(err)
	for _, r := range getTexts[string](it, "i") {
		p.Records = append(p.Records, longRecord(r))
	}
	p.Tags = getTexts[string](it, "n")
	if v, ok := it["d"].(*types.AttributeValueMemberBOOL); ok {
		p.Deleted = v.Value
	}
	p.Blocked = getText(it, "x")
	p.Seen, err = parseSeconds(getText(it, "q"))
	d.keep(err)
	p.Contact, err = getContact(it)
	d.keep(err)
	p.Mail = one(&d, "m", permission)
	p.SMS = one(&d, "h", permission)
	p.Books = all(&d, "k", book)
	p.Goods = one(&d, "G", goods)
	p.Codes = getTexts[string](it, "C")
	p.Carts = one(&d, "u", carts)
	p.Service = one(&d, "w", service)
	p.Deals = one(&d, "y", deals)
	p.Surveys = one(&d, "j", surveys)
	p.Reported = one(&d, "A", reported)
	p.Activity = all(&d, "S", series)
	d.details(p.Activity)
	p.Derived = one(&d, "D", derived)
	if d.err != nil {
		return customer.Profile{}, fmt.Errorf("decode profile %s: %w", p.ID, d.err)
	}
	return p, nil
}

// A decoding keeps the first error of one item.
type decoding struct {
	it  item
	u   unpacker // of the attribute being read
	err error
}

func (d *decoding) keep(err error) {
	if d.err == nil {
		d.err = err
	}
}

// one reads one packed attribute, the zero value if it is not there.
func one[T any](d *decoding, name string, read func(*unpacker) T) (v T) {
	s := getText(d.it, name)
	if s == "" {
		return v
	}
	d.u = unpacker{s: s}
	v = read(&d.u)
	d.keep(d.u.err)
	return v
}

// all reads a list of packed texts.
func all[T any](d *decoding, name string, read func(*unpacker) T) []T {
	l, ok := d.it[name].(*types.AttributeValueMemberL)
	if !ok || len(l.Value) == 0 {
		return nil
	}
	values := make([]T, len(l.Value))
	for i, e := range l.Value {
		if s, ok := e.(*types.AttributeValueMemberS); ok {
			d.u = unpacker{s: s.Value}
			values[i] = read(&d.u)
			d.keep(d.u.err)
		}
	}
	return values
}

func packAll[T any](values []T, pack func(T) string) []string {
	if len(values) == 0 {
		return nil
	}
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = pack(v)
	}
	return texts
}

func setContact(it item, c customer.Contact) {
	setText(it, "e", string(c.Email))
	setText(it, "p", string(c.Phone))
	setText(it, "f", c.FirstName)
	setText(it, "l", c.LastName)
	setText(it, "g", c.Language)
	setText(it, "c", c.Country)
	setText(it, "r", c.Region)
	setText(it, "t", c.City)
	setText(it, "z", c.Postcode)
	setText(it, "o", c.TimeZone)
	setText(it, "s", c.State)
	setText(it, "b", seconds(c.Created))
	if len(c.Attributes) > 0 {
		m := make(item, len(c.Attributes))
		for name, value := range c.Attributes {
			m[attributes.short(name)] = text(value)
		}
		it["a"] = &types.AttributeValueMemberM{Value: m}
	}
}

func getContact(it item) (customer.Contact, error) {
	created, err := parseSeconds(getText(it, "b"))
	c := customer.Contact{
		Email:     customer.Email(getText(it, "e")),
		Phone:     customer.Phone(getText(it, "p")),
		FirstName: getText(it, "f"),
		LastName:  getText(it, "l"),
		Language:  getText(it, "g"),
		Country:   getText(it, "c"),
		Region:    getText(it, "r"),
		City:      getText(it, "t"),
		Postcode:  getText(it, "z"),
		TimeZone:  getText(it, "o"),
		State:     getText(it, "s"),
		Created:   created,
	}
	if m, ok := it["a"].(*types.AttributeValueMemberM); ok && len(m.Value) > 0 {
		c.Attributes = make(map[string]string, len(m.Value))
		for name := range m.Value {
			c.Attributes[attributes.long(name)] = getText(m.Value, name)
		}
	}
	return c, err
}
