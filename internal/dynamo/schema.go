package dynamo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// TTL is the attribute by which items of a table that expires them say when, in
// seconds since 1970.
const TTL = "ttl"

const (
	dueIndex      = "due"
	campaignIndex = "campaign"
)

// A Schema is what one table must be like for a [Store]. All key attributes
// are strings.
type Schema struct {
	Name    string
	Hash    string
	Range   string // "" if the key is Hash alone
	TTL     string // attribute, "" if nothing expires
	Indexes []Index
}

// An Index is a global secondary index.
type Index struct {
	Name, Hash, Range string
	Projection        string // ALL or KEYS_ONLY
}

// Schemas returns what the tables are like, in the order of the fields of t.
func (t Tables) Schemas() []Schema {
	return []Schema{
		{Name: t.Profiles, Hash: "pk"},
		{Name: t.Facts, Hash: "pk", Range: "sk", TTL: TTL},
		{Name: t.Identities, Hash: "pk"},
		{Name: t.Sends, Hash: "pk", Range: "sk", TTL: TTL, Indexes: []Index{
			{Name: dueIndex, Hash: "due_shard", Range: "due_at", Projection: string(types.ProjectionTypeKeysOnly)},
			{Name: campaignIndex, Hash: "campaign", Range: "status_at", Projection: string(types.ProjectionTypeAll)},
		}},
		{Name: t.Insights, Hash: "pk", Range: "sk", TTL: TTL},
	}
}

// CreateTables creates those of the tables that are not there yet, billed by
// request, and returns when they can be used. It is for tests and local runs:
// nothing is expired, recovered or protected in what it creates.
func CreateTables(ctx context.Context, client *dynamodb.Client, tables Tables) error {
	for _, s := range tables.Schemas() {
		if err := create(ctx, client, s); err != nil {
			return fmt.Errorf("create table %s: %w", s.Name, err)
		}
	}
	return nil
}

func create(ctx context.Context, client *dynamodb.Client, s Schema) error {
	_, err := client.CreateTable(ctx, s.input())
	if there := (*types.ResourceInUseException)(nil); err != nil && !errors.As(err, &there) {
		return err
	}
	for {
		out, err := client.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: &s.Name})
		if err != nil || out.Table.TableStatus == types.TableStatusActive {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func (s Schema) input() *dynamodb.CreateTableInput {
	in := &dynamodb.CreateTableInput{TableName: &s.Name, BillingMode: types.BillingModePayPerRequest, KeySchema: keySchema(s.Hash, s.Range)}
	names := []string{s.Hash, s.Range}
	for _, x := range s.Indexes {
		names = append(names, x.Hash, x.Range)
		in.GlobalSecondaryIndexes = append(in.GlobalSecondaryIndexes, types.GlobalSecondaryIndex{
			IndexName: &x.Name, KeySchema: keySchema(x.Hash, x.Range),
			Projection: &types.Projection{ProjectionType: types.ProjectionType(x.Projection)},
		})
	}
	for _, name := range names {
		if name != "" {
			in.AttributeDefinitions = append(in.AttributeDefinitions, types.AttributeDefinition{
				AttributeName: &name, AttributeType: types.ScalarAttributeTypeS,
			})
		}
	}
	return in
}

func keySchema(hash, sort string) []types.KeySchemaElement {
	keys := []types.KeySchemaElement{{AttributeName: aws.String(hash), KeyType: types.KeyTypeHash}}
	if sort != "" {
		keys = append(keys, types.KeySchemaElement{AttributeName: aws.String(sort), KeyType: types.KeyTypeRange})
	}
	return keys
}
