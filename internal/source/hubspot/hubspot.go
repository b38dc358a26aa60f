// Package hubspot turns what HubSpot sends into events. HubSpot's webhooks say
// which objects changed, hardly ever how, so the package asks HubSpot's API for
// their present state.
package hubspot

import (
	"errors"
	"fmt"

	"holdfast/internal/customer"
)

var (
	// ErrUnwanted: a valid delivery in which nothing is of use.
	ErrUnwanted = errors.New("hubspot: nobody wants these subscriptions")
	// ErrNoToken: there is no access token, so no object can be read. Retrying
	// helps once one is configured.
	ErrNoToken = errors.New("hubspot: no access token is configured for the portal")
	// ErrRateLimited: HubSpot allows no more calls for now. Retry later.
	ErrRateLimited = errors.New("hubspot: rate limit reached")
	// ErrUnavailable: HubSpot did not answer, or with an error of its own, or
	// refused the token. Retry later.
	ErrUnavailable = errors.New("hubspot: API not available")
)

// The types of objects that are read.
const (
	contacts  = "contacts"
	companies = "companies"
	deals     = "deals"
	tickets   = "tickets"
)

// An Object is one record of a portal.
type Object struct {
	Portal string // digits
	Type   string // contacts, companies, deals or tickets
	ID     string // digits
}

func (o Object) account() customer.Account { return customer.Account("hubspot/" + o.Portal) }

// record returns the identity of o. A contact is a person's own record, the
// others are things of a person's.
func (o Object) record() customer.Identity {
	switch o.Type {
	case contacts:
		return o.account().Record(o.ID)
	case companies:
		return o.account().Record("company", o.ID)
	case deals:
		return o.account().Record("deal", o.ID)
	}
	return o.account().Record("ticket", o.ID)
}

func invalid(field, need string) error {
	return fmt.Errorf("%w: %s: %s", customer.ErrInvalid, field, need)
}
