package orders

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"

	"holdfast/internal/customer"
)

// A Why says why a row that is understood does not count.
type Why int

// The reasons.
const (
	Cancelled Why = iota // voided, failed, never paid
	Refunded             // wholly
	Free                 // an order of nothing
	Repeated             // the order id was there before
	Foreign              // another currency
	Guest                // nobody named: an order, but of no customer
	whys
)

var whyTexts = [whys]string{"cancelled or not paid", "wholly refunded", "of no value", "with an order id that was there before", "in another currency", "without a customer"}

func (w Why) String() string { return whyTexts[w] }

// MarshalText makes reasons the keys of a JSON object.
func (w Why) MarshalText() ([]byte, error) {
	return []byte([whys]string{"cancelled", "refunded", "free", "repeated", "foreign", "guest"}[w]), nil
}

// A reject is a row that is not understood.
type reject struct {
	line int64
	why  string
	raw  []byte
}

// A Problem is a row that is not understood, by its line in the file.
type Problem struct {
	Line   int64  `json:"line"`
	Reason string `json:"reason"`
}

// A Reading says how a file was read.
type Reading struct {
	File      string            `json:"file"`
	Export    string            `json:"export,omitempty"` // Shopify, WooCommerce, Stripe, or nothing
	Encoding  string            `json:"encoding"`
	Delimiter string            `json:"delimiter"`
	Decimal   string            `json:"decimal_mark"`
	DateOrder DateOrder         `json:"date_order,omitempty"` // where it had to be found out
	Columns   map[string]string `json:"columns"`
	Lines     bool              `json:"rows_are_lines"`

	Rows       int64                       `json:"rows"` // without the header and empty lines
	Bad        int64                       `json:"bad"`
	Reasons    map[string]int64            `json:"bad_reasons,omitempty"`
	Examples   []Problem                   `json:"bad_examples,omitempty"` // the first of them
	Left       map[Why]int64               `json:"left_out,omitempty"`
	Currency   customer.Currency           `json:"currency"`
	Currencies map[customer.Currency]int64 `json:"currencies,omitempty"` // rows of each, where there are several
	Rounded    int64                       `json:"rounded,omitempty"`    // amounts with digits beyond the smallest unit
	Refunds    int64                       `json:"refunds,omitempty"`    // rows that give money back
}

// examples is how many bad rows are shown.
const examples = 10

// reject counts a bad row.
func (r *Reading) reject(x reject) {
	r.Bad++
	r.Reasons[x.why]++
	if len(r.Examples) < examples {
		r.Examples = append(r.Examples, Problem{x.line, x.why})
	}
}

// describe fills in what the beginning of the file told.
func (r *Reading) describe(s *sniff, notes []string) {
	r.Export, r.Lines = s.shape.Export, s.shape.lines
	r.Delimiter, r.Decimal = string(rune(s.dialect.delim)), string(rune(s.mark))
	r.Columns = map[string]string{}
	for role, name := range map[role]string{roleCustomer: "customer", roleDate: "date", roleAmount: "amount", roleOrder: "order", roleProduct: "product",
		roleTitle: "product_name", roleCategory: "category", roleCurrency: "currency", roleQuantity: "quantity", rolePrice: "price", roleRefunded: "refunded", roleStatus: "status"} {
		if column := s.shape.column(role); column != "" && (s.shape.product || role != roleQuantity && role != rolePrice) {
			r.Columns[name] = column
		}
	}
	r.Encoding = "UTF-8"
	for _, n := range notes {
		if n == "UTF-16" {
			r.Encoding = n
		}
	}
}

// tooBad returns the error of a file of which more than one row in twenty is
// bad.
func (r *Reading) tooBad() error {
	var b strings.Builder
	for _, p := range r.Examples[:min(3, len(r.Examples))] {
		fmt.Fprintf(&b, "\n  %s:%d: %s", r.File, p.Line, p.Reason)
	}
	return fmt.Errorf("%s: %w: %d of %d are not understood (%.1f %%, at most 5 %% may be); look at them with --rejects FILE, or go on without them with --lenient%s",
		r.File, ErrTooBad, r.Bad, r.Rows, 100*float64(r.Bad)/float64(r.Rows), b.String())
}

// rejectsTo writes bad rows as CSV: line, reason, and the row.
type rejectsTo struct {
	w   *bufio.Writer
	csv *csv.Writer
}

func newRejects(w io.Writer) *rejectsTo {
	if w == nil {
		return nil
	}
	b := bufio.NewWriter(w)
	out := &rejectsTo{b, csv.NewWriter(b)}
	_ = out.csv.Write([]string{"line", "reason", "row"}) // errors stay with the writer until close
	return out
}

func (r *rejectsTo) add(x reject) {
	if r != nil {
		_ = r.csv.Write([]string{strconv.FormatInt(x.line, 10), x.why, text(x.raw)}) // as above
	}
}

func (r *rejectsTo) close() error {
	if r == nil {
		return nil
	}
	r.csv.Flush()
	if err := r.csv.Error(); err != nil {
		return fmt.Errorf("write rejects: %w", err)
	}
	if err := r.w.Flush(); err != nil {
		return fmt.Errorf("write rejects: %w", err)
	}
	return nil
}

// leftText says how many rows were left out and why, for a message.
func (r *Reading) leftText() string {
	var parts []string
	for why := range whys {
		if n := r.Left[why]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, why))
		}
	}
	if r.Refunds > 0 {
		parts = append(parts, fmt.Sprintf("%d that give money back", r.Refunds))
	}
	if r.Bad > 0 {
		parts = append(parts, fmt.Sprintf("%d not understood", r.Bad))
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}
