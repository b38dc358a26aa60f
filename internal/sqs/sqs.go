// Package sqs puts messages on queues of Amazon SQS. Taking them off is
// Lambda's event source mapping, not ours.
package sqs

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"holdfast/internal/customer"
)

// The limits of SQS.
const (
	// MaxBytes is the most that one message, and all of one batch, may have.
	MaxBytes = 1 << 20
	// MaxBatch is the most messages of one batch.
	MaxBatch = 10
)

// A Queue is one standard queue. It is safe for concurrent use.
type Queue struct {
	client *sqs.Client // concrete: an interface would link every operation's code
	url    string
}

// New returns the queue with a URL.
func New(cfg aws.Config, url string) *Queue {
	return &Queue{client: sqs.NewFromConfig(cfg), url: url}
}

// Send puts one message on the queue, at least once. Messages of one group, if
// it is not "", do not keep those of other groups waiting; they may still
// overtake each other. The error wraps [customer.ErrInvalid] for an empty body
// or one above [MaxBytes].
func (q *Queue) Send(ctx context.Context, body []byte, group string) error {
	if err := check(body); err != nil {
		return fmt.Errorf("queue message: %w", err)
	}
	_, err := q.client.SendMessage(ctx, &sqs.SendMessageInput{
		QueueUrl: aws.String(q.url), MessageBody: aws.String(string(body)), MessageGroupId: optional(group),
	})
	if err != nil {
		return fmt.Errorf("queue message: %w", err)
	}
	return nil
}

// SendBatch puts messages on the queue in as few requests as the limits allow.
// After an error some of them may be on it; a [BatchError] names those that
// are not.
func (q *Queue) SendBatch(ctx context.Context, bodies [][]byte, group string) error {
	for i, body := range bodies {
		if err := check(body); err != nil {
			return fmt.Errorf("queue message %d: %w", i, err)
		}
	}
	var failed BatchError
	for first := 0; first < len(bodies); {
		n := fit(bodies[first:])
		ids, err := q.batch(ctx, bodies[first:first+n], first, group)
		if err != nil {
			return fmt.Errorf("queue messages from %d on: %w", first, err)
		}
		failed.IDs = append(failed.IDs, ids...)
		first += n
	}
	if len(failed.IDs) > 0 {
		return failed
	}
	return nil
}

// batch sends one request and returns the ids of messages that were refused:
// their places among all that were given.
func (q *Queue) batch(ctx context.Context, bodies [][]byte, first int, group string) ([]string, error) {
	in := &sqs.SendMessageBatchInput{QueueUrl: aws.String(q.url)}
	for i, body := range bodies {
		in.Entries = append(in.Entries, types.SendMessageBatchRequestEntry{
			Id: aws.String(strconv.Itoa(first + i)), MessageBody: aws.String(string(body)), MessageGroupId: optional(group),
		})
	}
	out, err := q.client.SendMessageBatch(ctx, in)
	if err != nil {
		return nil, err
	}
	taken := map[string]bool{}
	for _, entry := range out.Successful {
		taken[aws.ToString(entry.Id)] = true
	}
	var ids []string
	for _, entry := range in.Entries {
		if !taken[*entry.Id] {
			ids = append(ids, *entry.Id)
		}
	}
	return ids, nil
}

// A BatchError names the messages that SQS did not take, by their place in the
// batch, from 0.
type BatchError struct{ IDs []string }

func (e BatchError) Error() string {
	return "queue messages: SQS did not take " + strings.Join(e.IDs, ", ")
}

// fit returns how many of the first bodies make one request.
func fit(bodies [][]byte) int {
	size := 0
	for i, body := range bodies {
		size += len(body)
		if i == MaxBatch || size > MaxBytes {
			return i
		}
	}
	return len(bodies)
}

func check(body []byte) error {
	if len(body) == 0 || len(body) > MaxBytes {
		return fmt.Errorf("%w: a message has 1 to %d bytes, not %d", customer.ErrInvalid, MaxBytes, len(body))
	}
	return nil
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
