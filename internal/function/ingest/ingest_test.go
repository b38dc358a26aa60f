package ingest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"

	"holdfast/internal/bolt"
	"holdfast/internal/config"
	"holdfast/internal/customer"
	function "holdfast/internal/function/ingest"
	"holdfast/internal/ingest"
	"holdfast/internal/playbook"
	"holdfast/internal/wire"
	starter "holdfast/playbook"
)

type secrets map[string]config.Secret

func (s secrets) Get(_ context.Context, name string) (config.Secret, error) { return s[name], nil }

// A delivery fails alone, whether its source fails, panics, or finds it
// malformed; the others of the batch are applied.
func TestADeliveryFailsAlone(t *testing.T) {
	now := time.Date(2026, 10, 6, 9, 0, 0, 0, time.UTC)
	store, err := bolt.Open(filepath.Join(t.TempDir(), "store.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	logs := &bytes.Buffer{}
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewJSONHandler(logs, nil)))
	t.Cleanup(func() { slog.SetDefault(before) })
	parts := &wire.Parts{
		Store: store, Secrets: secrets{wire.ErasureKey: "key", wire.TokenKey: "key"}, Now: func() time.Time { return now },
		Playbook: func() (*playbook.Playbook, error) { return playbook.Load(starter.FS) },
	}
	record := customer.Account("shopify/shop").Record("1")
	source := func(_ context.Context, d ingest.Delivery) ([]customer.Event, error) {
		switch string(d.Body) {
		case "panics":
			panic("ada@tea.example")
		case "busy":
			return nil, errors.New("try again")
		case "malformed":
			return nil, customer.ErrInvalid
		case "unwanted":
			return nil, ingest.ErrUnwanted
		}
		c := customer.Contact{FirstName: "Ada", Email: "ada@tea.example"}
		v := customer.NewVersion(now, "")
		return []customer.Event{{Record: record, Claim: &customer.Claim{Version: v, Email: c.Email},
			Fact: &customer.Fact{Record: record, Key: customer.ContactKey("", c), Version: v, At: now, Body: customer.Body{Contact: &c}}}}, nil
	}
	h := lambda.NewHandler(function.Handler{
		Now: parts.Now,
		Ingester: func(ctx context.Context) (*ingest.Ingester, error) {
			return parts.Ingester(ctx, map[string]ingest.Source{"shopify": source})
		},
	}.Handle)
	var batch events.SQSEvent
	for _, body := range []string{"panics", "fine", "busy", "malformed", "unwanted"} {
		message, err := ingest.Delivery{Source: "shopify", Body: []byte(body), Received: now}.Encode()
		if err != nil {
			t.Fatal(err)
		}
		batch.Records = append(batch.Records, events.SQSMessage{MessageId: body, Body: string(message)})
	}
	payload, err := json.Marshal(batch)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := h.Invoke(t.Context(), payload)
	want := `{"batchItemFailures":[{"itemIdentifier":"panics"},{"itemIdentifier":"busy"}]}`
	if err != nil || string(answer) != want {
		t.Errorf("%s, %v; want %s", answer, err, want)
	}
	if p, err := store.Profile(t.Context(), record.ID()); err != nil || p.FirstName != "Ada" {
		t.Errorf("the sound delivery was not applied: %v", err)
	}
	aside, err := store.Insights(t.Context(), ingest.Quarantine, "", "")
	if err != nil || len(aside) != 1 {
		t.Errorf("%d deliveries are set aside, want the malformed one: %v", len(aside), err)
	}
	if strings.Contains(logs.String(), "@") || strings.Contains(logs.String(), "Ada") {
		t.Errorf("the log holds something personal:\n%s", logs)
	}
}
