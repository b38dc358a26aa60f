// Package config reads settings. It finds all problems before it reports any,
// and has no default for what must be set.
package config

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// A Reader reads settings through Lookup and collects what is wrong with them.
type Reader struct {
	// Lookup returns a setting and whether it is there; os.LookupEnv, or a map
	// in tests.
	Lookup func(name string) (string, bool)

	problems []error
}

// String returns a setting that must be there.
func (r *Reader) String(name string) string {
	v, _ := r.Lookup(name)
	if v = strings.TrimSpace(v); v == "" {
		r.problems = append(r.problems, fmt.Errorf("%s is not set", name))
	}
	return v
}

// Optional returns a setting, "" if it is not there.
func (r *Reader) Optional(name string) string {
	v, _ := r.Lookup(name)
	return strings.TrimSpace(v)
}

// URL returns a setting that must be an absolute http or https URL, without a
// slash at its end.
func (r *Reader) URL(name string) string {
	v := strings.TrimRight(r.String(name), "/")
	if u, err := url.Parse(v); v != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
		r.problems = append(r.problems, fmt.Errorf("%s is not a URL such as https://shop.example.com", name))
	}
	return v
}

// Flag returns a setting that is true or false; not there is false.
func (r *Reader) Flag(name string) bool {
	switch v := r.Optional(name); v {
	case "", "false":
		return false
	case "true":
		return true
	default:
		r.problems = append(r.problems, fmt.Errorf("%s is true or false", name))
		return false
	}
}

// Err returns all problems found so far, nil if there were none.
func (r *Reader) Err() error { return errors.Join(r.problems...) }

// A Secret is a string that neither fmt, nor encoding/json, nor log/slog
// prints, not even from inside another struct. Convert it to use it.
type Secret string

const hidden = "[secret]"

func (Secret) String() string               { return hidden }
func (Secret) GoString() string             { return hidden }
func (Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }
