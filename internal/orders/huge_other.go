//go:build !linux

package orders

// huge returns s: only Linux is asked for huge pages.
func huge[T any](s []T) []T { return s }
