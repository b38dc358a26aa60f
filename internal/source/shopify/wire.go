package shopify

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"time"

	"holdfast/internal/customer"
)

// decode reads JSON into v. Its errors wrap [customer.ErrInvalid] and name the
// field and the shape it must have, never what it holds.
func decode(body []byte, v any) error {
	err := json.Unmarshal(body, v)
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &syntax):
		return invalid("body", fmt.Sprintf("malformed JSON at byte %d", syntax.Offset))
	case errors.As(err, &kind) && kind.Field != "":
		return invalid(kind.Field, "must be "+shape(kind.Type))
	case errors.As(err, &kind):
		return invalid("body", "must be "+shape(kind.Type))
	}
	return invalid("body", "malformed JSON")
}

func shape(t reflect.Type) string {
	switch t {
	case reflect.TypeFor[id]():
		return "a whole number"
	case reflect.TypeFor[gid]():
		return "an id such as gid://shopify/Customer/1"
	case reflect.TypeFor[instant]():
		return "an RFC 3339 time such as 2026-10-05T21:54:50-05:00"
	case reflect.TypeFor[amount]():
		return `a decimal such as "19.99"`
	case reflect.TypeFor[tagList]():
		return "a list of texts, or one text with commas"
	}
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int64:
		return "a whole number"
	case reflect.Slice:
		return "a list"
	case reflect.String:
		return "a text"
	}
	return "an object"
}

func wrong[T any](data []byte) error {
	return &json.UnmarshalTypeError{Value: "value", Type: reflect.TypeFor[T](), Offset: int64(len(data))}
}

// text returns the text or number literal in data; "" for null.
func text(data []byte) (string, bool) {
	switch {
	case string(data) == "null":
		return "", true
	case len(data) > 0 && data[0] == '"':
		var s string
		err := json.Unmarshal(data, &s)
		return s, err == nil
	case len(data) > 0 && strings.IndexByte("-0123456789", data[0]) >= 0:
		return string(data), true
	}
	return "", false
}

// An id is a whole number of any size up to 64 bits, as digits; "" for null.
// Shopify's ids exceed what a float holds.
type id string

func (i *id) UnmarshalJSON(data []byte) error {
	s, ok := text(data)
	if !ok {
		return wrong[id](data)
	}
	if s == "" {
		*i = ""
		return nil
	}
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil || n == 0 {
		return wrong[id](data)
	}
	*i = id(strconv.FormatUint(n, 10))
	return nil
}

// A gid is Shopify's global id of an object, "gid://shopify/Customer/1".
type gid struct {
	kind string
	id   id
}

func (g *gid) UnmarshalJSON(data []byte) error {
	s, ok := text(data)
	if ok && s == "" {
		*g = gid{}
		return nil
	}
	rest, found := strings.CutPrefix(s, "gid://shopify/")
	kind, number, cut := strings.Cut(rest, "/")
	number, _, _ = strings.Cut(number, "?")
	if !ok || !found || !cut || kind == "" || number == "" {
		return wrong[gid](data)
	}
	if n, err := strconv.ParseUint(number, 10, 64); err == nil {
		number = strconv.FormatUint(n, 10)
	}
	*g = gid{kind: kind, id: id(number)}
	return nil
}

// check refuses an object that is of another kind than the topic says.
func (g gid) check(field, kind string) error {
	if g.kind != "" && g.kind != kind {
		return invalid(field, "must name a "+kind+"; the topic does not fit the body")
	}
	return nil
}

// need returns the id of an object that must be there and be of that kind.
func (g gid) need(field, kind string) (string, error) {
	if err := g.check(field, kind); err != nil {
		return "", err
	}
	if _, err := strconv.ParseUint(string(g.id), 10, 64); err != nil {
		return "", invalid(field, "missing; an id such as gid://shopify/"+kind+"/1 is needed")
	}
	return string(g.id), nil
}

// An instant is a time with offset; zero for null or nothing. given says that
// the field was there, be it null.
type instant struct {
	time.Time
	given bool
}

func (i *instant) UnmarshalJSON(data []byte) error {
	*i = instant{given: true}
	s, ok := text(data)
	if ok && s == "" {
		return nil
	}
	t, err := parseTime(s)
	if !ok || err != nil {
		return wrong[instant](data)
	}
	i.Time = t
	return nil
}

// parseTime reads an RFC 3339 time into UTC. Years that a [customer.Version]
// cannot order are refused.
func parseTime(s string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return time.Time{}, err
	}
	t = t.UTC()
	if y := t.Year(); y < 1900 || y > 9999 {
		return time.Time{}, customer.ErrInvalid
	}
	return t, nil
}

// An amount is a decimal as written, text or number; "" for null.
type amount string

func (a *amount) UnmarshalJSON(data []byte) error {
	s, ok := text(data)
	if !ok {
		return wrong[amount](data)
	}
	*a = amount(s)
	return nil
}

// A tagList is given as list or as one text with commas; nil for null.
type tagList []string

func (l *tagList) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		*l = nil
		return nil
	}
	var tags []string
	if s, ok := text(data); ok {
		tags = strings.Split(s, ",")
	} else if err := json.Unmarshal(data, &tags); err != nil {
		return wrong[tagList](data)
	}
	*l = tagList{}
	for _, t := range tags {
		if t = strings.TrimSpace(t); t != "" {
			*l = append(*l, t)
		}
	}
	return nil
}

// name returns a cart's or checkout's token as part of a record's name. Tokens
// look like base64, so a slash in one must not read as a border.
func name(field, token string) (string, error) {
	if token = strings.TrimSpace(token); len(token) > 256 {
		return "", invalid(field, "longer than 256 characters")
	}
	return url.PathEscape(token), nil
}

// email returns the address in s, "" if there is none or it has no such shape.
func email(s string) customer.Email {
	e, err := customer.ParseEmail(s)
	if err != nil {
		return ""
	}
	return e
}

// phone returns the number in s, "" if there is none or it lacks its country.
func phone(s string) customer.Phone {
	p, err := customer.ParsePhone(s)
	if err != nil {
		return ""
	}
	return p
}
