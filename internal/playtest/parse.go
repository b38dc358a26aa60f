package playtest

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"holdfast/internal/playbook"
	"holdfast/internal/segment"
)

// A Test is one invented customer at one instant, and what is expected.
type Test struct {
	Name       string     `yaml:"name"`
	At         string     `yaml:"at"` // 2026-06-15, 2026-06-15 10:00 or RFC 3339; in the merchant's zone
	Customer   Person     `yaml:"customer"`
	Orders     []Order    `yaml:"orders"`
	Carts      []Cart     `yaml:"carts"`
	Tickets    []Ticket   `yaml:"tickets"`
	Surveys    []Survey   `yaml:"surveys"`
	Activities []Activity `yaml:"activities"`
	RFM        *RFM       `yaml:"rfm"` // 3 each if not given
	// Percentile are those of fields among all customers; 50 if not given.
	Percentile map[string]float64 `yaml:"percentile"`
	Since      map[string]string  `yaml:"since"`    // segments they are in already, and for how long
	HeldOut    []string           `yaml:"held_out"` // campaigns in whose control group they are
	// Profile is a whole profile as `holdfast export` prints it, in place of all
	// that happened.
	Profile map[string]any `yaml:"profile"`
	Expect  Expect         `yaml:"expect"`
}

// A Person is what sources say of the customer.
type Person struct {
	Email      *string           `yaml:"email"` // customer@example.com if not given, "" for none
	FirstName  string            `yaml:"first_name"`
	LastName   string            `yaml:"last_name"`
	Country    string            `yaml:"country"`
	Region     string            `yaml:"region"`
	City       string            `yaml:"city"`
	Postcode   string            `yaml:"postcode"`
	Language   string            `yaml:"language"`
	TimeZone   string            `yaml:"time_zone"`
	Consent    string            `yaml:"consent"` // subscribed if not given
	Blocked    string            `yaml:"blocked"` // bounce, complaint
	Created    string            `yaml:"created"` // how long ago; 400d if not given
	Tags       []string          `yaml:"tags"`
	Attributes map[string]string `yaml:"attributes"`
}

// An Order is a paid order, in major units of the merchant's currency.
type Order struct {
	Ago       string  `yaml:"ago"`
	Total     float64 `yaml:"total"`
	Refunded  float64 `yaml:"refunded"`
	Cancelled bool    `yaml:"cancelled"`
	Discount  float64 `yaml:"discount"` // what was taken off
	Code      string  `yaml:"code"`     // that took it off
	Channel   string  `yaml:"channel"`  // web if not given; pos for a store
	Items     []Item  `yaml:"items"`
}

// An Item is one product of an order.
type Item struct {
	Title    string `yaml:"title"`
	SKU      string `yaml:"sku"`
	Category string `yaml:"category"`
	Quantity int    `yaml:"quantity"` // 1 if not given
}

// A Cart is one that was left.
type Cart struct {
	Ago   string  `yaml:"ago"`
	Total float64 `yaml:"total"`
	URL   string  `yaml:"url"`
}

// A Ticket is a support case.
type Ticket struct {
	Ago    string `yaml:"ago"`
	Closed bool   `yaml:"closed"`
}

// A Survey is one answer.
type Survey struct {
	Ago  string   `yaml:"ago"`
	NPS  *float64 `yaml:"nps"`  // 0 to 10
	CSAT *float64 `yaml:"csat"` // 0 to 1
}

// An Activity is something the customer did, or that a mail of theirs met with.
type Activity struct {
	Name  string `yaml:"name"`
	Ago   string `yaml:"ago"`
	Times int    `yaml:"times"` // once if not given
	// Properties are what is known of it: category, price, seconds…
	Properties map[string]string `yaml:"properties"`
}

// RFM are the customer's scores among all customers, 1 to 5.
type RFM struct {
	R int `yaml:"r"`
	F int `yaml:"f"`
	M int `yaml:"m"`
}

// An Expect is what should come of it. What is not given is not looked at.
type Expect struct {
	In       []string `yaml:"in"`
	NotIn    []string `yaml:"not_in"`
	Segments []string `yaml:"segments"` // all of them
	Mails    []Mail   `yaml:"mails"`    // all that start now, to the end of their campaigns
}

// A Mail is one send that is expected.
type Mail struct {
	Campaign string  `yaml:"campaign"`
	Step     int     `yaml:"step"`    // 1 if not given
	After    string  `yaml:"after"`   // how long after the instant, at the earliest quarter of an hour
	Skipped  string  `yaml:"skipped"` // the reason
	HeldOut  bool    `yaml:"held_out"`
	Variant  string  `yaml:"variant"`
	Subject  *string `yaml:"subject"`
}

// parse reads the tests of a file, and where everything of them stands.
func parse(file, source string) ([]Test, *places, playbook.Problems) {
	at := &places{file: file, lines: playbook.Lines(source)}
	var root struct {
		Tests []Test `yaml:"tests"`
	}
	if !utf8.ValidString(source) {
		return nil, at, playbook.Misformed(file, at.lines, nil)
	}
	d := yaml.NewDecoder(bytes.NewReader([]byte(source)))
	d.KnownFields(true)
	err := d.Decode(&root)
	if err == nil {
		err = yaml.Unmarshal([]byte(source), &at.root)
	}
	switch {
	case errors.Is(err, io.EOF), err == nil && len(root.Tests) == 0:
		return nil, at, playbook.Problems{{File: file, Message: "the file has no tests", Suggestion: "a file of tests begins with `tests:`"}}
	case err != nil:
		return nil, at, at.unreadable(err)
	}
	return root.Tests, at, nil
}

var (
	linePattern    = regexp.MustCompile(`line (\d+)(?:, column \d+)?: (.*)`)
	unknownPattern = regexp.MustCompile(`field (\S+) not found in type playtest\.(\w+)`)
	valuePattern   = regexp.MustCompile("cannot (?:unmarshal|construct) !!\\w+ (?:`(.*)` )?into (.*)")
)

// unreadable puts the parser's words into ours.
func (p *places) unreadable(err error) playbook.Problems {
	var all playbook.Problems
	for _, m := range linePattern.FindAllStringSubmatch(err.Error(), -1) {
		line, _ := strconv.Atoi(m[1])
		var message, suggestion, text string
		if u := unknownPattern.FindStringSubmatch(m[2]); u != nil {
			message, suggestion, text = "unknown key `"+u[1]+"`", segment.DidYouMean(u[1], keysOf(u[2])), u[1]
		} else if v := valuePattern.FindStringSubmatch(m[2]); v != nil {
			message, text = "this must be "+kindOf(v[2]), v[1]
		} else {
			return playbook.Misformed(p.file, p.lines, err)
		}
		all = append(all, p.on(line, text, message, suggestion))
	}
	if len(all) == 0 {
		return playbook.Misformed(p.file, p.lines, err)
	}
	return all
}

func kindOf(goType string) string {
	switch {
	case strings.HasPrefix(goType, "[]"):
		return "a list"
	case strings.Contains(goType, "float"):
		return "a number"
	case strings.Contains(goType, "int"):
		return "a whole number"
	case strings.Contains(goType, "bool"):
		return "true or false"
	case strings.Contains(goType, "string"):
		return "a text"
	}
	return "keys with values"
}

// on returns a problem with text on a line.
func (p *places) on(line int, text, message, suggestion string) playbook.Problem {
	found := playbook.Problem{File: p.file, Line: line, Column: 1, Text: text, Message: message, Suggestion: suggestion}
	if line < 1 || line > len(p.lines) {
		return found
	}
	found.Excerpt = p.lines[line-1]
	if i := strings.Index(found.Excerpt, text); i >= 0 {
		found.Column = 1 + len([]rune(found.Excerpt[:i]))
	}
	if text == "" {
		found.Text = strings.TrimSpace(found.Excerpt)
		found.Column = 1 + len([]rune(found.Excerpt)) - len([]rune(strings.TrimLeft(found.Excerpt, " ")))
	}
	return found
}
