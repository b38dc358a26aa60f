package e2e_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"holdfast/internal/asl"
	"holdfast/internal/dynamo"
	"holdfast/internal/night"
	"holdfast/internal/peer"
	"holdfast/internal/runtimeapi"
	"holdfast/statemachine"
)

const (
	publicURL     = "https://mail.shop.example"
	shopifySecret = "shopify-secret-of-the-test"
	hubspotSecret = "hubspot-secret-of-the-test"
	tokenKey      = "0123456789abcdef0123456789abcdef"
	shards        = 2
)

// A stack is the whole system: ten binaries and what they talk to.
type stack struct {
	*testing.T
	functions map[string]*runtimeapi.Function
	store     *dynamo.Store
	queues    *sqs.Client
	urls      map[string]string // of the queues
	ses       string
	logs      *logs
	// tables and inbox stand between the functions and DynamoDB and SQS.
	tables, inbox *gate
}

var stacks atomic.Int32

// start starts the system. timeout replaces the template's for every
// invocation, 0 keeps it.
func start(t *testing.T, crm *portal, timeout time.Duration) *stack {
	t.Helper()
	dir := binaries(t)
	s := &stack{T: t, functions: map[string]*runtimeapi.Function{}, urls: map[string]string{}, logs: &logs{}}
	tables, inbox := peer.DynamoDB(t), peer.SQS(t)
	s.ses, s.tables, s.inbox = peer.SES(t), newGate(t, tables), newGate(t, inbox)
	config := aws.Config{Region: "us-east-1", Credentials: credentials.NewStaticCredentialsProvider("test", "test", "")}
	s.queues = sqs.NewFromConfig(config, func(o *sqs.Options) { o.BaseEndpoint = &inbox })
	for _, name := range []string{"EventQueue", "MailQueue", "FeedbackQueue"} {
		made, err := s.queues.CreateQueue(t.Context(), &sqs.CreateQueueInput{
			QueueName: aws.String(name), Attributes: map[string]string{"VisibilityTimeout": "1"},
		})
		if err != nil {
			t.Fatal(err)
		}
		s.urls[name] = *made.QueueUrl
	}
	number := stacks.Add(1)
	of := func(table string) string { return fmt.Sprintf("e2e-%d-%s", number, table) }
	client := dynamodb.NewFromConfig(config, func(o *dynamodb.Options) { o.BaseEndpoint = &tables })
	own := dynamo.Tables{Profiles: of("profiles"), Facts: of("facts"), Identities: of("identities"), Sends: of("sends"), Insights: of("insights")}
	if err := dynamo.CreateTables(t.Context(), client, own); err != nil {
		t.Fatal(err)
	}
	s.store = dynamo.Open(client, own)
	secrets := peer.SSM(t, map[string]string{
		"/holdfast/dev/shopify-secrets": shopifySecret + "\nan-older-secret", "/holdfast/dev/hubspot-secrets": hubspotSecret,
		"/holdfast/dev/hubspot-token": "token", "/holdfast/dev/token-key": tokenKey, "/holdfast/dev/erasure-key": "fedcba9876543210",
	})
	hub := httptest.NewServer(crm)
	t.Cleanup(hub.Close)
	values := map[string]string{
		"PublicUrl": publicURL, "HubspotApiUrl": hub.URL, "MailConfigurationSet": "holdfast-dev", "AWS::Region": "us-east-1",
		"ProfilesTable": own.Profiles, "FactsTable": own.Facts, "IdentitiesTable": own.Identities, "SendsTable": own.Sends, "InsightsTable": own.Insights,
		"EventQueue": s.urls["EventQueue"], "MailQueue": s.urls["MailQueue"],
	}
	extra := peer.Environment(map[string]string{"DYNAMODB": s.tables.URL, "SQS": s.inbox.URL, "SESV2": s.ses, "SSM": secrets})
	extra["ZONEINFO"] = noon(t)
	var all sync.WaitGroup
	started := make([]*runtimeapi.Function, len(names))
	for i, name := range names {
		settings := describe(t, name, values)
		for k, v := range extra {
			settings.Env[k] = v
		}
		if timeout > 0 {
			settings.Timeout = timeout
		}
		all.Go(func() {
			f, err := runtimeapi.Start(t.Context(), runtimeapi.Options{
				Binary: filepath.Join(dir, name), Function: name, Env: settings.Env, Timeout: settings.Timeout, Memory: settings.Memory, Logs: s.logs,
			})
			if err != nil {
				t.Error(err)
			}
			started[i] = f
		})
	}
	all.Wait()
	for i, f := range started {
		if f == nil {
			t.FailNow()
		}
		s.functions[names[i]] = f
		t.Cleanup(func() { _ = f.Close() })
	}
	return s
}

func describe(t *testing.T, name string, values map[string]string) runtimeapi.Settings {
	t.Helper()
	template, err := os.Open(filepath.Join(root, "template.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	defer template.Close()
	settings, err := runtimeapi.Describe(template, name, func(n string) (string, bool) { v, ok := values[n]; return v, ok })
	if err != nil {
		t.Fatal(err)
	}
	return settings
}

// invoke calls a function with a value and reads its answer into another.
func (s *stack) invoke(name string, in, out any) error {
	s.Helper()
	payload, err := json.Marshal(in)
	if err != nil {
		s.Fatal(err)
	}
	answer, err := s.functions[name].Invoke(s.Context(), payload)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(answer, out); err != nil {
		s.Fatalf("%s answered %s: %v", name, answer, err)
	}
	return nil
}

// consume plays the event source mapping: it hands what is on a queue to a
// function in batches, until nothing is visible or something failed, and takes
// off the queue what the function did not report. It returns how many messages
// came and failed.
func (s *stack) consume(queue, function string) (came, failed int) {
	s.Helper()
	url := s.urls[queue]
	for failed == 0 {
		out, err := s.queues.ReceiveMessage(s.Context(), &sqs.ReceiveMessageInput{QueueUrl: &url, MaxNumberOfMessages: 10})
		if err != nil {
			s.Fatal(err)
		}
		if len(out.Messages) == 0 {
			break
		}
		var batch events.SQSEvent
		for _, m := range out.Messages {
			batch.Records = append(batch.Records, events.SQSMessage{MessageId: *m.MessageId, Body: *m.Body, EventSource: "aws:sqs"})
		}
		var answer events.SQSEventResponse
		lost := map[string]bool{}
		if err := s.invoke(function, batch, &answer); err != nil {
			s.Logf("%s failed a batch: %.200s", function, err)
			for _, m := range out.Messages {
				lost[*m.MessageId] = true
			}
		}
		for _, f := range answer.BatchItemFailures {
			lost[f.ItemIdentifier] = true
		}
		came, failed = came+len(out.Messages), failed+len(lost)
		for _, m := range out.Messages {
			if lost[*m.MessageId] {
				continue
			}
			if _, err := s.queues.DeleteMessage(s.Context(), &sqs.DeleteMessageInput{QueueUrl: &url, ReceiptHandle: m.ReceiptHandle}); err != nil {
				s.Fatal(err)
			}
		}
	}
	return came, failed
}

// put puts a message on a queue.
func (s *stack) put(queue string, body []byte) {
	s.Helper()
	if _, err := s.queues.SendMessage(s.Context(), &sqs.SendMessageInput{QueueUrl: aws.String(s.urls[queue]), MessageBody: aws.String(string(body))}); err != nil {
		s.Fatal(err)
	}
}

// night runs one by the state machine's definition.
func (s *stack) night(at time.Time) night.Run {
	s.Helper()
	machine, err := asl.Parse(statemachine.Night, map[string]string{
		"Shards": fmt.Sprint(shards), "SurveyFunctionArn": "survey", "FitFunctionArn": "fit", "ScoreFunctionArn": "score", "SummarizeFunctionArn": "summarize",
	})
	if err != nil {
		s.Fatal(err)
	}
	out, err := machine.Run(s.Context(), fmt.Appendf(nil, `{"at":%q}`, at.Format(time.RFC3339)), asl.Execution{
		Invoke: func(ctx context.Context, name string, payload json.RawMessage) (json.RawMessage, error) {
			return s.functions[name].Invoke(ctx, payload)
		},
	})
	var run night.Run
	if err == nil {
		err = json.Unmarshal(out, &run)
	}
	if err != nil {
		s.Fatal(err)
	}
	return run
}

// noon returns a directory with time zones in which the merchant's has noon
// about now, so that no mail waits for quiet hours to end.
func noon(t *testing.T) string {
	t.Helper()
	offset := int32((12 - time.Now().UTC().Hour()) * 3600)
	data := bytes.NewBufferString("TZif" + strings.Repeat("\x00", 16))
	for _, n := range []byte{0, 0, 0, 0, 1, 5} { // one zone without changes; its name has five bytes
		data.Write([]byte{0, 0, 0, n})
	}
	data.Write([]byte{byte(offset >> 24), byte(offset >> 16), byte(offset >> 8), byte(offset), 0, 0})
	data.WriteString("NOON\x00")
	file := filepath.Join(t.TempDir(), "Europe", "Berlin")
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, data.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return filepath.Dir(filepath.Dir(file))
}

// logs keeps what the functions write.
type logs struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}
