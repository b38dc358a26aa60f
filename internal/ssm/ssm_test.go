package ssm

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/google/go-cmp/cmp"

	"holdfast/internal/customer"
	"holdfast/internal/peer"
)

func secrets(endpoint string, now *time.Time) *Secrets {
	return New(aws.Config{Region: "eu-central-1", BaseEndpoint: aws.String(endpoint),
		Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", "token")}, "/holdfast/test", func() time.Time { return *now })
}

func TestASecretIsReadOnceInAWhile(t *testing.T) {
	now := time.Date(2026, 11, 20, 3, 0, 0, 0, time.UTC)
	parameters := map[string]string{"/holdfast/test/token-key": "one"}
	server := httptest.NewServer(nil)
	defer server.Close()
	calls := 0
	server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls++
		_ = json.NewEncoder(w).Encode(map[string]any{"Parameter": map[string]string{"Value": parameters["/holdfast/test/token-key"]}})
	})
	s := secrets(server.URL, &now)
	read := func() string {
		v, err := s.Get(t.Context(), "token-key")
		if err != nil {
			t.Fatal(err)
		}
		return string(v)
	}
	got := []string{read(), read()}
	parameters["/holdfast/test/token-key"] = "two"
	got = append(got, read())
	now = now.Add(Fresh)
	got = append(got, read())
	if diff := cmp.Diff([]string{"one", "one", "one", "two"}, got); diff != "" || calls != 2 {
		t.Errorf("%d calls: %s", calls, diff)
	}
}

func TestWhatTheStoreAnswers(t *testing.T) {
	now := time.Now()
	s := secrets(peer.SSM(t, map[string]string{"/holdfast/test/token-key": "k"}), &now)
	if v, err := s.Get(t.Context(), "token-key"); err != nil || string(v) != "k" {
		t.Errorf("got %q, %v", string(v), err)
	}
	if _, err := s.Get(t.Context(), "other"); !errors.Is(err, customer.ErrNotFound) {
		t.Errorf("a secret that is not there: %v", err)
	}
	for _, c := range []struct {
		name, body string
		status     int
		calls      int
	}{
		{"throttled is tried again", `{"__type":"ThrottlingException"}`, 400, attempts},
		{"a fault of the service is tried again", `oops`, 503, attempts},
		{"a refusal is not", `{"__type":"AccessDeniedException","message":"user ann@example.com"}`, 400, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			calls := 0
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				calls++
				w.WriteHeader(c.status)
				_, _ = w.Write([]byte(c.body))
			}))
			defer server.Close()
			_, err := secrets(server.URL, &now).Get(t.Context(), "token-key")
			if err == nil || calls != c.calls || strings.Contains(err.Error(), "ann@") {
				t.Errorf("%d calls, %v", calls, err)
			}
		})
	}
}

func TestASecretOutlivesTheStore(t *testing.T) {
	now := time.Now()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(`{"Parameter":{"Value":"k"}}`))
	}))
	s := secrets(server.URL, &now)
	if _, err := s.Get(t.Context(), "token-key"); err != nil {
		t.Fatal(err)
	}
	server.Close()
	now = now.Add(time.Hour)
	if v, err := s.Get(t.Context(), "token-key"); err != nil || string(v) != "k" {
		t.Errorf("got %q, %v", string(v), err)
	}
}

// TestTheRequestIsSigned looks at what Signature Version 4 covers; the signing
// itself is the SDK's.
func TestTheRequestIsSigned(t *testing.T) {
	now := time.Date(2026, 11, 20, 3, 0, 0, 0, time.UTC)
	s := secrets("", &now)
	r, err := s.request(context.Background(), []byte(`{}`))
	if err != nil {
		t.Fatal(err)
	}
	auth := r.Header.Get("Authorization")
	for _, want := range []string{"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261120/eu-central-1/ssm/aws4_request", "x-amz-target", "x-amz-security-token"} {
		if !strings.Contains(auth, want) {
			t.Errorf("Authorization %q lacks %q", auth, want)
		}
	}
	if r.URL.Host != "ssm.eu-central-1.amazonaws.com" || r.Header.Get("X-Amz-Security-Token") != "token" {
		t.Errorf("asks %s", r.URL.Host)
	}
}
