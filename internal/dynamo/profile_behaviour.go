package dynamo

import (
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"holdfast/internal/customer"
)

// What a customer bought and did, packed. Days are written as how many they
// lie from the one before.

// packGoods writes a part for each good; one of the category of the good before
// writes "=" for it.
func packGoods(goods []customer.Good) string {
	var w packer
	before := customer.Good{}
	for i, g := range goods {
		if i > 0 {
			w.part()
		}
		w.text(g.SKU)
		w.text(g.Title)
		w.raw(categoryAfter(before, g))
		w.int(int64(before.Last - g.Last))
		w.int(int64(g.Last - g.First))
		w.int(int64(g.Units))
		w.int(int64(g.Days))
		before = g
	}
	return w.String()
}

func categoryAfter(before, g customer.Good) string {
	switch {
	case g.Category != "" && g.Category == before.Category:
		return "="
	case g.Category == "=":
		return "%3D"
	}
	return escape.Replace(g.Category)
}

func goods(u *unpacker) []customer.Good {
	all := make([]customer.Good, 0, u.left()+1)
	before := customer.Good{}
	for more := true; more; more = u.part() {
		g := customer.Good{SKU: u.text(), Title: u.text()}
		if c := u.raw(); c == "=" {
			g.Category = before.Category
		} else {
			g.Category = unescape.Replace(c)
		}
		g.Last = before.Last - u.int()
		g.First = g.Last - u.int()
		g.Units, g.Days = u.int(), u.int()
		all = append(all, g)
		before = g
	}
	return all
}

func packCount(w *packer, c customer.Count, before int) {
	w.int(int64(c.Day - before))
	w.int(int64(c.N))
	w.int(int64(c.Seconds))
}

func dayCount(u *unpacker, before int) customer.Count {
	return customer.Count{Day: before + u.int(), N: u.int(), Seconds: u.int()}
}

func packSeries(s customer.Series) string {
	var w packer
	w.text(s.Name)
	before := 0
	for _, c := range s.Counts {
		w.part()
		packCount(&w, c, before)
		before = c.Day
	}
	return w.String()
}

func series(u *unpacker) customer.Series {
	s := customer.Series{Name: u.text()}
	if n := u.left(); n > 0 {
		s.Counts = make([]customer.Count, 0, n)
	}
	before := 0
	for u.part() {
		c := dayCount(u, before)
		s.Counts = append(s.Counts, c)
		before = c.Day
	}
	return s
}

// packDetails returns a text for each series that has details, which begins
// with the number of the series, counted from 0.
func packDetails(all []customer.Series) []string {
	var texts []string
	for i, s := range all {
		if len(s.Details) == 0 {
			continue
		}
		var w packer
		w.int(int64(i))
		before := 0
		for _, d := range s.Details {
			w.part()
			packCount(&w, d.Count, before)
			w.int(int64(len(d.Of)))
			for _, p := range d.Of {
				w.text(p.Name)
				w.text(p.Value)
			}
			before = d.Day
		}
		texts = append(texts, w.String())
	}
	return texts
}

// details reads the details of all series into them.
func (d *decoding) details(all []customer.Series) {
	l, ok := d.it["T"].(*types.AttributeValueMemberL)
	if !ok {
		return
	}
	for _, e := range l.Value {
		text, ok := e.(*types.AttributeValueMemberS)
		if !ok {
			continue
		}
		d.u = unpacker{s: text.Value}
		i := d.u.int()
		if of := details(&d.u); i >= 0 && i < len(all) {
			all[i].Details = of
		}
		d.keep(d.u.err)
	}
}

func details(u *unpacker) []customer.Detail {
	all := make([]customer.Detail, 0, u.left())
	before := 0
	for u.part() {
		d := customer.Detail{Count: dayCount(u, before)}
		for range min(u.int(), len(u.s)) {
			d.Of = append(d.Of, customer.Property{Name: u.text(), Value: u.text()})
		}
		all = append(all, d)
		before = d.Day
	}
	return all
}
