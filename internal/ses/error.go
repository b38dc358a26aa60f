package ses

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"

	"holdfast/internal/campaign"
)

// classify sorts SES's errors. Only an answer of SES by which it refuses
// is definite; a lost answer, a server error and what is not known here are
// not. The text names SES's code only, since its messages may hold addresses.
//
// SES reports both rates and daily quotas as throttling, and tells them apart in
// the message alone: https://docs.aws.amazon.com/ses/latest/dg/manage-sending-quotas-errors.html
func classify(err error) error {
	var answer smithy.APIError
	if !errors.As(err, &answer) {
		return noAnswer(err)
	}
	code := answer.ErrorCode()
	status := 0
	var response *awshttp.ResponseError
	if errors.As(err, &response) {
		status = response.HTTPStatusCode()
	}
	if status >= http.StatusInternalServerError {
		return fmt.Errorf("SES answered %d %s", status, code)
	}
	message := strings.ToLower(answer.ErrorMessage())
	switch code {
	case "TooManyRequestsException", "ThrottlingException", "Throttling", "LimitExceededException":
		if strings.Contains(message, "daily") {
			return fmt.Errorf("%w: SES answered %s for the day", campaign.ErrStopped, code)
		}
		return fmt.Errorf("%w: SES answered %s", campaign.ErrThrottled, code)
	case "AccountSuspendedException", "SendingPausedException", "MailFromDomainNotVerifiedException", "NotFoundException",
		"AccessDeniedException", "AccessDenied", "UnrecognizedClientException", "InvalidClientTokenId", "SignatureDoesNotMatch",
		"ExpiredTokenException", "ExpiredToken", "IncompleteSignature", "MissingAuthenticationToken":
		return fmt.Errorf("%w: SES answered %s", campaign.ErrStopped, code)
	case "MessageRejected":
		// An identity that is not verified is the configuration's fault, or the
		// sandbox's; no other mail would fare better.
		if strings.Contains(message, "not verified") {
			return fmt.Errorf("%w: SES answered %s, not verified", campaign.ErrStopped, code)
		}
		return fmt.Errorf("%w: SES answered %s", campaign.ErrRejected, code)
	case "BadRequestException", "ValidationException", "InvalidParameterValue":
		return fmt.Errorf("%w: SES answered %s", campaign.ErrRejected, code)
	}
	return fmt.Errorf("SES answered %d %s", status, code)
}

// noAnswer strips what the client says of a request without an answer down to
// its kind.
func noAnswer(err error) error {
	for _, known := range []error{context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, known) {
			return fmt.Errorf("no answer from SES: %w", known)
		}
	}
	return errors.New("no answer from SES")
}

// An httpClient notes that a request may have reached SES. What fails before,
// such as finding credentials, is then known to have had no effect.
type httpClient struct{ *awshttp.BuildableClient }

type askedKey struct{}

// watch returns a context for one request, and whether it may have been sent.
func watch(ctx context.Context) (context.Context, *bool) {
	asked := new(bool)
	return context.WithValue(ctx, askedKey{}, asked), asked
}

// Do sends a request.
func (c httpClient) Do(r *http.Request) (*http.Response, error) {
	res, err := c.BuildableClient.Do(r)
	var network *net.OpError
	if asked, ok := r.Context().Value(askedKey{}).(*bool); ok && !(errors.As(err, &network) && network.Op == "dial") {
		*asked = true
	}
	return res, err
}
