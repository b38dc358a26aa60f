// Package ses sends mails by Amazon SES (API v2) and reads the events that SES
// publishes of them.
package ses

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/aws-sdk-go-v2/service/sesv2/types"

	"holdfast/internal/campaign"
)

// Timeout is how long SES may take to answer one request.
const Timeout = 10 * time.Second

// A Transport sends through SES. It is safe for concurrent use.
type Transport struct {
	client           *sesv2.Client // concrete: an interface would link every operation's code
	configurationSet string
}

// New returns a transport that sends with a configuration set, whose events
// feed the ledger. It never repeats a request: SES has no token by which it
// could tell a repeated mail from another.
func New(cfg aws.Config, configurationSet string) *Transport {
	client := sesv2.NewFromConfig(cfg, func(o *sesv2.Options) {
		o.Retryer = aws.NopRetryer{}
		o.HTTPClient = httpClient{awshttp.NewBuildableClient().WithTimeout(Timeout).WithTransportOptions(func(t *http.Transport) {
			t.MaxIdleConnsPerHost = 64
		})}
	})
	return &Transport{client: client, configurationSet: configurationSet}
}

// Send asks SES once to accept m, for its one recipient, and returns SES's
// message id. Errors are as [campaign.Transport] says; they hold no address.
func (t *Transport) Send(ctx context.Context, m campaign.Message) (string, error) {
	in := &sesv2.SendEmailInput{
		FromEmailAddress: aws.String(m.From),
		Destination:      &types.Destination{ToAddresses: []string{string(m.To)}},
		Content: &types.EmailContent{Simple: &types.Message{
			Subject: text(m.Subject),
			Body:    &types.Body{Html: text(m.HTML), Text: text(m.Text)},
		}},
	}
	if t.configurationSet != "" {
		in.ConfigurationSetName = aws.String(t.configurationSet)
	}
	if m.ReplyTo != "" {
		in.ReplyToAddresses = []string{m.ReplyTo}
	}
	for _, h := range m.Headers() {
		in.Content.Simple.Headers = append(in.Content.Simple.Headers, types.MessageHeader{Name: aws.String(h.Name), Value: aws.String(h.Value)})
	}
	for _, tag := range m.Tags() {
		in.EmailTags = append(in.EmailTags, types.MessageTag{Name: aws.String(tag.Name), Value: aws.String(tag.Value)})
	}
	ctx, asked := watch(ctx)
	out, err := t.client.SendEmail(ctx, in)
	switch {
	case err != nil && !*asked:
		return "", fmt.Errorf("%w: SES cannot be asked", campaign.ErrStopped)
	case err != nil:
		return "", classify(err)
	}
	return aws.ToString(out.MessageId), nil
}

// text returns nil for "": SES refuses empty parts.
func text(s string) *types.Content {
	if s == "" {
		return nil
	}
	return &types.Content{Data: aws.String(s), Charset: aws.String("UTF-8")}
}

// Quota returns what GetAccount says may be sent.
func (t *Transport) Quota(ctx context.Context) (campaign.Quota, error) {
	out, err := t.client.GetAccount(ctx, &sesv2.GetAccountInput{})
	if err != nil {
		return campaign.Quota{}, fmt.Errorf("ask SES for the account: %w", classify(err))
	}
	q := campaign.Quota{Stopped: !out.SendingEnabled || aws.ToString(out.EnforcementStatus) == "SHUTDOWN"}
	if out.SendQuota == nil {
		return campaign.Quota{}, errors.New("ask SES for the account: the answer has no quota")
	}
	q.Max24Hours, q.Sent24Hours, q.PerSecond = out.SendQuota.Max24HourSend, out.SendQuota.SentLast24Hours, out.SendQuota.MaxSendRate
	return q, nil
}
