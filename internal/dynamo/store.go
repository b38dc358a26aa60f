// Package dynamo keeps customers in DynamoDB: five tables, one file each. It
// decides nothing; what may be written when is said by conditions on versions,
// so that writers need neither locks nor transactions. It retries nothing
// beyond what the client does: an error that is none of the customer package's
// is the service's own, and trying again may help.
package dynamo

import (
	"context"
	"errors"
	"sync/atomic"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"holdfast/internal/customer"
)

// Tables are the names of the tables.
type Tables struct {
	Profiles, Facts, Identities, Sends, Insights string
}

// A Store reads and writes the tables. It is safe for concurrent use. What it
// returns belongs to the caller. Every read is consistent unless its comment
// says otherwise. Lists and maps that are stored empty come back nil, instants
// in UTC.
type Store struct {
	// client stays a concrete type: as an interface it would keep all methods
	// of the SDK's client in every binary.
	client      *dynamodb.Client
	tables      Tables
	read, wrote atomic.Int64 // half units
}

// Open returns the store in tables; nothing is asked of the service yet.
func Open(client *dynamodb.Client, tables Tables) *Store {
	return &Store{client: client, tables: tables}
}

// Units are DynamoDB's request units.
type Units struct{ Read, Write float64 }

// Consumed returns what the store's successful calls have consumed since it
// was opened, indexes included.
func (s *Store) Consumed() Units {
	return Units{Read: float64(s.read.Load()) / 2, Write: float64(s.wrote.Load()) / 2}
}

// count adds what one call consumed; units come in halves.
func count(sum *atomic.Int64, consumed ...types.ConsumedCapacity) {
	for _, c := range consumed {
		sum.Add(int64(aws.ToFloat64(c.CapacityUnits)*2 + 0.5))
	}
}

func (s *Store) countRead(c *types.ConsumedCapacity) {
	if c != nil {
		count(&s.read, *c)
	}
}

func (s *Store) countWrite(c *types.ConsumedCapacity) {
	if c != nil {
		count(&s.wrote, *c)
	}
}

// get returns one item, or customer.ErrNotFound.
func (s *Store) get(ctx context.Context, table string, key item) (item, error) {
	out, err := s.client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: &table, Key: key, ConsistentRead: aws.Bool(true),
		ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
	})
	if err != nil {
		return nil, err
	}
	s.countRead(out.ConsumedCapacity)
	if len(out.Item) == 0 {
		return nil, customer.ErrNotFound
	}
	return out.Item, nil
}

// put stores it if c holds and returns what was asked for of the item in whose
// place it came; unmet is the error if c does not hold.
func (s *Store) put(ctx context.Context, table string, it item, c condition, unmet error, ask types.ReturnValue) (item, error) {
	out, err := s.client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: &table, Item: it,
		ConditionExpression: c.expression, ExpressionAttributeNames: c.names, ExpressionAttributeValues: c.values,
		ReturnValues:           ask,
		ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
	})
	if err != nil {
		return nil, translate(err, unmet)
	}
	s.countWrite(out.ConsumedCapacity)
	return out.Attributes, nil
}

// putVersion stores it in place of the item that is stored as version.
func (s *Store) putVersion(ctx context.Context, table string, it item, version int64) error {
	_, err := s.put(ctx, table, it, onVersion(version), customer.ErrConflict, types.ReturnValueNone)
	return err
}

// remove deletes one item if c holds; one that is not there is fine.
func (s *Store) remove(ctx context.Context, table string, key item, c condition) error {
	out, err := s.client.DeleteItem(ctx, &dynamodb.DeleteItemInput{
		TableName: &table, Key: key,
		ConditionExpression: c.expression, ExpressionAttributeNames: c.names, ExpressionAttributeValues: c.values,
		ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
	})
	if err != nil {
		return translate(err, customer.ErrConflict)
	}
	s.countWrite(out.ConsumedCapacity)
	return nil
}

// query returns one page, and where the next begins, nil at the end.
func (s *Store) query(ctx context.Context, in *dynamodb.QueryInput) ([]map[string]types.AttributeValue, item, error) {
	in.ReturnConsumedCapacity = types.ReturnConsumedCapacityTotal
	out, err := s.client.Query(ctx, in)
	if err != nil {
		return nil, nil, err
	}
	s.countRead(out.ConsumedCapacity)
	return out.Items, out.LastEvaluatedKey, nil
}

// A condition says when a write may happen; the zero value is always.
type condition struct {
	expression *string
	names      map[string]string
	values     item
}

// onVersion holds while the stored version is v, 0 while nothing is stored.
func onVersion(v int64) condition {
	if v == 0 {
		return condition{expression: aws.String("attribute_not_exists(pk)")}
	}
	return condition{
		expression: aws.String("#v = :v"),
		names:      map[string]string{"#v": "v"},
		values:     item{":v": number(v)},
	}
}

// translate turns an unmet condition into unmet and leaves every other error.
func translate(err, unmet error) error {
	if failed := (*types.ConditionalCheckFailedException)(nil); errors.As(err, &failed) {
		return unmet
	}
	return err
}
