package hubspot

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"holdfast/internal/customer"
)

// MaxBatch is how many changes HubSpot puts into one delivery at most.
const MaxBatch = 100

// A Change is one element of a delivery: that something happened to an object.
type Change struct {
	Portal   string
	Type     string // contacts, companies, deals, tickets; "" for any other
	Action   string // creation, propertyChange, deletion, restore, merge, associationChange, privacyDeletion…
	ID       string // "" for an associationChange that names both sides only
	Event    string // not unique
	Occurred time.Time
	Property string // propertyChange: its name; the value is truncated at times, and is read instead

	Primary string   // merge: the record people chose to keep
	Merged  []string // merge: the records joined into it
	New     string   // merge: the record that stands for all of them, if it is a new one

	From, To Object // associationChange: Type "" for a kind that is of no use
}

// Parse returns the changes of one verified delivery, in HubSpot's old format
// (contact.creation) or the generic one (object.creation and a type's number).
// The error wraps [customer.ErrInvalid] and lists the elements, counted from 0,
// that could not be understood; the others are returned with it.
func Parse(body []byte) ([]Change, error) {
	var elements []json.RawMessage
	if err := json.Unmarshal(body, &elements); err != nil || elements == nil {
		return nil, invalid("body", "must be a JSON list of events")
	}
	if len(elements) > MaxBatch {
		return nil, invalid("body", fmt.Sprintf("must hold %d events at most", MaxBatch))
	}
	var changes []Change
	var bad []error
	for i, raw := range elements {
		c, err := parseChange(raw)
		if err != nil {
			bad = append(bad, fmt.Errorf("element %d: %w", i, err))
			continue
		}
		changes = append(changes, c)
	}
	return changes, errors.Join(bad...)
}

// element is a change as sent. All ids are numbers, some above 2^53.
type element struct {
	SubscriptionType string      `json:"subscriptionType"`
	EventType        string      `json:"eventType"` // what HubSpot's documents call it in places
	PortalID         json.Number `json:"portalId"`
	EventID          json.Number `json:"eventId"`
	OccurredAt       json.Number `json:"occurredAt"`
	ObjectID         json.Number `json:"objectId"`
	ObjectTypeID     string      `json:"objectTypeId"`
	PropertyName     string      `json:"propertyName"`

	PrimaryObjectID json.Number   `json:"primaryObjectId"`
	MergedObjectIDs []json.Number `json:"mergedObjectIds"`
	NewObjectID     json.Number   `json:"newObjectId"`

	AssociationType  string      `json:"associationType"`
	FromObjectID     json.Number `json:"fromObjectId"`
	ToObjectID       json.Number `json:"toObjectId"`
	FromObjectTypeID string      `json:"fromObjectTypeId"`
	ToObjectTypeID   string      `json:"toObjectTypeId"`
}

func parseChange(raw json.RawMessage) (Change, error) {
	var e element
	if err := json.Unmarshal(raw, &e); err != nil {
		var kind *json.UnmarshalTypeError
		if errors.As(err, &kind) && kind.Field != "" {
			return Change{}, invalid(kind.Field, "must be "+shape(kind.Type.Kind()))
		}
		return Change{}, invalid("event", "must be an object with numbers for ids")
	}
	name := e.SubscriptionType
	if name == "" {
		name = e.EventType
	}
	subject, action, ok := strings.Cut(name, ".")
	if !ok || subject == "" || action == "" {
		return Change{}, invalid("subscriptionType", "must be a name such as contact.creation")
	}
	c := Change{Type: typeNamed(subject), Action: action, Property: e.PropertyName}
	if subject == "object" {
		c.Type = typeNumbered(e.ObjectTypeID)
	}
	if !c.wanted(e) {
		return c, nil
	}
	return c, c.fill(e)
}

// wanted reports whether c is about an object that we read; what the others
// lack is no error.
func (c Change) wanted(e element) bool {
	if c.Action == "associationChange" {
		return typeOf(e.FromObjectTypeID, e.AssociationType, 0) != "" || typeOf(e.ToObjectTypeID, e.AssociationType, 1) != ""
	}
	return c.Type != ""
}

func shape(k reflect.Kind) string {
	switch k {
	case reflect.Slice:
		return "a list of whole numbers"
	case reflect.Struct:
		return "an object"
	}
	return "a text, or a whole number if it is an id"
}

// fill reads the numbers of e into c.
func (c *Change) fill(e element) error {
	ids := reader{}
	c.Portal = ids.need("portalId", e.PortalID)
	c.Event = ids.maybe("eventId", e.EventID)
	c.Occurred = ids.instant("occurredAt", e.OccurredAt)
	if c.Action == "associationChange" {
		c.ID = ids.maybe("objectId", e.ObjectID)
		c.From = Object{c.Portal, typeOf(e.FromObjectTypeID, e.AssociationType, 0), ids.need("fromObjectId", e.FromObjectID)}
		c.To = Object{c.Portal, typeOf(e.ToObjectTypeID, e.AssociationType, 1), ids.need("toObjectId", e.ToObjectID)}
		return ids.err
	}
	c.New = ids.maybe("newObjectId", e.NewObjectID)
	c.Primary = ids.maybe("primaryObjectId", e.PrimaryObjectID)
	for _, n := range e.MergedObjectIDs {
		c.Merged = append(c.Merged, ids.need("mergedObjectIds", n))
	}
	if c.ID = ids.maybe("objectId", e.ObjectID); c.ID == "" {
		c.ID = c.Primary
	}
	if c.ID == "" {
		return invalid("objectId", "missing; the number of an object is needed")
	}
	return ids.err
}

// reader reads numbers and remembers the first that is none.
type reader struct{ err error }

func (r *reader) fail(field, need string) {
	if r.err == nil {
		r.err = invalid(field, need)
	}
}

func (r *reader) maybe(field string, n json.Number) string {
	if n == "" || n == "0" {
		return ""
	}
	s := number(n)
	if s == "" {
		r.fail(field, "must be a whole number")
	}
	return s
}

// number returns n's digits, "" if n is no positive whole number of 64 bits.
func number(n json.Number) string {
	u, err := strconv.ParseUint(string(n), 10, 64)
	if err != nil || u == 0 {
		return ""
	}
	return strconv.FormatUint(u, 10)
}

func (r *reader) need(field string, n json.Number) string {
	s := r.maybe(field, n)
	if s == "" {
		r.fail(field, "missing; a whole number is needed")
	}
	return s
}

func (r *reader) instant(field string, n json.Number) time.Time {
	ms, err := strconv.ParseInt(string(n), 10, 64)
	if err != nil || ms <= 0 || ms > maxMillis {
		r.fail(field, "must be milliseconds since 1970, such as 1790000000123")
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// maxMillis is the end of year 9999, beyond which a [customer.Version] cannot
// order instants.
const maxMillis = 253402300799999

func typeNamed(s string) string {
	switch strings.ToLower(s) {
	case "contact":
		return contacts
	case "company":
		return companies
	case "deal":
		return deals
	case "ticket":
		return tickets
	}
	return ""
}

func typeNumbered(s string) string {
	switch s {
	case "0-1":
		return contacts
	case "0-2":
		return companies
	case "0-3":
		return deals
	case "0-5":
		return tickets
	}
	return ""
}

// typeOf returns the type of one side of an association, of which old formats
// give a name only: "CONTACT_TO_COMPANY".
func typeOf(number, association string, side int) string {
	if number != "" {
		return typeNumbered(number)
	}
	from, to, _ := strings.Cut(association, "_TO_")
	return typeNamed([]string{from, to}[side])
}

// version orders what changes say; at one instant the action decides.
func (c Change) version() customer.Version { return customer.NewVersion(c.Occurred, c.Action) }
