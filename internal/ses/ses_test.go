package ses_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/google/go-cmp/cmp"

	"holdfast/internal/campaign"
	"holdfast/internal/customer"
	"holdfast/internal/peer"
	"holdfast/internal/ses"
)

func config(endpoint string) aws.Config {
	return aws.Config{Region: "us-east-1", BaseEndpoint: aws.String(endpoint), Credentials: credentials.NewStaticCredentialsProvider("test", "test", "")}
}

var message = campaign.Message{
	Key:  customer.SendKey{Customer: "caaaaaaaaaaaaaaaa", Campaign: "win_back", Occurrence: "20260615T120000Z", Step: 2},
	From: `"Kelp & Co" <hello@kelp.example>`, ReplyTo: "care@kelp.example", To: "ada@example.com",
	Subject: "Schön, dass du da bist", HTML: "<p>Grüße</p>", Text: "Grüße",
	Unsubscribe: "https://kelp.example/u/token", UnsubscribeMail: "leave@kelp.example",
}

func TestSendAndQuotaAgainstARealPeer(t *testing.T) {
	endpoint := peer.SES(t)
	transport := ses.New(config(endpoint), "holdfast")
	id, err := transport.Send(t.Context(), message)
	if err != nil {
		t.Fatal(err)
	}
	want := []peer.Mail{{
		MessageID: id, From: `"Kelp & Co" <hello@kelp.example>`, To: []string{"ada@example.com"}, ReplyTo: []string{"care@kelp.example"},
		Subject: "Schön, dass du da bist", HTML: "<p>Grüße</p>", Text: "Grüße", ConfigurationSet: "holdfast",
		Headers: map[string]string{
			"List-Unsubscribe":      "<https://kelp.example/u/token>, <mailto:leave@kelp.example?subject=unsubscribe>",
			"List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
		},
		Tags: map[string]string{"holdfast_customer": "caaaaaaaaaaaaaaaa", "holdfast_campaign": "win_back", "holdfast_occurrence": "20260615T120000Z", "holdfast_step": "2"},
	}}
	if diff := cmp.Diff(want, peer.Mails(t, endpoint)); diff != "" || id == "" {
		t.Error(diff)
	}
	quota, err := transport.Quota(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(campaign.Quota{Max24Hours: 50000, PerSecond: 14}, quota); diff != "" {
		t.Error(diff)
	}
}

func TestErrorsAreSortedByWhatTheySayOfTheMail(t *testing.T) {
	for name, c := range map[string]struct {
		status        int
		code, message string
		want          error // nil: unknown
	}{
		"too many requests":            {429, "TooManyRequestsException", "Too many requests", campaign.ErrThrottled},
		"rate":                         {400, "ThrottlingException", "Maximum sending rate exceeded.", campaign.ErrThrottled},
		"daily quota":                  {400, "ThrottlingException", "Daily message quota exceeded.", campaign.ErrStopped},
		"limit":                        {400, "LimitExceededException", "", campaign.ErrThrottled},
		"suspended":                    {400, "AccountSuspendedException", "", campaign.ErrStopped},
		"paused":                       {400, "SendingPausedException", "", campaign.ErrStopped},
		"domain not verified":          {400, "MailFromDomainNotVerifiedException", "", campaign.ErrStopped},
		"configuration set missing":    {404, "NotFoundException", "Configuration set <x> does not exist.", campaign.ErrStopped},
		"no permission":                {403, "AccessDeniedException", "not authorized to send to ada@example.com", campaign.ErrStopped},
		"clock or key wrong":           {403, "SignatureDoesNotMatch", "", campaign.ErrStopped},
		"identity not verified":        {400, "MessageRejected", "Email address is not verified. ada@example.com", campaign.ErrStopped},
		"message rejected":             {400, "MessageRejected", "Address ada@example.com is bad", campaign.ErrRejected},
		"bad request":                  {400, "BadRequestException", "Missing final '@domain'", campaign.ErrRejected},
		"server error":                 {500, "InternalServiceError", "", nil},
		"throttled with a server code": {503, "ThrottlingException", "", nil},
		"unheard of":                   {400, "SomethingNew", "ada@example.com", nil},
	} {
		t.Run(name, func(t *testing.T) {
			var calls atomic.Int32
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				calls.Add(1)
				w.Header().Set("X-Amzn-ErrorType", c.code)
				w.WriteHeader(c.status)
				fmt.Fprintf(w, `{"message":%q}`, c.message)
			}))
			defer server.Close()
			_, err := ses.New(config(server.URL), "").Send(t.Context(), message)
			checkError(t, err, c.want)
			if calls.Load() != 1 {
				t.Errorf("SES was asked %d times", calls.Load())
			}
		})
	}
}

func checkError(t *testing.T, err, want error) {
	t.Helper()
	if err == nil || strings.Contains(err.Error(), "ada") {
		t.Errorf("error %v", err)
	}
	for _, kind := range []error{campaign.ErrThrottled, campaign.ErrStopped, campaign.ErrRejected} {
		if errors.Is(err, kind) != (kind == want) {
			t.Errorf("error %v, want %v", err, want)
		}
	}
}

func TestALostAnswerIsUnknownAndNotAskedForAgain(t *testing.T) {
	var calls atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		calls.Add(1)
		panic(http.ErrAbortHandler)
	}))
	defer server.Close()
	_, err := ses.New(config(server.URL), "").Send(t.Context(), message)
	checkError(t, err, nil)
	if calls.Load() != 1 {
		t.Errorf("SES was asked %d times", calls.Load())
	}
}

func TestADeadlineDuringTheRequestIsUnknown(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		cancel()
		<-release
	}))
	defer server.Close()
	defer close(release)
	_, err := ses.New(config(server.URL), "").Send(ctx, message)
	checkError(t, err, nil)
}

func TestWhatNeverReachedSESWasNotAccepted(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	endpoint := server.URL
	server.Close()
	_, err := ses.New(config(endpoint), "").Send(t.Context(), message)
	checkError(t, err, campaign.ErrStopped)

	broken := config(endpoint)
	broken.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{}, errors.New("no credentials")
	})
	_, err = ses.New(broken, "").Send(t.Context(), message)
	checkError(t, err, campaign.ErrStopped)
}
