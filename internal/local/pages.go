package local

import "net/http"

// Pages returns the pages for people.
func (s *Stack) Pages() http.Handler { return http.NotFoundHandler() }
