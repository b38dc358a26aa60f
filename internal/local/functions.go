package local

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/aws/aws-lambda-go/lambda"

	"holdfast/internal/campaign"
	"holdfast/internal/door"
	"holdfast/internal/function/dispatch"
	"holdfast/internal/function/feedback"
	"holdfast/internal/function/fit"
	"holdfast/internal/function/ingest"
	"holdfast/internal/function/mailer"
	"holdfast/internal/function/score"
	"holdfast/internal/function/subscriber"
	"holdfast/internal/function/summarize"
	"holdfast/internal/function/survey"
	"holdfast/internal/function/webhook"
	usecase "holdfast/internal/ingest"
	"holdfast/internal/wire"
)

// A function is a handler as Lambda calls it: JSON in, JSON out. One sandbox of
// Lambda's makes one call at a time, and its handler counts on that; like
// Lambda, a function has as many as there are calls at once.
type function struct {
	sandboxes sync.Pool // of lambda.Handler
}

func newFunction(handler any) *function {
	return &function{sandboxes: sync.Pool{New: func() any { return lambda.NewHandler(handler) }}}
}

// Invoke calls the function with a payload. The answer belongs to the caller.
func (f *function) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	sandbox := f.sandboxes.Get().(lambda.Handler)
	defer f.sandboxes.Put(sandbox)
	answer, err := sandbox.Invoke(ctx, payload)
	return bytes.Clone(answer), err
}

// wire returns every function of the template by its name.
func (s *Stack) wire() map[string]*function {
	p, o := s.Parts, s.options
	secrets := Secrets(o.Secrets)
	sources := wire.Sources(secrets, wire.Hubspot{URL: o.HubspotURL, Version: o.Hubspot})
	return map[string]*function{
		"webhook": newFunction(webhook.Handler{
			Sources: door.Webhooks(secrets, o.PublicURL, o.Legacy), Queue: s.Events, Now: s.Now,
		}.Handle),
		"ingest": newFunction(ingest.Handler{
			Ingester: func(ctx context.Context) (*usecase.Ingester, error) { return p.Ingester(ctx, sources) }, Now: s.Now,
		}.Handle),
		"survey":    newFunction(survey.Handler{Night: p.Night}.Handle),
		"fit":       newFunction(fit.Handler{Night: p.Night}.Handle),
		"score":     newFunction(score.Handler{Night: p.Night}.Handle),
		"summarize": newFunction(summarize.Handler{Night: p.Night, Now: s.Now}.Handle),
		"dispatch": newFunction(dispatch.Handler{
			Dispatcher: campaign.Dispatcher{Ledger: s.Store, Transport: s.Outbox, Queue: s.Mail},
			Sweeper:    campaign.Sweeper{Store: s.Store}, Now: s.Now,
		}.Handle),
		"mailer": newFunction(mailer.Handler{
			Mailer: func(ctx context.Context) (campaign.Mailer, error) { return p.Mailer(ctx, s.Outbox, o.PublicURL) }, Now: s.Now,
		}.Handle),
		"feedback":   newFunction(feedback.Handler{Feedback: p.Feedback, Apply: p.Apply, Now: s.Now}.Handle),
		"subscriber": newFunction(subscriber.Handler{Desk: p.Subscriber, Now: s.Now}.Handle),
	}
}

// Invoke calls a function with a payload, as Lambda would.
func (s *Stack) Invoke(ctx context.Context, name string, payload []byte) ([]byte, error) {
	f, ok := s.functions[name]
	if !ok {
		return nil, fmt.Errorf("no function is called %s", name)
	}
	return f.Invoke(ctx, payload)
}

// call invokes a function with a value and reads its answer into another.
func (s *Stack) call(ctx context.Context, name string, in, out any) error {
	payload, err := json.Marshal(in)
	if err != nil {
		return fmt.Errorf("encode call of %s: %w", name, err)
	}
	answer, err := s.Invoke(ctx, name, payload)
	if err != nil {
		return fmt.Errorf("call %s: %w", name, err)
	}
	return errors.Join(json.Unmarshal(answer, out))
}
