package dynamo

import (
	"context"
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"holdfast/internal/customer"
)

// dueShards is how many partitions what waits is spread over: one alone takes
// 1,000 writes a second. It is part of the stored keys and never changes.
const dueShards = 16

// DueSends returns up to limit keys of planned sends that are due at or before
// an instant, and the cursor of the next page, "" at the end. A page may have
// fewer before the end. Keys come in parts by a hash of the customer, the
// oldest first within each. Reads are eventually consistent: a send may be
// missing or stand here for some time after its status changed.
func (s *Store) DueSends(ctx context.Context, before time.Time, cursor string, limit int) ([]customer.SendKey, string, error) {
	return s.waitingSends(ctx, customer.Planned, before, cursor, limit)
}

// ClaimedSends is as [Store.DueSends], of claimed sends by when they were claimed.
func (s *Store) ClaimedSends(ctx context.Context, before time.Time, cursor string, limit int) ([]customer.SendKey, string, error) {
	return s.waitingSends(ctx, customer.Claimed, before, cursor, limit)
}

func (s *Store) waitingSends(ctx context.Context, status customer.SendStatus, before time.Time, cursor string, limit int) ([]customer.SendKey, string, error) {
	at, err := parseDueCursor(cursor)
	if err == nil && limit < 1 {
		err = fmt.Errorf("%w: limit %d, want at least 1", customer.ErrInvalid, limit)
	}
	if err != nil {
		return nil, "", fmt.Errorf("list %s sends: %w", status, err)
	}
	var keys []customer.SendKey
	for at.shard < dueShards && len(keys) < limit {
		page, last, err := s.waitingPage(ctx, status, before, at, limit-len(keys))
		if err != nil {
			return nil, "", fmt.Errorf("list %s sends: %w", status, err)
		}
		keys = append(keys, page...)
		if len(last) == 0 {
			at = dueCursor{shard: at.shard + 1}
		} else {
			at = dueCursor{at.shard, getText(last, "due_at"), getText(last, "pk"), getText(last, "sk")}
		}
	}
	return keys, at.String(), nil
}

// waitingPage returns up to limit keys of one shard from a cursor on, and the
// last key looked at, nil at the end of the shard.
func (s *Store) waitingPage(ctx context.Context, status customer.SendStatus, before time.Time, at dueCursor, limit int) ([]customer.SendKey, item, error) {
	shard := dueShard(status, at.shard)
	in := &dynamodb.QueryInput{
		TableName:                 &s.tables.Sends,
		IndexName:                 aws.String(dueIndex),
		KeyConditionExpression:    aws.String("#s = :s AND #t <= :t"),
		ExpressionAttributeNames:  map[string]string{"#s": "due_shard", "#t": "due_at"},
		ExpressionAttributeValues: item{":s": text(shard), ":t": text(instant(before))},
		Limit:                     aws.Int32(int32(limit)),
	}
	if at.pk != "" {
		in.ExclusiveStartKey = item{"pk": text(at.pk), "sk": text(at.sk), "due_shard": text(shard), "due_at": text(at.due)}
	}
	items, last, err := s.query(ctx, in)
	if err != nil {
		return nil, nil, err
	}
	keys := make([]customer.SendKey, len(items))
	for i, it := range items {
		if keys[i], err = parseKey(customer.ID(getText(it, "pk")), getText(it, "sk")); err != nil {
			return nil, nil, err
		}
	}
	return keys, last, nil
}

func dueShard(status customer.SendStatus, shard int) string {
	return string(status) + "#" + strconv.FormatInt(int64(shard), dueShards)
}

func shardOf(id customer.ID) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(id)) // a hash never fails
	return int(h.Sum32() % dueShards)
}

// A dueCursor is where a list of waiting sends goes on: at the beginning of a
// shard, or after a key in it.
type dueCursor struct {
	shard       int
	due, pk, sk string
}

func (c dueCursor) String() string {
	switch {
	case c.shard == dueShards:
		return ""
	case c.pk == "":
		return strconv.Itoa(c.shard)
	}
	return strconv.Itoa(c.shard) + " " + c.due + " " + c.pk + " " + c.sk
}

func parseDueCursor(s string) (dueCursor, error) {
	if s == "" {
		return dueCursor{}, nil
	}
	parts := strings.SplitN(s, " ", 4)
	shard, err := strconv.Atoi(parts[0])
	if err != nil || shard < 0 || shard >= dueShards || len(parts) != 1 && len(parts) != 4 {
		return dueCursor{}, fmt.Errorf("%w: not a cursor of this list", customer.ErrInvalid)
	}
	c := dueCursor{shard: shard}
	if len(parts) == 4 {
		c.due, c.pk, c.sk = parts[1], parts[2], parts[3]
	}
	return c, nil
}
