// Package awsenv makes the SDK's configuration from the environment that
// Lambda gives every function. The SDK's own loader looks in a dozen further
// places that a function does not have, at five times the start-up time and
// two megabytes of every binary.
package awsenv

import (
	"context"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

// connections is how many are kept open to one service: as many as calls are
// ever under way at once.
const connections = 64

// Load returns the configuration for the account and region that lookup (such
// as os.Getenv) describes. AWS_ENDPOINT_URL_{SERVICE} and AWS_ENDPOINT_URL are
// for [Endpoint]. Credentials are read whenever they are used: Lambda renews
// them with the sandbox.
func Load(lookup func(string) string) aws.Config {
	return aws.Config{
		Region: lookup("AWS_REGION"),
		Credentials: aws.CredentialsProviderFunc(func(ctx context.Context) (aws.Credentials, error) {
			return credentials.NewStaticCredentialsProvider(lookup("AWS_ACCESS_KEY_ID"), lookup("AWS_SECRET_ACCESS_KEY"), lookup("AWS_SESSION_TOKEN")).Retrieve(ctx)
		}),
		HTTPClient: awshttp.NewBuildableClient().WithTimeout(30 * time.Second).WithTransportOptions(func(t *http.Transport) {
			t.MaxIdleConnsPerHost = connections
		}),
	}
}

// Endpoint returns cfg for one service, such as "DYNAMODB", at the address
// that the environment gives for it, if it gives any.
func Endpoint(cfg aws.Config, service string, lookup func(string) string) aws.Config {
	for _, name := range []string{"AWS_ENDPOINT_URL_" + service, "AWS_ENDPOINT_URL"} {
		if url := lookup(name); url != "" {
			cfg.BaseEndpoint = aws.String(url)
			return cfg
		}
	}
	return cfg
}
