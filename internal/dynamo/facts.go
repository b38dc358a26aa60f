package dynamo

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"holdfast/internal/customer"
)

// PutFact stores f under its customer, if no fact of f.ID() is there or the
// stored Version is smaller; replaced says which. The error wraps
// customer.ErrStale if the same version or a greater one is stored.
func (s *Store) PutFact(ctx context.Context, id customer.ID, f customer.Fact) (replaced bool, err error) {
	it, err := factItem(id, f)
	if err != nil {
		return false, fmt.Errorf("store fact of %s: %w", id, err)
	}
	newer := condition{
		expression: aws.String("attribute_not_exists(pk) OR #v < :v"),
		names:      map[string]string{"#v": "v"},
		values:     item{":v": text(string(f.Version))},
	}
	old, err := s.put(ctx, s.tables.Facts, it, newer, customer.ErrStale, types.ReturnValueAllOld)
	if err != nil {
		return false, fmt.Errorf("store fact of %s: %w", id, err)
	}
	return len(old) > 0, nil
}

// Facts returns all facts of a customer, sorted by ID, expired ones that are
// still there included; none for an unknown customer.
func (s *Store) Facts(ctx context.Context, id customer.ID) ([]customer.Fact, error) {
	var facts []customer.Fact
	in := &dynamodb.QueryInput{
		TableName:                 &s.tables.Facts,
		KeyConditionExpression:    aws.String("pk = :pk"),
		ExpressionAttributeValues: item{":pk": text(string(id))},
		ConsistentRead:            aws.Bool(true),
	}
	for {
		items, next, err := s.query(ctx, in)
		if err != nil {
			return nil, fmt.Errorf("read facts of %s: %w", id, err)
		}
		for _, it := range items {
			f, err := factOf(it)
			if err != nil {
				return nil, fmt.Errorf("read facts of %s: %w", id, err)
			}
			facts = append(facts, f)
		}
		if len(next) == 0 {
			return facts, nil
		}
		in.ExclusiveStartKey = next
	}
}

// DeleteFact deletes the fact whose ID is factID; one that is not there is fine.
func (s *Store) DeleteFact(ctx context.Context, id customer.ID, factID string) error {
	if err := s.remove(ctx, s.tables.Facts, item{"pk": text(string(id)), "sk": text(factID)}, condition{}); err != nil {
		return fmt.Errorf("delete fact of %s: %w", id, err)
	}
	return nil
}

// The attributes of a fact: pk customer, sk ID, r how much of the ID is the
// record, v version, a when it happened, ttl and x when it expires, b the rest
// as this document.
type factBody struct {
	customer.Fact
	Record  none `json:"record,omitzero"`
	Key     none `json:"key,omitzero"`
	Version none `json:"version,omitzero"`
	At      none `json:"at,omitzero"`
	Expires none `json:"expires,omitzero"`
}

func factItem(id customer.ID, f customer.Fact) (item, error) {
	it := item{
		"pk": text(string(id)),
		"sk": text(f.ID()),
		"r":  number(int64(len(f.Record))),
		"v":  text(string(f.Version)),
	}
	setText(it, "a", seconds(f.At))
	setExpiry(it, f.Expires)
	return it, setJSON(it, "b", factBody{Fact: f})
}

func factOf(it item) (customer.Fact, error) {
	d := decoding{it: it}
	id := getText(it, "sk")
	n, err := getNumber(it, "r")
	d.keep(err)
	if n < 0 || n >= int64(len(id)) {
		return customer.Fact{}, fmt.Errorf("decode fact: %w: attribute r does not fit the key", customer.ErrInvalid)
	}
	var b factBody
	d.keep(getJSON(it, "b", &b))
	f := b.Fact
	f.Record, f.Key, f.Version = customer.Identity(id[:n]), id[n+1:], customer.Version(getText(it, "v"))
	f.At, err = parseSeconds(getText(it, "a"))
	d.keep(err)
	f.Expires, err = getExpiry(it)
	d.keep(err)
	return f, d.err
}
