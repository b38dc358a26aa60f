package main

import (
	"strings"
	"time"

	"holdfast/internal/customer"
)

func money(minor int64, c customer.Currency) string {
	return customer.Money{Minor: minor, Currency: c}.String()
}

func day(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.Format(time.DateOnly)
}

func join(records []customer.Identity, none string) string {
	if len(records) == 0 {
		return none
	}
	all := make([]string, len(records))
	for i, r := range records {
		all[i] = string(r)
	}
	return strings.Join(all, ", ")
}
