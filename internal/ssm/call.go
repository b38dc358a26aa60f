package ssm

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"holdfast/internal/config"
)

// attempts is how often a call is made that fails for no reason of its own.
const attempts = 3

// parameter calls GetParameter with decryption (AWS JSON 1.1). found is false
// for a parameter that does not exist.
func (s *Secrets) parameter(ctx context.Context, name string) (value config.Secret, found bool, err error) {
	body, err := json.Marshal(map[string]any{"Name": name, "WithDecryption": true})
	if err != nil {
		return "", false, err
	}
	for i := range attempts {
		value, found, err = s.call(ctx, body)
		if err == nil || !errors.Is(err, errBusy) {
			return value, found, err
		}
		select {
		case <-ctx.Done():
			return "", false, ctx.Err()
		case <-time.After(100 * time.Millisecond << i):
		}
	}
	return "", false, err
}

// errBusy: the service asks to try again, or did not answer.
var errBusy = errors.New("parameter store is not available")

func (s *Secrets) call(ctx context.Context, body []byte) (config.Secret, bool, error) {
	r, err := s.request(ctx, body)
	if err != nil {
		return "", false, err
	}
	resp, err := s.http.Do(r)
	if err != nil {
		return "", false, fmt.Errorf("%w: %w", errBusy, err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return "", false, fmt.Errorf("%w: %w", errBusy, err)
	}
	var out struct {
		Type      string `json:"__type"`
		Parameter struct{ Value config.Secret }
	}
	if err := json.Unmarshal(raw, &out); err != nil && resp.StatusCode == http.StatusOK {
		return "", false, errors.New("parameter store answered something else than JSON")
	}
	switch {
	case resp.StatusCode == http.StatusOK:
		return out.Parameter.Value, true, nil
	case strings.HasSuffix(out.Type, "ParameterNotFound"):
		return "", false, nil
	case resp.StatusCode >= 500, strings.HasSuffix(out.Type, "ThrottlingException"):
		return "", false, fmt.Errorf("%w: status %d", errBusy, resp.StatusCode)
	}
	return "", false, fmt.Errorf("parameter store refused: status %d %s", resp.StatusCode, out.Type)
}

func (s *Secrets) request(ctx context.Context, body []byte) (*http.Request, error) {
	endpoint := aws.ToString(s.cfg.BaseEndpoint)
	if endpoint == "" {
		suffix := "amazonaws.com"
		if strings.HasPrefix(s.cfg.Region, "cn-") {
			suffix = "amazonaws.com.cn"
		}
		endpoint = "https://ssm." + s.cfg.Region + "." + suffix
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint+"/", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	r.Header.Set("X-Amz-Target", "AmazonSSM.GetParameter")
	credentials, err := s.cfg.Credentials.Retrieve(ctx)
	if err != nil {
		return nil, fmt.Errorf("credentials: %w", err)
	}
	sum := sha256.Sum256(body)
	return r, s.signer.SignHTTP(ctx, credentials, r, hex.EncodeToString(sum[:]), "ssm", s.cfg.Region, s.now())
}
