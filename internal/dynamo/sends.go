package dynamo

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"holdfast/internal/customer"
)

// Send returns the send of a key, or an error wrapping customer.ErrNotFound.
func (s *Store) Send(ctx context.Context, k customer.SendKey) (customer.Send, error) {
	it, err := s.get(ctx, s.tables.Sends, sendID(k))
	if err != nil {
		return customer.Send{}, fmt.Errorf("read send %s of %s: %w", k, k.Customer, err)
	}
	return sendOf(it)
}

// PutSend stores send as the version after send.Version, the one it was read
// at, 0 for a new one. The error wraps customer.ErrConflict if another version
// is stored, customer.ErrInvalid if the key could not be read back.
func (s *Store) PutSend(ctx context.Context, send customer.Send) error {
	read := send.Version
	send.Version++
	it, err := sendItem(send)
	if err == nil {
		err = s.putVersion(ctx, s.tables.Sends, it, read)
	}
	if err != nil {
		return fmt.Errorf("store send %s of %s: %w", send.SendKey, send.Customer, err)
	}
	return nil
}

// Sends returns all sends of a customer, sorted by key.
func (s *Store) Sends(ctx context.Context, id customer.ID) ([]customer.Send, error) {
	var sends []customer.Send
	in := &dynamodb.QueryInput{
		TableName:                 &s.tables.Sends,
		KeyConditionExpression:    aws.String("pk = :pk"),
		ExpressionAttributeValues: item{":pk": text(string(id))},
		ConsistentRead:            aws.Bool(true),
	}
	for {
		page, next, err := s.querySends(ctx, in)
		if err != nil {
			return nil, fmt.Errorf("read sends of %s: %w", id, err)
		}
		sends = append(sends, page...)
		if len(next) == 0 {
			return sends, nil
		}
		in.ExclusiveStartKey = next
	}
}

// DeleteSend deletes a send; one that is not there is fine.
func (s *Store) DeleteSend(ctx context.Context, k customer.SendKey) error {
	if err := s.remove(ctx, s.tables.Sends, sendID(k), condition{}); err != nil {
		return fmt.Errorf("delete send %s of %s: %w", k, k.Customer, err)
	}
	return nil
}

// CampaignSends returns a page of the sends of a campaign, those of one status
// together, and the cursor of the next page, "" at the end. Reads are
// eventually consistent.
func (s *Store) CampaignSends(ctx context.Context, campaign, cursor string) ([]customer.Send, string, error) {
	in := &dynamodb.QueryInput{
		TableName:                 &s.tables.Sends,
		IndexName:                 aws.String(campaignIndex),
		KeyConditionExpression:    aws.String("#c = :c"),
		ExpressionAttributeNames:  map[string]string{"#c": "campaign"},
		ExpressionAttributeValues: item{":c": text(campaign)},
	}
	if cursor != "" {
		pk, rest, _ := strings.Cut(cursor, " ")
		status, sk, ok := strings.Cut(rest, " ")
		if !ok {
			return nil, "", fmt.Errorf("read sends of campaign %s: %w: not a cursor of this list", campaign, customer.ErrInvalid)
		}
		in.ExclusiveStartKey = item{"pk": text(pk), "sk": text(sk), "campaign": text(campaign), "status_at": text(status)}
	}
	page, last, err := s.querySends(ctx, in)
	if err != nil {
		return nil, "", fmt.Errorf("read sends of campaign %s: %w", campaign, err)
	}
	next := ""
	if len(last) > 0 {
		next = getText(last, "pk") + " " + getText(last, "status_at") + " " + getText(last, "sk")
	}
	return page, next, nil
}

func (s *Store) querySends(ctx context.Context, in *dynamodb.QueryInput) ([]customer.Send, item, error) {
	items, next, err := s.query(ctx, in)
	if err != nil {
		return nil, nil, err
	}
	sends := make([]customer.Send, len(items))
	for i, it := range items {
		if sends[i], err = sendOf(it); err != nil {
			return nil, nil, err
		}
	}
	return sends, next, nil
}

func sendID(k customer.SendKey) item {
	return item{"pk": text(string(k.Customer)), "sk": text(k.String())}
}
