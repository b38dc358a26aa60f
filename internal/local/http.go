package local

import (
	"encoding/base64"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/aws/aws-lambda-go/events"
)

// gatewayLimit is the largest request that the HTTP API passes on.
const gatewayLimit = 10 << 20

// Gateway returns what stands in for the HTTP API: it calls the webhook and
// subscriber functions with the event that the API would make of a request.
func (s *Stack) Gateway() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /webhooks/{source}", s.forward("webhook"))
	for _, path := range []string{"/u/{token}", "/p/{token}", "/s/{token}"} {
		mux.HandleFunc("GET "+path, s.forward("subscriber"))
		mux.HandleFunc("POST "+path, s.forward("subscriber"))
	}
	return mux
}

func (s *Stack) forward(name string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, gatewayLimit))
		if err != nil {
			http.Error(w, http.StatusText(http.StatusRequestEntityTooLarge), http.StatusRequestEntityTooLarge)
			return
		}
		var answer events.APIGatewayV2HTTPResponse
		if err := s.call(r.Context(), name, eventOf(r, body), &answer); err != nil {
			slog.ErrorContext(r.Context(), "function failed", "function", name, "error", err)
			http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
			return
		}
		for k, v := range answer.Headers {
			w.Header().Set(k, v)
		}
		w.WriteHeader(answer.StatusCode)
		_, _ = io.WriteString(w, answer.Body) // the client may have left
	}
}

// eventOf makes of a request what the HTTP API does (payload format 2.0).
func eventOf(r *http.Request, body []byte) events.APIGatewayV2HTTPRequest {
	e := events.APIGatewayV2HTTPRequest{
		Version: "2.0", RouteKey: r.Method + " " + r.URL.Path, RawPath: r.URL.Path, RawQueryString: r.URL.RawQuery,
		Headers: map[string]string{"host": r.Host},
	}
	for k, v := range r.Header {
		e.Headers[strings.ToLower(k)] = strings.Join(v, ",")
	}
	e.RequestContext.HTTP.Method, e.RequestContext.HTTP.Path, e.RequestContext.HTTP.Protocol = r.Method, r.URL.Path, r.Proto
	e.RequestContext.HTTP.SourceIP, e.RequestContext.HTTP.UserAgent = r.RemoteAddr, r.UserAgent()
	if textual(r.Header.Get("Content-Type")) && utf8.Valid(body) {
		e.Body = string(body)
	} else if len(body) > 0 {
		e.Body, e.IsBase64Encoded = base64.StdEncoding.EncodeToString(body), true
	}
	return e
}

// textual reports whether the HTTP API passes a content type on as it is; it
// encodes all others.
func textual(contentType string) bool {
	kind, _, _ := strings.Cut(contentType, ";")
	switch kind = strings.TrimSpace(strings.ToLower(kind)); kind {
	case "application/json", "application/javascript", "application/xml":
		return true
	}
	return strings.HasPrefix(kind, "text/")
}
