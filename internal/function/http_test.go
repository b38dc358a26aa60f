package function_test

import (
	"errors"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"holdfast/internal/customer"
	"holdfast/internal/function"
)

func TestBody(t *testing.T) {
	for _, tt := range []struct {
		name    string
		request events.APIGatewayV2HTTPRequest
		want    string
		refused bool
	}{
		{name: "plain", request: events.APIGatewayV2HTTPRequest{Body: `{"a":1}`}, want: `{"a":1}`},
		{name: "none", request: events.APIGatewayV2HTTPRequest{}, want: ""},
		{name: "base64 by its flag", request: events.APIGatewayV2HTTPRequest{Body: "/w==", IsBase64Encoded: true}, want: "\xff"},
		{name: "base64 without the flag is taken as it is", request: events.APIGatewayV2HTTPRequest{Body: "YQ=="}, want: "YQ=="},
		{name: "plain and not UTF-8", request: events.APIGatewayV2HTTPRequest{Body: "\xff"}, refused: true},
		{name: "flagged and not base64", request: events.APIGatewayV2HTTPRequest{Body: "{}", IsBase64Encoded: true}, refused: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := function.Body(tt.request)
			if string(got) != tt.want || errors.Is(err, customer.ErrInvalid) != tt.refused {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
}

func TestHeadersAreFoundWhateverTheirCase(t *testing.T) {
	r := events.APIGatewayV2HTTPRequest{Headers: map[string]string{"x-small": "s", "X-Large": "l"}}
	for name, want := range map[string]string{"X-Small": "s", "x-small": "s", "x-large": "l", "X-LARGE": "l", "x-none": ""} {
		if got := function.Header(r, name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func FuzzBody(f *testing.F) {
	f.Add("YQ==", true)
	f.Add("{}", false)
	f.Fuzz(func(t *testing.T, body string, encoded bool) {
		got, err := function.Body(events.APIGatewayV2HTTPRequest{Body: body, IsBase64Encoded: encoded})
		if err != nil && !errors.Is(err, customer.ErrInvalid) || err == nil && !encoded && string(got) != body {
			t.Errorf("%q, %v", got, err)
		}
	})
}
