package night

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"holdfast/internal/customer"
)

// A part is what one invocation found in its stretch of a shard. Next leads to
// the part of the stretch after it, so that parts which an earlier run left
// behind are never counted in.
type part struct {
	Next string          `json:"next"` // cursor of the next stretch; "" for the last
	Body json.RawMessage `json:"body"`
}

// maxChunk keeps an insight below what a table takes as one item.
const maxChunk = 300_000

type chunk struct {
	Of   int    `json:"of"`
	Text string `json:"text"`
}

func partKey(s Shard, cursor string) string {
	sum := sha256.Sum256([]byte(cursor))
	return fmt.Sprintf("%s/%d/%d/%s", key(s.At), s.Shards, s.Shard, hex.EncodeToString(sum[:8]))
}

// putPart stores what the stretch from start to after's cursor gave.
func (n *Night) putPart(ctx context.Context, kind string, start, after Shard, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode %s: %w", kind, err)
	}
	encoded, err := json.Marshal(part{Next: after.Cursor, Body: body})
	if err != nil {
		return fmt.Errorf("encode %s: %w", kind, err)
	}
	chunks := slices.Collect(slices.Chunk([]rune(string(encoded)), maxChunk))
	for i, c := range chunks {
		date := fmt.Sprintf("%s/%03d", partKey(start, start.Cursor), i)
		if _, err := n.put(ctx, kind, date, chunk{Of: len(chunks), Text: string(c)}, partLife, start.At); err != nil {
			return err
		}
	}
	return nil
}

// parts calls each with the parts of all shards of a night.
func (n *Night) parts(ctx context.Context, kind string, at time.Time, shards int, each func(json.RawMessage) error) error {
	for i := range shards {
		s := Shard{At: at, Shard: i, Shards: shards}
		for cursor, more := "", true; more; {
			p, err := n.part(ctx, kind, s, cursor)
			if err != nil {
				return err
			}
			if err := each(p.Body); err != nil {
				return fmt.Errorf("read part of %s: %w", kind, err)
			}
			cursor, more = p.Next, p.Next != ""
		}
	}
	return nil
}

func (n *Night) part(ctx context.Context, kind string, s Shard, cursor string) (part, error) {
	var text strings.Builder
	for i, of := 0, 1; i < of; i++ {
		stored, err := n.Store.Insight(ctx, kind, fmt.Sprintf("%s/%03d", partKey(s, cursor), i))
		if errors.Is(err, customer.ErrNotFound) {
			return part{}, fmt.Errorf("part %d of shard %d of the %s: %w", i, s.Shard, kind, customer.ErrNotFound)
		}
		if err != nil {
			return part{}, fmt.Errorf("read %s: %w", kind, err)
		}
		var c chunk
		if err := json.Unmarshal(stored.Body, &c); err != nil {
			return part{}, fmt.Errorf("read %s: %w", kind, err)
		}
		of = c.Of
		text.WriteString(c.Text)
	}
	var p part
	if err := json.Unmarshal([]byte(text.String()), &p); err != nil {
		return part{}, fmt.Errorf("read %s: %w", kind, err)
	}
	return p, nil
}
