package dynamo_test

import (
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"holdfast/internal/customer"
	"holdfast/internal/dynamo"
	"holdfast/internal/peer"
	"holdfast/internal/storetest"
)

var opened atomic.Int32

// newTables returns names that nobody has used.
func newTables() dynamo.Tables {
	n := opened.Add(1)
	return dynamo.Tables{
		Profiles: fmt.Sprintf("profiles-%d", n), Facts: fmt.Sprintf("facts-%d", n), Identities: fmt.Sprintf("identities-%d", n),
		Sends: fmt.Sprintf("sends-%d", n), Insights: fmt.Sprintf("insights-%d", n),
	}
}

// open returns a store with tables of its own.
func open(t testing.TB) *dynamo.Store {
	t.Helper()
	client, tables := connect(peer.DynamoDB(t)), newTables()
	if err := dynamo.CreateTables(t.Context(), client, tables); err != nil {
		t.Fatal(err)
	}
	return dynamo.Open(client, tables)
}

func connect(endpoint string) *dynamodb.Client {
	return dynamodb.New(dynamodb.Options{
		Region: "eu-central-1", BaseEndpoint: aws.String(endpoint),
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
	})
}

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Store { return open(t) })
}

func TestTablesThatAreThereAreLeftAlone(t *testing.T) {
	client, tables := connect(peer.DynamoDB(t)), newTables()
	for range 2 {
		if err := dynamo.CreateTables(t.Context(), client, tables); err != nil {
			t.Fatal(err)
		}
		s := dynamo.Open(client, tables)
		if _, err := s.PutFact(t.Context(), "c", storetest.ReferenceFact()); err != nil && !errors.Is(err, customer.ErrStale) {
			t.Fatal(err)
		}
	}
	facts, err := dynamo.Open(client, tables).Facts(t.Context(), "c")
	if err != nil || len(facts) != 1 {
		t.Errorf("got %d facts and error %v, want the one put before", len(facts), err)
	}
}

func TestAKnownCustomersOrderCostsTwoWriteUnits(t *testing.T) {
	s := open(t)
	ctx := t.Context()
	p := storetest.ReferenceProfile()
	p.Version = 0
	if err := s.PutProfile(ctx, p); err != nil {
		t.Fatal(err)
	}
	before := s.Consumed()
	p, err := s.Profile(ctx, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.PutFact(ctx, p.ID, storetest.ReferenceFact()); err != nil {
		t.Fatal(err)
	}
	if err := s.PutProfile(ctx, p); err != nil {
		t.Fatal(err)
	}
	after := s.Consumed()
	got := dynamo.Units{Read: after.Read - before.Read, Write: after.Write - before.Write}
	if want := (dynamo.Units{Read: 1, Write: 2}); got != want {
		t.Errorf("consumed %+v, want %+v", got, want)
	}
}

// BenchmarkIngest makes the calls that one order of a known customer makes,
// and reports the units they cost.
func BenchmarkIngest(b *testing.B) {
	s := open(b)
	ctx := b.Context()
	p := storetest.ReferenceProfile()
	p.Version = 0
	f := storetest.ReferenceFact()
	if err := errors.Join(s.PutLink(ctx, customer.Link{Identity: f.Record, Customer: p.ID}), s.PutProfile(ctx, p)); err != nil {
		b.Fatal(err)
	}
	before, n := s.Consumed(), 0
	for b.Loop() {
		n++
		f.Key = fmt.Sprintf("order/%d", n)
		_, err1 := s.Link(ctx, f.Record)
		p, err2 := s.Profile(ctx, p.ID)
		_, err3 := s.PutFact(ctx, p.ID, f)
		if err := errors.Join(err1, err2, err3, s.PutProfile(ctx, p)); err != nil {
			b.Fatal(err)
		}
	}
	after := s.Consumed()
	b.ReportMetric((after.Write-before.Write)/float64(n), "writeunits/op")
	b.ReportMetric((after.Read-before.Read)/float64(n), "readunits/op")
}
