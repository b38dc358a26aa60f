package dynamo

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"holdfast/internal/customer"
)

// Profile returns the profile of a customer, or an error wrapping
// customer.ErrNotFound.
func (s *Store) Profile(ctx context.Context, id customer.ID) (customer.Profile, error) {
	it, err := s.get(ctx, s.tables.Profiles, item{"pk": text(string(id))})
	if err != nil {
		return customer.Profile{}, fmt.Errorf("read profile %s: %w", id, err)
	}
	return profileOf(it)
}

// PutProfile stores p as the version after p.Version, the one it was read at,
// 0 for a new one. The error wraps customer.ErrConflict if another version is
// stored.
func (s *Store) PutProfile(ctx context.Context, p customer.Profile) error {
	read := p.Version
	p.Version++
	if err := s.putVersion(ctx, s.tables.Profiles, profileItem(p), read); err != nil {
		return fmt.Errorf("store profile %s: %w", p.ID, err)
	}
	return nil
}

// DeleteProfile deletes the profile that is stored as version; 0 says that
// there is none. The error wraps customer.ErrConflict if that is not so.
func (s *Store) DeleteProfile(ctx context.Context, id customer.ID, version int64) error {
	if err := s.remove(ctx, s.tables.Profiles, item{"pk": text(string(id))}, onVersion(version)); err != nil {
		return fmt.Errorf("delete profile %s: %w", id, err)
	}
	return nil
}

// ScanProfiles returns a page of one of shards equal parts of the table, shard
// counting from 0, and the cursor of the next page, "" at the end. A page may
// be empty before the end. Every profile that is there all the time is in
// exactly one shard, once. Reads are eventually consistent.
func (s *Store) ScanProfiles(ctx context.Context, shard, shards int, cursor string) ([]customer.Profile, string, error) {
	if shard < 0 || shard >= shards {
		return nil, "", fmt.Errorf("scan profiles: %w: shard %d of %d, want one from 0 up to the number of shards", customer.ErrInvalid, shard, shards)
	}
	in := &dynamodb.ScanInput{TableName: &s.tables.Profiles}
	if shards > 1 {
		in.Segment, in.TotalSegments = aws.Int32(int32(shard)), aws.Int32(int32(shards))
	}
	items, next, err := s.scan(ctx, in, cursor)
	if err != nil {
		return nil, "", fmt.Errorf("scan profiles: %w", err)
	}
	page := make([]customer.Profile, len(items))
	for i, it := range items {
		if page[i], err = profileOf(it); err != nil {
			return nil, "", fmt.Errorf("scan profiles: %w", err)
		}
	}
	return page, next, nil
}

// scan returns one page of a table whose key is pk alone.
func (s *Store) scan(ctx context.Context, in *dynamodb.ScanInput, cursor string) ([]map[string]types.AttributeValue, string, error) {
	in.ReturnConsumedCapacity = types.ReturnConsumedCapacityTotal
	if cursor != "" {
		in.ExclusiveStartKey = item{"pk": text(cursor)}
	}
	out, err := s.client.Scan(ctx, in)
	if err != nil {
		return nil, "", err
	}
	s.countRead(out.ConsumedCapacity)
	return out.Items, getText(out.LastEvaluatedKey, "pk"), nil
}
