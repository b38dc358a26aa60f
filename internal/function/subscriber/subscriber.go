// Package subscriber answers the pages that mails link to: unsubscribe,
// preferences and survey answers. GET shows and never changes anything, for
// mail programs and scanners follow every link; POST acts.
package subscriber

import (
	"context"
	"encoding/base64"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"holdfast/internal/campaign"
	"holdfast/internal/customer"
)

// A Desk is what the pages need, with the keys valid now.
type Desk struct {
	Unsubscriber campaign.Unsubscriber
	Preferences  campaign.Preferences
	Business     string // whose mails these are
	// Apply tells ingest what the customer said.
	Apply func(ctx context.Context, events []customer.Event, now time.Time) error
}

// A Handler answers GET and POST on /u/, /p/ and /s/.
type Handler struct {
	Desk func(ctx context.Context) (Desk, error)
	Now  func() time.Time
}

// Handle answers one request. Without a genuine token the answer is 404 and
// says nothing, whoever the token may be of.
func (h Handler) Handle(ctx context.Context, r events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	desk, err := h.Desk(ctx)
	var p page
	if err == nil {
		p, err = h.answer(ctx, desk, r)
	}
	status := http.StatusOK
	switch {
	case errors.Is(err, customer.ErrInvalid), errors.Is(err, customer.ErrNotFound):
		status, p = http.StatusNotFound, gone
	case err != nil:
		slog.ErrorContext(ctx, "page failed", "error", err)
		status, p = http.StatusServiceUnavailable, failed
	}
	return events.APIGatewayV2HTTPResponse{StatusCode: status, Headers: headers, Body: p.html(desk.Business)}, nil
}

// headers keep the token in the address from leaking, and the page from doing
// anything but posting its own form.
var headers = map[string]string{
	"content-type":            "text/html; charset=utf-8",
	"cache-control":           "no-store",
	"referrer-policy":         "no-referrer",
	"x-robots-tag":            "noindex",
	"content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
}

func (h Handler) answer(ctx context.Context, d Desk, r events.APIGatewayV2HTTPRequest) (page, error) {
	post := r.RequestContext.HTTP.Method == http.MethodPost
	for prefix, answer := range map[string]func(context.Context, Desk, string, url.Values, bool) (page, error){
		campaign.UnsubscribePath: h.unsubscribe,
		campaign.PreferencesPath: h.preferences,
		campaign.SurveyPath:      h.survey,
	} {
		if token, ok := strings.CutPrefix(r.RawPath, prefix); ok {
			return answer(ctx, d, token, form(r), post)
		}
	}
	return gone, nil
}

// form returns the fields of a request's body, else of its query.
func form(r events.APIGatewayV2HTTPRequest) url.Values {
	raw := r.Body
	if r.IsBase64Encoded {
		if b, err := base64.StdEncoding.DecodeString(r.Body); err == nil {
			raw = string(b)
		}
	}
	if raw == "" {
		raw = r.RawQueryString
	}
	values, err := url.ParseQuery(raw)
	if err != nil {
		return url.Values{}
	}
	return values
}

// unsubscribe takes RFC 8058's one-click POST, which mail programs send, and
// the POST of our own page.
func (h Handler) unsubscribe(ctx context.Context, d Desk, token string, f url.Values, post bool) (page, error) {
	if _, err := d.Unsubscriber.Tokens.Verify(token, campaign.ForUnsubscribe); err != nil {
		return gone, err
	}
	if !post {
		return confirmUnsubscribe, nil
	}
	via := campaign.ViaLink
	if f.Get("List-Unsubscribe") == "One-Click" {
		via = campaign.ViaOneClick
	}
	now := h.Now()
	found, err := d.Unsubscriber.Unsubscribe(ctx, token, via, now)
	if err != nil {
		return failed, err
	}
	return unsubscribed, d.Apply(ctx, found, now)
}

func (h Handler) preferences(ctx context.Context, d Desk, token string, f url.Values, post bool) (page, error) {
	before, err := d.Preferences.Show(ctx, token)
	if err != nil {
		return gone, err
	}
	if !post {
		return preferences(before), nil
	}
	now := h.Now()
	if f.Get("mail") != "yes" {
		t, err := d.Unsubscriber.Tokens.Verify(token, campaign.ForPreferences)
		if err != nil {
			return gone, err
		}
		t.Purpose = campaign.ForUnsubscribe
		found, err := d.Unsubscriber.Unsubscribe(ctx, d.Unsubscriber.Tokens.Sign(t), campaign.ViaPreferences, now)
		if err != nil {
			return failed, err
		}
		return unsubscribed, d.Apply(ctx, found, now)
	}
	found, err := d.Preferences.Subscribe(ctx, token, now)
	if err != nil {
		return failed, err
	}
	return subscribed, d.Apply(ctx, found, now)
}

func (h Handler) survey(ctx context.Context, d Desk, token string, f url.Values, post bool) (page, error) {
	if _, err := d.Preferences.Tokens.Verify(token, campaign.ForSurvey); err != nil {
		return gone, err
	}
	survey := f.Get("survey")
	score, err := strconv.Atoi(f.Get("score"))
	if !post || err != nil {
		return question(survey, f.Get("score")), nil
	}
	now := h.Now()
	found, err := d.Preferences.Answer(ctx, token, survey, score, now)
	if errors.Is(err, customer.ErrInvalid) { // no such answer: the token was looked at above
		return question(survey, ""), nil
	}
	if err != nil {
		return failed, err
	}
	return thanks, d.Apply(ctx, found, now)
}
