package dynamo

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"holdfast/internal/customer"
)

// maxBatch is how many keys one batch read may name.
const maxBatch = 100

// ErrBusy says that the service held back items of a batch again and again;
// trying again later helps.
var ErrBusy = errors.New("the service leaves keys unprocessed")

// Link returns what is stored of an identity, or an error wrapping
// customer.ErrNotFound.
func (s *Store) Link(ctx context.Context, i customer.Identity) (customer.Link, error) {
	it, err := s.get(ctx, s.tables.Identities, item{"pk": text(string(i))})
	if err != nil {
		return customer.Link{}, fmt.Errorf("read link: %w", err)
	}
	return linkOf(it)
}

// Links returns the links of those identities that have one, in the order
// asked; of an identity asked for twice, once.
func (s *Store) Links(ctx context.Context, ids []customer.Identity) ([]customer.Link, error) {
	found := make(map[customer.Identity]customer.Link, len(ids))
	unique := slices.Compact(slices.Sorted(slices.Values(ids)))
	for batch := range slices.Chunk(unique, maxBatch) {
		if err := s.readLinks(ctx, batch, found); err != nil {
			return nil, fmt.Errorf("read links: %w", err)
		}
	}
	links := make([]customer.Link, 0, len(found))
	for _, i := range ids {
		if l, ok := found[i]; ok {
			links = append(links, l)
			delete(found, i)
		}
	}
	return links, nil
}

// readLinks adds to found what is stored of one batch. What the service leaves
// unprocessed is asked again, after a growing pause.
func (s *Store) readLinks(ctx context.Context, batch []customer.Identity, found map[customer.Identity]customer.Link) error {
	keys := make([]map[string]types.AttributeValue, len(batch))
	for i, id := range batch {
		keys[i] = item{"pk": text(string(id))}
	}
	ask := map[string]types.KeysAndAttributes{s.tables.Identities: {Keys: keys, ConsistentRead: aws.Bool(true)}}
	for pause := 20 * time.Millisecond; ; pause *= 2 {
		out, err := s.client.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{
			RequestItems: ask, ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
		})
		if err != nil {
			return err
		}
		count(&s.read, out.ConsumedCapacity...)
		for _, it := range out.Responses[s.tables.Identities] {
			l, err := linkOf(it)
			if err != nil {
				return err
			}
			found[l.Identity] = l
		}
		if len(out.UnprocessedKeys) == 0 {
			return nil
		}
		if pause > time.Second {
			return ErrBusy
		}
		ask = maps.Clone(out.UnprocessedKeys)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}

// PutLink stores l as the version after l.Version, the one it was read at, 0
// for a new one. The error wraps customer.ErrConflict if another version is
// stored.
func (s *Store) PutLink(ctx context.Context, l customer.Link) error {
	read := l.Version
	l.Version++
	it, err := linkItem(l)
	if err == nil {
		err = s.putVersion(ctx, s.tables.Identities, it, read)
	}
	if err != nil {
		return fmt.Errorf("store link: %w", err)
	}
	return nil
}

// DeleteLink deletes what is stored of an identity, if anything is.
func (s *Store) DeleteLink(ctx context.Context, i customer.Identity) error {
	if err := s.remove(ctx, s.tables.Identities, item{"pk": text(string(i))}, condition{}); err != nil {
		return fmt.Errorf("delete link: %w", err)
	}
	return nil
}

// ScanLinks returns a page of all links, and the cursor of the next page, ""
// at the end. A page may be empty before the end. Reads are consistent. A
// cursor may hold an address: it is personal data.
func (s *Store) ScanLinks(ctx context.Context, cursor string) ([]customer.Link, string, error) {
	in := &dynamodb.ScanInput{TableName: &s.tables.Identities, ConsistentRead: aws.Bool(true)}
	items, next, err := s.scan(ctx, in, cursor)
	if err != nil {
		return nil, "", fmt.Errorf("scan links: %w", err)
	}
	page := make([]customer.Link, len(items))
	for i, it := range items {
		if page[i], err = linkOf(it); err != nil {
			return nil, "", fmt.Errorf("scan links: %w", err)
		}
	}
	return page, next, nil
}
