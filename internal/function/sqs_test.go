package function_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"holdfast/internal/function"
)

func TestAMessageFailsAlone(t *testing.T) {
	logs := &bytes.Buffer{}
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewJSONHandler(logs, nil)))
	t.Cleanup(func() { slog.SetDefault(before) })
	for _, tt := range []struct {
		name string
		do   func(body string) error
		want []events.SQSBatchItemFailure
	}{
		{"nothing fails, and the list is there", func(string) error { return nil }, []events.SQSBatchItemFailure{}},
		{"one fails", func(body string) error {
			if body == "b" {
				return errors.New("busy")
			}
			return nil
		}, []events.SQSBatchItemFailure{{ItemIdentifier: "2"}}},
		{"one panics", func(body string) error {
			if body == "b" {
				panic("ada@tea.example")
			}
			return nil
		}, []events.SQSBatchItemFailure{{ItemIdentifier: "2"}}},
		{"all fail", func(string) error { return errors.New("down") },
			[]events.SQSBatchItemFailure{{ItemIdentifier: "1"}, {ItemIdentifier: "2"}, {ItemIdentifier: "3"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := function.EachMessage(t.Context(), threeMessages, func(_ context.Context, m events.SQSMessage) error { return tt.do(m.Body) })
			if diff := cmp.Diff(events.SQSEventResponse{BatchItemFailures: tt.want}, got); diff != "" {
				t.Errorf("answer (-want +got):\n%s", diff)
			}
		})
	}
	if text := logs.String(); strings.Contains(text, "@") || strings.Count(text, "\n") != 5 {
		t.Errorf("the log has other than five lines, or what the panic held:\n%s", text)
	}
}

func TestMessagesAfterTheDeadlineComeAgain(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	done := 0
	got := function.EachMessage(ctx, threeMessages, func(context.Context, events.SQSMessage) error {
		done++
		cancel()
		return nil
	})
	want := events.SQSEventResponse{BatchItemFailures: []events.SQSBatchItemFailure{{ItemIdentifier: "2"}, {ItemIdentifier: "3"}}}
	if diff := cmp.Diff(want, got); diff != "" || done != 1 {
		t.Errorf("%d done, answer (-want +got):\n%s", done, diff)
	}
}

var threeMessages = events.SQSEvent{Records: []events.SQSMessage{{MessageId: "1", Body: "a"}, {MessageId: "2", Body: "b"}, {MessageId: "3", Body: "c"}}}
