package dynamo_test

import (
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"holdfast/internal/dynamo"
	"holdfast/internal/peer"
	"holdfast/internal/storetest"
)

var opened atomic.Int32

// open returns a store with tables of its own.
func open(t testing.TB) *dynamo.Store {
	t.Helper()
	client := connect(peer.DynamoDB(t))
	n := opened.Add(1)
	tables := dynamo.Tables{
		Profiles: fmt.Sprintf("profiles-%d", n), Facts: fmt.Sprintf("facts-%d", n), Identities: fmt.Sprintf("identities-%d", n),
		Sends: fmt.Sprintf("sends-%d", n), Insights: fmt.Sprintf("insights-%d", n),
	}
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
