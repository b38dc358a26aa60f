package dynamo_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"

	"holdfast/internal/customer"
	"holdfast/internal/dynamo"
	"holdfast/internal/peer"
)

// A between changes what goes between a client and the real peer.
type between func(*http.Request) (*http.Response, error)

func (b between) Do(r *http.Request) (*http.Response, error) { return b(r) }

// openThrough returns a store on fresh tables whose calls go through b.
func openThrough(t *testing.T, b between) *dynamo.Store {
	t.Helper()
	endpoint := peer.DynamoDB(t)
	tables := newTables()
	if err := dynamo.CreateTables(t.Context(), connect(endpoint), tables); err != nil {
		t.Fatal(err)
	}
	return dynamo.Open(dynamodb.New(dynamodb.Options{
		Region: "eu-central-1", BaseEndpoint: aws.String(endpoint), HTTPClient: b, Retryer: aws.NopRetryer{},
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
	}), tables)
}

// holdBack passes batch reads on without all keys but the first, which it
// gives back as unprocessed, as DynamoDB does when it is busy.
func holdBack(t *testing.T, calls *atomic.Int32) between {
	return func(r *http.Request) (*http.Response, error) {
		if !strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".BatchGetItem") {
			return http.DefaultClient.Do(r)
		}
		calls.Add(1)
		type keys struct {
			Keys           []json.RawMessage
			ConsistentRead bool
		}
		var ask struct{ RequestItems map[string]keys }
		if err := json.NewDecoder(r.Body).Decode(&ask); err != nil {
			t.Error(err)
		}
		left := map[string]keys{}
		for table, k := range ask.RequestItems {
			if !k.ConsistentRead {
				t.Error("a batch read is not consistent")
			}
			if len(k.Keys) > 1 {
				left[table] = keys{k.Keys[1:], true}
			}
			k.Keys = k.Keys[:1]
			ask.RequestItems[table] = k
		}
		body, _ := json.Marshal(ask)
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			return nil, err
		}
		defer res.Body.Close()
		var answer map[string]any
		if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
			t.Error(err)
		}
		answer["UnprocessedKeys"] = left
		body, _ = json.Marshal(answer)
		res.Header = http.Header{"Content-Type": {"application/x-amz-json-1.0"}}
		res.Body, res.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		return res, nil
	}
}

func TestLinksThatTheServiceHeldBackAreAskedAgain(t *testing.T) {
	var calls atomic.Int32
	s := openThrough(t, holdBack(t, &calls))
	var want []customer.Link
	var asked []customer.Identity
	for _, i := range []customer.Identity{"b/1/1", "a/1/1", "c/1/1"} {
		if err := s.PutLink(t.Context(), customer.Link{Identity: i}); err != nil {
			t.Fatal(err)
		}
		asked = append(asked, i)
		want = append(want, customer.Link{Identity: i, Version: 1})
	}
	got, err := s.Links(t.Context(), asked)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("links (-want +got):\n%s", diff)
	}
	if n := calls.Load(); n != 3 {
		t.Errorf("asked %d times, want 3", n)
	}
}

func TestAnErrorOfTheServiceReachesTheCaller(t *testing.T) {
	answer := ""
	s := openThrough(t, func(r *http.Request) (*http.Response, error) {
		if answer == "" {
			return nil, io.ErrUnexpectedEOF
		}
		return &http.Response{
			StatusCode: http.StatusBadRequest, Header: http.Header{"Content-Type": {"application/x-amz-json-1.0"}},
			Body: io.NopCloser(strings.NewReader(`{"__type":"com.amazonaws.dynamodb.v20120810#` + answer + `","message":"later"}`)),
		}, nil
	})
	ctx := t.Context()
	calls := map[string]func() error{
		"Link":       func() error { _, err := s.Link(ctx, "a/1/1"); return err },
		"Links":      func() error { _, err := s.Links(ctx, []customer.Identity{"a/1/1"}); return err },
		"PutLink":    func() error { return s.PutLink(ctx, customer.Link{Identity: "email/secret@example.com"}) },
		"DeleteLink": func() error { return s.DeleteLink(ctx, "email/secret@example.com") },
		"ScanLinks":  func() error { _, _, err := s.ScanLinks(ctx, "email/secret@example.com"); return err },
		"PutFact": func() error {
			_, err := s.PutFact(ctx, "c", customer.Fact{Record: "email/secret@example.com"})
			return err
		},
		"Facts":        func() error { _, err := s.Facts(ctx, "c"); return err },
		"Profile":      func() error { _, err := s.Profile(ctx, "c"); return err },
		"PutProfile":   func() error { return s.PutProfile(ctx, customer.Profile{ID: "c"}) },
		"ScanProfiles": func() error { _, _, err := s.ScanProfiles(ctx, 0, 1, ""); return err },
		"Sends":        func() error { _, err := s.Sends(ctx, "c"); return err },
		"Insights":     func() error { _, err := s.Insights(ctx, "k", "", ""); return err },
	}
	for name, call := range calls {
		t.Run(name+" of a busy table", func(t *testing.T) {
			answer = "ProvisionedThroughputExceededException"
			err := call()
			busy := (*types.ProvisionedThroughputExceededException)(nil)
			if !errors.As(err, &busy) {
				t.Errorf("got %v, want the service's own error", err)
			}
			checkKind(t, err)
		})
		t.Run(name+" over a broken connection", func(t *testing.T) {
			answer = ""
			err := call()
			if !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("got %v, want the connection's own error", err)
			}
			checkKind(t, err)
		})
	}
}

// checkKind checks that nobody takes an error of the service for a refusal,
// and that it names nobody.
func checkKind(t *testing.T, err error) {
	t.Helper()
	for _, kind := range []error{customer.ErrNotFound, customer.ErrConflict, customer.ErrStale, customer.ErrInvalid} {
		if errors.Is(err, kind) {
			t.Errorf("got %v, which is %v", err, kind)
		}
	}
	if err != nil && strings.Contains(err.Error(), "secret") {
		t.Errorf("the error names a person: %v", err)
	}
}
