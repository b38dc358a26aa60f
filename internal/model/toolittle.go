package model

import (
	"fmt"
	"math"
	"strings"
)

// What a fit needs at least. Below, there is nothing to say.
const (
	MinCustomers = 100 // customers with an order
	MinDays      = 60  // from the oldest first order to now
	minRepeaters = 10  // customers with a second order
)

// TooLittle is the error of a fit that the data do not allow. It names all that
// is missing, at least one thing.
type TooLittle struct {
	Missing []Shortage `json:"missing"`
}

// A Shortage is one kind of data, of which there is less than needed.
type Shortage struct {
	What string `json:"what"` // in the plural, such as "days of history"
	Have int64  `json:"have"`
	Need int64  `json:"need"`
}

func (e *TooLittle) Error() string {
	var all []string
	for _, m := range e.Missing {
		all = append(all, fmt.Sprintf("%d of the %d %s needed", m.Have, m.Need, m.What))
	}
	return "too little data: " + strings.Join(all, ", ")
}

// require returns nil or [*TooLittle] with those of which there is too little.
func require(all ...Shortage) error {
	var e TooLittle
	for _, s := range all {
		if s.Have < s.Need {
			e.Missing = append(e.Missing, s)
		}
	}
	if e.Missing == nil {
		return nil
	}
	return &e
}

func (s *sample) lacks() error {
	return require(
		Shortage{"customers with an order", s.customers, MinCustomers},
		Shortage{"days of history", int64(math.Floor(dayOf(s.longest))), MinDays},
		Shortage{"customers with a second order", s.repeaters, minRepeaters},
	)
}
