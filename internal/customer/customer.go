// Package customer is the vocabulary of Holdfast: who a customer is, what
// happened to them, and what we know of them in consequence. It imports the
// standard library only, and knows no source, no store and no cloud.
package customer

import "errors"

// The errors every store and use case reports; test with [errors.Is].
var (
	ErrNotFound = errors.New("not found")
	// ErrConflict: the stored version is not the one the write was made on.
	ErrConflict = errors.New("changed by someone else")
	// ErrStale: the same state, or a newer one, of this object is stored already.
	ErrStale = errors.New("not newer than what is stored")
	// ErrInvalid: bad input; the message names the field, its shape and the fix.
	ErrInvalid = errors.New("invalid")
	// ErrErased: the person was erased and must not come back.
	ErrErased = errors.New("erased")
)
