package function

import (
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/aws/aws-lambda-go/events"

	"holdfast/internal/customer"
)

// Body returns the raw bytes of a request. The flag says whether they came as
// base64, never the content type. What is not UTF-8 was mangled on the way if
// it did not: then the error wraps [customer.ErrInvalid].
func Body(r events.APIGatewayV2HTTPRequest) ([]byte, error) {
	if !r.IsBase64Encoded {
		if !utf8.ValidString(r.Body) {
			return nil, fmt.Errorf("%w: the body is not UTF-8", customer.ErrInvalid)
		}
		return []byte(r.Body), nil
	}
	body, err := base64.StdEncoding.DecodeString(r.Body)
	if err != nil {
		return nil, fmt.Errorf("%w: the body is flagged base64 and is not", customer.ErrInvalid)
	}
	return body, nil
}

// Header returns a header, whatever the case of its name.
func Header(r events.APIGatewayV2HTTPRequest, name string) string {
	if v, ok := r.Headers[strings.ToLower(name)]; ok {
		return v
	}
	for k, v := range r.Headers {
		if strings.EqualFold(k, name) {
			return v
		}
	}
	return ""
}
