package sqs_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"encoding/json"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awssqs "github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/google/go-cmp/cmp"

	"holdfast/internal/customer"
	"holdfast/internal/peer"
	"holdfast/internal/sqs"
)

func config(endpoint string) aws.Config {
	return aws.Config{Region: "us-east-1", BaseEndpoint: aws.String(endpoint), Credentials: credentials.NewStaticCredentialsProvider("test", "test", "")}
}

func TestMessagesReachARealPeer(t *testing.T) {
	cfg := config(peer.SQS(t))
	client := awssqs.NewFromConfig(cfg)
	made, err := client.CreateQueue(t.Context(), &awssqs.CreateQueueInput{QueueName: aws.String("mails")})
	if err != nil {
		t.Fatal(err)
	}
	q := sqs.New(cfg, *made.QueueUrl)
	if err := q.Send(t.Context(), []byte("one"), "shop"); err != nil {
		t.Fatal(err)
	}
	want := []string{"one"}
	var bodies [][]byte
	for i := range 23 {
		bodies = append(bodies, fmt.Appendf(nil, "batch %02d", i))
		want = append(want, string(bodies[i]))
	}
	if err := q.SendBatch(t.Context(), bodies, ""); err != nil {
		t.Fatal(err)
	}
	var got []string
	for range 10 {
		out, err := client.ReceiveMessage(t.Context(), &awssqs.ReceiveMessageInput{QueueUrl: made.QueueUrl, MaxNumberOfMessages: 10})
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range out.Messages {
			got = append(got, *m.Body)
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestBodiesThatSQSRefusesAreNotSent(t *testing.T) {
	q := sqs.New(config("http://127.0.0.1:1"), "http://127.0.0.1:1/q")
	for _, body := range [][]byte{nil, bytes.Repeat([]byte("x"), sqs.MaxBytes+1)} {
		if err := q.Send(t.Context(), body, ""); !errors.Is(err, customer.ErrInvalid) {
			t.Errorf("%d bytes: %v", len(body), err)
		}
		if err := q.SendBatch(t.Context(), [][]byte{[]byte("fine"), body}, ""); !errors.Is(err, customer.ErrInvalid) {
			t.Errorf("%d bytes in a batch: %v", len(body), err)
		}
	}
}

// SQS answers a batch with what it took and what not; the peer takes all.
func TestABatchIsSplitByTheLimitsAndTellsWhatWasNotTaken(t *testing.T) {
	var requests [][]string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			Entries []struct {
				Id, MessageBody, MessageGroupId string
			}
		}
		body, _ := io.ReadAll(r.Body)
		if err := json.Unmarshal(body, &in); err != nil {
			t.Error(err)
		}
		var ids, taken, refused []string
		for _, e := range in.Entries {
			ids = append(ids, e.Id)
			if e.MessageGroupId != "shop" {
				t.Errorf("group %q", e.MessageGroupId)
			}
			if strings.HasPrefix(e.MessageBody, "secret") {
				refused = append(refused, fmt.Sprintf(`{"Id":%q,"Code":"InternalError","Message":"secret","SenderFault":false}`, e.Id))
				continue
			}
			taken = append(taken, fmt.Sprintf(`{"Id":%q,"MessageId":"m"}`, e.Id))
		}
		requests = append(requests, ids)
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		fmt.Fprintf(w, `{"Successful":[%s],"Failed":[%s]}`, strings.Join(taken, ","), strings.Join(refused, ","))
	}))
	defer server.Close()
	half := bytes.Repeat([]byte("x"), sqs.MaxBytes/2)
	bodies := [][]byte{half, half, half, []byte("secret")}
	for range 11 {
		bodies = append(bodies, []byte("x"))
	}
	bodies[14] = []byte("secret too")
	// The SDK compares MD5 sums where there are any; the server gives none.
	cfg := config(server.URL)
	err := sqs.New(cfg, server.URL+"/q").SendBatch(t.Context(), bodies, "shop")
	var failed sqs.BatchError
	if !errors.As(err, &failed) || strings.Contains(err.Error(), "secret") {
		t.Fatalf("error %v", err)
	}
	if diff := cmp.Diff([]string{"3", "14"}, failed.IDs); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([][]string{{"0", "1"}, {"2", "3", "4", "5", "6", "7", "8", "9", "10", "11"}, {"12", "13", "14"}}, requests); diff != "" {
		t.Error(diff)
	}
}
