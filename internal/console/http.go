package console

import (
	"bytes"
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"holdfast/internal/customer"
	"holdfast/internal/night"
	"holdfast/internal/plan"
	"holdfast/internal/privacy"
)

// Path is where a running stack offers the verbs.
const Path = "/api/console/"

// An ask is the body of a request; each verb takes what it needs of it.
type ask struct {
	Who    string    `json:"who,omitempty"`
	At     time.Time `json:"at,omitzero"`
	Verify bool      `json:"verify,omitempty"`
	IDs    []string  `json:"ids,omitempty"`
	Plan   Proposal  `json:"plan,omitzero"`
	Book   []byte    `json:"book,omitempty"`
	From   time.Time `json:"from,omitzero"`
	To     time.Time `json:"to,omitzero"`
	Size   int       `json:"size,omitempty"` // of a sample, of examples
}

// maxAsk is how long a request may be, in bytes: two playbooks with their mails.
const maxAsk = 32 << 20

type refusal struct {
	Error string `json:"error"`
	Kind  string `json:"kind,omitempty"`
}

// kinds are the errors whose kind survives the way to another process.
var kinds = map[string]error{"invalid": customer.ErrInvalid, "not found": customer.ErrNotFound, "conflict": customer.ErrConflict}

// Handler offers v to who knows token. A page in a browser does not, so it
// cannot make one of its visitors' browsers do anything.
func Handler(v Verbs, token string) http.Handler {
	verbs := map[string]func(context.Context, ask) (any, error){
		"night":      func(ctx context.Context, a ask) (any, error) { return v.Night(ctx, a.At) },
		"explain":    func(ctx context.Context, a ask) (any, error) { return v.Explain(ctx, a.Who) },
		"erase":      func(ctx context.Context, a ask) (any, error) { return v.Erase(ctx, a.Who) },
		"export":     func(ctx context.Context, a ask) (any, error) { return v.Export(ctx, a.Who) },
		"replay":     func(ctx context.Context, a ask) (any, error) { return v.Replay(ctx, a.Verify) },
		"quarantine": func(ctx context.Context, _ ask) (any, error) { return v.Quarantine(ctx) },
		"retry":      func(ctx context.Context, a ask) (any, error) { return v.Retry(ctx, a.IDs) },
		"look":       func(ctx context.Context, a ask) (any, error) { return v.Look(ctx, a.Book) },
		"sample":     func(ctx context.Context, a ask) (any, error) { return v.Sample(ctx, a.Size) },
		"diffnights": func(ctx context.Context, a ask) (any, error) { return v.DiffNights(ctx, a.From, a.To, a.Size) },
		"plan":       func(ctx context.Context, a ask) (any, error) { return v.Plan(ctx, a.Plan) },
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		given, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		do, ok := verbs[strings.TrimPrefix(r.URL.Path, Path)]
		switch {
		case subtle.ConstantTimeCompare([]byte(given), []byte(token)) != 1:
			answer(w, http.StatusUnauthorized, refusal{Error: "the console's token is needed"})
			return
		case !ok || r.Method != http.MethodPost:
			answer(w, http.StatusNotFound, refusal{Error: "no such verb"})
			return
		}
		var a ask
		if err := json.NewDecoder(io.LimitReader(r.Body, maxAsk)).Decode(&a); err != nil {
			answer(w, http.StatusBadRequest, refusal{Error: "the body is JSON"})
			return
		}
		result, err := do(r.Context(), a)
		if err != nil {
			answer(w, http.StatusUnprocessableEntity, refuse(err))
			return
		}
		answer(w, http.StatusOK, result)
	})
}

func refuse(err error) refusal {
	for kind, is := range kinds {
		if errors.Is(err, is) {
			return refusal{Error: err.Error(), Kind: kind}
		}
	}
	return refusal{Error: err.Error()}
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the caller may have left
}

// A Client does the verbs in the process that listens at URL.
type Client struct {
	URL   string
	Token string
	HTTP  *http.Client
}

var _ Verbs = Client{}

func (c Client) do(ctx context.Context, verb string, a ask, out any) error {
	body, err := json.Marshal(a)
	if err != nil {
		return fmt.Errorf("ask for %s: %w", verb, err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.URL+Path+verb, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("ask for %s: %w", verb, err)
	}
	r.Header.Set("Authorization", "Bearer "+c.Token)
	r.Header.Set("Content-Type", "application/json")
	resp, err := c.HTTP.Do(r)
	if err != nil {
		return fmt.Errorf("ask the running stack for %s: %w", verb, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusOK {
		return json.NewDecoder(resp.Body).Decode(out)
	}
	var no refusal
	if err := json.NewDecoder(resp.Body).Decode(&no); err != nil {
		return fmt.Errorf("ask the running stack for %s: it answered %s", verb, resp.Status)
	}
	return remote{no.Error, kinds[no.Kind]}
}

// A remote is an error of another process.
type remote struct {
	text string
	kind error
}

func (r remote) Error() string { return r.text }
func (r remote) Unwrap() error { return r.kind }

// Night is [Verbs.Night] in the other process; so are the others.
func (c Client) Night(ctx context.Context, at time.Time) (night.Run, error) {
	var r night.Run
	err := c.do(ctx, "night", ask{At: at}, &r)
	return r, err
}

func (c Client) Explain(ctx context.Context, who string) (Explanation, error) {
	var e Explanation
	err := c.do(ctx, "explain", ask{Who: who}, &e)
	return e, err
}

func (c Client) Erase(ctx context.Context, who string) (Erased, error) {
	var e Erased
	err := c.do(ctx, "erase", ask{Who: who}, &e)
	return e, err
}

func (c Client) Export(ctx context.Context, who string) (privacy.Copy, error) {
	var e privacy.Copy
	err := c.do(ctx, "export", ask{Who: who}, &e)
	return e, err
}

func (c Client) Replay(ctx context.Context, verify bool) (Replayed, error) {
	var r Replayed
	err := c.do(ctx, "replay", ask{Verify: verify}, &r)
	return r, err
}

func (c Client) Quarantine(ctx context.Context) ([]Quarantined, error) {
	var q []Quarantined
	err := c.do(ctx, "quarantine", ask{}, &q)
	return q, err
}

func (c Client) Retry(ctx context.Context, ids []string) (Retried, error) {
	var r Retried
	err := c.do(ctx, "retry", ask{IDs: ids}, &r)
	return r, err
}

func (c Client) Plan(ctx context.Context, p Proposal) (plan.Plan, error) {
	var out plan.Plan
	err := c.do(ctx, "plan", ask{Plan: p}, &out)
	return out, err
}

func (c Client) Look(ctx context.Context, book []byte) (plan.Look, error) {
	var out plan.Look
	err := c.do(ctx, "look", ask{Book: book}, &out)
	return out, err
}

func (c Client) Sample(ctx context.Context, size int) (*plan.Sample, error) {
	var out plan.Sample
	err := c.do(ctx, "sample", ask{Size: size}, &out)
	return &out, err
}

func (c Client) DiffNights(ctx context.Context, from, to time.Time, examples int) (plan.NightDiff, error) {
	var out plan.NightDiff
	err := c.do(ctx, "diffnights", ask{From: from, To: to, Size: examples}, &out)
	return out, err
}
