// Package orders reads order exports: CSV of any dialect, from Shopify,
// WooCommerce, Stripe or anything that has a customer, a date and an amount in
// each row. It says which rows count, and why the others do not. What the orders
// mean is not decided here.
package orders

import (
	"errors"
	"io"
	"time"

	"holdfast/internal/customer"
)

// Errors of this package. Test with errors.Is.
var (
	ErrEmpty     = errors.New("no orders")       // no row that counts
	ErrColumns   = errors.New("columns unclear") // a needed column is not found, or named and not there
	ErrAmbiguous = errors.New("ambiguous dates") // 03/04/2024 may be March or April
	ErrTooBad    = errors.New("too many bad rows")
	ErrNotText   = errors.New("not a text file")
	ErrTooMuch   = errors.New("amounts too large") // their sum is beyond int64
)

// A DateOrder says how to read 03/04/2024.
type DateOrder string

// The date orders. The zero value finds out, and refuses to guess.
const (
	DayFirst   DateOrder = "dmy"
	MonthFirst DateOrder = "mdy"
)

// Columns name columns by their header, in any case, or by number from 1. What
// is empty is found by name.
type Columns struct {
	Customer, Date, Amount, Order, Product, Category, Currency string
}

// Options say how to read an export. The zero value finds everything out.
type Options struct {
	Name      string // of the file, for messages
	Columns   Columns
	DateOrder DateOrder
	Currency  customer.Currency // the one to keep; "" keeps the most used
	// Zone is the merchant's. Instants written with their offset, or in a column
	// that says UTC, move into it; nil takes every date as it is written.
	Zone *time.Location
	// Now bounds what can have happened: rows of later days are bad.
	Now time.Time
	// FreeOrders counts orders of nothing as orders.
	FreeOrders bool
	// Lenient reads on where more than one row in twenty is bad.
	Lenient bool
	// Rejects, if not nil, gets every row that is not understood: line, reason,
	// and the row as it is.
	Rejects io.Writer
	// Progress, if not nil, is called now and then with the bytes and rows read.
	Progress func(bytes, rows int64)
}

func (o Options) name() string {
	if o.Name == "" || o.Name == "-" {
		return "standard input"
	}
	return o.Name
}
