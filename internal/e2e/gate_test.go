package e2e_test

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync/atomic"
	"testing"
)

// A gate stands before a service and passes everything on, until it is told
// otherwise.
type gate struct {
	URL   string
	fault atomic.Pointer[fault]
	calls atomic.Int64 // those that were refused
}

// A fault answers a request in the service's place, and reports whether it did.
type fault func(w http.ResponseWriter, r *http.Request) bool

func newGate(t *testing.T, service string) *gate {
	t.Helper()
	target, err := url.Parse(service)
	if err != nil {
		t.Fatal(err)
	}
	g := &gate{}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if f := g.fault.Load(); f != nil && (*f)(w, r) {
			g.calls.Add(1)
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	g.URL = server.URL
	return g
}

// set makes the gate answer with f; nil opens it.
func (g *gate) set(f fault) {
	g.calls.Store(0)
	if f == nil {
		g.fault.Store(nil)
		return
	}
	g.fault.Store(&f)
}

// throttled refuses the first n requests as a busy table does.
func throttled(n int64) fault {
	var seen atomic.Int64
	return func(w http.ResponseWriter, _ *http.Request) bool {
		if seen.Add(1) > n {
			return false
		}
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException","message":"rate exceeded"}`))
		return true
	}
}

// broken answers every request with 500.
func broken(w http.ResponseWriter, _ *http.Request) bool {
	w.WriteHeader(http.StatusInternalServerError)
	return true
}

// down ends every connection without an answer.
func down(w http.ResponseWriter, _ *http.Request) bool {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err == nil {
		_ = conn.Close() // the other end sees it either way
	}
	return true
}
