package dynamo

import (
	"fmt"

	"holdfast/internal/customer"
)

// The attributes of a link: pk identity, v version, b the rest as this
// document. What is an attribute of its own hides the field of that name.
type linkBody struct {
	customer.Link
	Identity none `json:"identity,omitzero"`
	Version  none `json:"version,omitzero"`
}

// none is nothing, in place of what a document leaves out.
type none struct{}

func linkItem(l customer.Link) (item, error) {
	it := item{"pk": text(string(l.Identity)), "v": number(l.Version)}
	return it, setJSON(it, "b", linkBody{Link: l})
}

func linkOf(it item) (customer.Link, error) {
	var b linkBody
	version, err := getNumber(it, "v")
	if err == nil {
		err = getJSON(it, "b", &b)
	}
	if err != nil {
		return customer.Link{}, fmt.Errorf("decode link: %w", err)
	}
	l := b.Link
	l.Identity, l.Version = customer.Identity(getText(it, "pk")), version
	return l, nil
}
