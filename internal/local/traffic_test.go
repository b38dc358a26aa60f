package local_test

import (
	"context"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"holdfast/internal/bolt"
	"holdfast/internal/demo"
	"holdfast/internal/dynamo"
	"holdfast/internal/ingest"
	"holdfast/internal/local"
	"holdfast/internal/peer"
	"holdfast/internal/playbook"
	"holdfast/internal/wire"
	starter "holdfast/playbook"
)

// end is a fixed end of the demo shop's history.
var end = time.Date(2026, 11, 20, 2, 0, 0, 0, time.UTC)

// BenchmarkDemoTraffic ingests the webhooks of a small demo shop in batches of
// ten, as SQS hands them over, at the time they came, and reports what one webhook costs: time on both
// stores, and write units on DynamoDB.
func BenchmarkDemoTraffic(b *testing.B) {
	shop := demo.New(demo.Options{Seed: 1, Customers: 120, End: end})
	hub := httptest.NewServer(shop.HubSpot())
	defer hub.Close()
	var deliveries []ingest.Delivery
	for d := range shop.Deliveries() {
		if d.Source == demo.Segment {
			continue // one delivery is a dozen page views, each a fact of its own
		}
		header := map[string]string{}
		for k, v := range d.Header {
			header[strings.ToLower(k)] = v
		}
		deliveries = append(deliveries, ingest.Delivery{Source: d.Source, Header: header, Body: d.Body, Received: d.At})
	}
	b.Run("bolt", func(b *testing.B) {
		store, err := bolt.Open(filepath.Join(b.TempDir(), "db"), bolt.Options{})
		if err != nil {
			b.Fatal(err)
		}
		defer store.Close()
		if err := store.Bulk(true); err != nil {
			b.Fatal(err)
		}
		traffic(b, store, hub.URL, deliveries)
	})
	b.Run("dynamo", func(b *testing.B) {
		client := dynamodb.New(dynamodb.Options{Region: "eu-central-1", BaseEndpoint: aws.String(peer.DynamoDB(b)),
			Credentials: credentials.NewStaticCredentialsProvider("a", "b", "")})
		tables := dynamo.Tables{Profiles: "profiles", Facts: "facts", Identities: "identities", Sends: "sends", Insights: "insights"}
		if err := dynamo.CreateTables(b.Context(), client, tables); err != nil {
			b.Fatal(err)
		}
		store := dynamo.Open(client, tables)
		from, to := burst(deliveries)
		traffic(b, store, hub.URL, deliveries[:from])
		before := store.Consumed().Write
		n := traffic(b, store, hub.URL, deliveries[from:to])
		cost := (store.Consumed().Write - before) / float64(n)
		traffic(b, store, hub.URL, deliveries[to:])
		b.ReportMetric(cost, "write-units/webhook-of-a-burst")
		b.ReportMetric(store.Consumed().Write/float64(len(deliveries)), "write-units/webhook")
		b.ReportMetric(store.Consumed().Read/float64(len(deliveries)), "read-units/webhook")
	})
}

// burst returns where the latest run of ten deliveries begins and ends that
// one order of a customer who is long known gave rise to.
func burst(deliveries []ingest.Delivery) (from, to int) {
	order := func(d ingest.Delivery) bool {
		topic := d.Header["x-shopify-topic"]
		return strings.HasPrefix(topic, "order") || strings.HasPrefix(topic, "customers/")
	}
	for from = len(deliveries) - 10; from > 0; from-- {
		n := 0
		for _, d := range deliveries[from : from+10] {
			if order(d) {
				n++
			}
		}
		if n == 10 {
			break
		}
	}
	return from, from + 10
}

func traffic(b *testing.B, store wire.Store, hubURL string, deliveries []ingest.Delivery) int {
	if len(deliveries) == 0 {
		return 0
	}
	book, err := playbook.Load(starter.FS)
	if err != nil {
		b.Fatal(err)
	}
	secrets := local.Secrets{wire.HubspotToken: "t", wire.TokenKey: "k", wire.ErasureKey: "e"}
	now := end
	parts := &wire.Parts{Store: store, Secrets: secrets, Now: func() time.Time { return now }, FitFor: time.Hour,
		Playbook: func() (*playbook.Playbook, error) { return book, nil }}
	in, err := parts.Ingester(context.Background(), wire.Sources(secrets, wire.Hubspot{URL: hubURL}))
	if err != nil {
		b.Fatal(err)
	}
	b.ResetTimer() // once: the same deliveries again would be duplicates, which cost less
	for i := 0; i < len(deliveries); i += 10 {
		batch := deliveries[i:min(i+10, len(deliveries))]
		now = batch[len(batch)-1].Received
		for _, err := range in.Handle(context.Background(), batch, now).Errors {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(len(deliveries)), "µs/webhook")
	return len(deliveries)
}
