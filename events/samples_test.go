package events_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"holdfast/internal/customer"
)

// samples are payloads as the sources publish them. They are not part of the
// repository.
const samples = "../../shared/samples"

func needSamples(t *testing.T) {
	t.Helper()
	if _, err := os.Stat(samples); errors.Is(err, fs.ErrNotExist) {
		t.Skip("skipped: the sources' own payloads (../shared/samples) are not here")
	}
}

func sample(t *testing.T, file string) []byte {
	t.Helper()
	body, err := os.ReadFile(filepath.Join(samples, file))
	if err != nil {
		t.Fatal(err)
	}
	return []byte(strings.ReplaceAll(string(body), "{shop}.myshopify.com", shop))
}

// How a sample reaches us.
const (
	asIs     = "as is"    // it is the function's event
	queued   = "queued"   // it is the body of a message
	answered = "answered" // it is what a service answers, or we do
)

// A specimen is one file, the function it is for, and what it does to an empty
// stack.
type specimen struct {
	file string
	by   string // Shopify's topic, or "hubspot", or how it comes, and the function
	want string
}

func TestEverySampleHasItsEffect(t *testing.T) {
	needSamples(t)
	covered := map[string]bool{"sources.txt": true}
	for _, sp := range specimens {
		covered[sp.file] = true
		t.Run(sp.by+" "+sp.file, func(t *testing.T) {
			s := open(t, samplePortal(t))
			if got := s.specimen(sp); got != sp.want {
				t.Errorf("\n%s, want\n%s", got, sp.want)
			}
			for line := range strings.Lines(s.logs.String()) {
				if strings.Contains(line, "@") || strings.Contains(line, "Lovelace") || strings.Contains(line, "Norman") {
					t.Errorf("a line of the log holds something personal: %s", line)
				}
			}
		})
	}
	for _, dir := range []string{"shopify", "hubspot", "ses", "aws"} {
		err := filepath.WalkDir(filepath.Join(samples, dir), func(path string, d fs.DirEntry, err error) error {
			file, _ := filepath.Rel(samples, path)
			if err == nil && !d.IsDir() && !covered[file] && d.Name() != "sources.txt" && !notDelivered.MatchString(file) {
				t.Errorf("%s is not tried", file)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// notDelivered are samples of what nobody delivers: queries and answers of
// APIs that are not used yet, and vectors that the signatures' own tests take.
var notDelivered = regexp.MustCompile(`bulk_.*\.(graphql|jsonl)$|discount_code_|graphql_throttled|http_request_example|signature_vectors|hubspot/api_`)

// specimen delivers a sample and tells what came of it.
func (s *stack) specimen(sp specimen) string {
	s.t.Helper()
	body := sample(s.t, sp.file)
	how, function, _ := strings.Cut(sp.by, " to ")
	switch how {
	case asIs:
		return s.outcome(s.call(function, body))
	case queued:
		return s.outcome(s.call(function, encode(batch("q", body))))
	case answered:
		var ours any = &events.SQSEventResponse{}
		if strings.Contains(sp.file, "url") {
			ours = &events.APIGatewayV2HTTPResponse{}
		}
		d := json.NewDecoder(strings.NewReader(string(body)))
		d.DisallowUnknownFields()
		if err := d.Decode(ours); err != nil {
			return err.Error()
		}
		return "of our answer's form"
	}
	answer := s.call("webhook", s.delivered(sp, body))
	if dead := s.drain(); dead > 0 {
		return fmt.Sprintf("%d dead", dead)
	}
	return s.outcome(answer)
}

// delivered is a sample as the HTTP API hands it on.
func (s *stack) delivered(sp specimen, body []byte) []byte {
	if sp.by == "hubspot" {
		return encode(fromHubspot(at, body))
	}
	return encode(fromShopify(sp.by, at, body))
}

// outcome is the answer, what ingest counted, and who there is now.
func (s *stack) outcome(answer string) string {
	s.t.Helper()
	var parts []string
	if code := status(answer); code != 0 {
		answer = fmt.Sprint(code)
	}
	parts = append(parts, answer)
	for line := range strings.Lines(s.logs.String()) {
		var l struct {
			Msg, Error                            string
			Events, Unwanted, Quarantined, Erased int
		}
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			s.t.Fatal(err)
		}
		switch l.Msg {
		case "ingested":
			parts = append(parts, fmt.Sprintf("events %d unwanted %d quarantined %d erased %d", l.Events, l.Unwanted, l.Quarantined, l.Erased))
		case "message dropped":
			parts = append(parts, "dropped")
		}
	}
	for _, p := range s.people() {
		orders, spend := 0, int64(0)
		if len(p.Books) > 0 {
			orders, spend = p.Books[0].Orders, p.Books[0].Spend
		}
		parts = append(parts, fmt.Sprintf("profile orders %d spend %d mail %q", orders, spend, p.Mail.State))
	}
	return strings.Join(append(parts, s.blocked()...), "; ")
}

// people returns the profiles, in order of their folded parts.
func (s *stack) people() []customer.Profile {
	s.t.Helper()
	var all []customer.Profile
	for cursor, more := "", true; more; {
		page, next, err := s.Store.ScanProfiles(context.Background(), 0, 1, cursor)
		if err != nil {
			s.t.Fatal(err)
		}
		for _, p := range page {
			if !p.Empty() {
				all = append(all, p)
			}
		}
		cursor, more = next, next != ""
	}
	slices.SortFunc(all, func(a, b customer.Profile) int {
		return strings.Compare(string(encode(a.Folded)), string(encode(b.Folded)))
	})
	return all
}

// blocked tells which addresses are blocked, by the reason alone.
func (s *stack) blocked() []string {
	s.t.Helper()
	var all []string
	for cursor, more := "", true; more; {
		page, next, err := s.Store.ScanLinks(context.Background(), cursor)
		if err != nil {
			s.t.Fatal(err)
		}
		for _, l := range page {
			if l.Block.Reason != "" {
				all = append(all, "blocked for "+l.Block.Reason)
			}
		}
		cursor, more = next, next != ""
	}
	slices.Sort(all)
	return all
}

// TestTheOrderOfSamplesDoesNotMatter posts everything once in order, and ten
// times in orders of chance. Of the two samples that put the same tags on and
// off at the same instant, one is left out.
func TestTheOrderOfSamplesDoesNotMatter(t *testing.T) {
	needSamples(t)
	for name, wanted := range map[string]func(specimen) bool{
		"all of them": func(specimen) bool { return true },
		"all that erase nobody": func(sp specimen) bool {
			return !strings.Contains(sp.file, "redact") && !strings.Contains(sp.file, "privacyDeletion") && !strings.Contains(sp.file, "uninstalled")
		},
	} {
		t.Run(name, func(t *testing.T) {
			var posted []specimen
			for _, sp := range specimens {
				if how, _, _ := strings.Cut(sp.by, " to "); how != asIs && how != queued && how != answered && !strings.Contains(sp.file, "tags_removed") && wanted(sp) {
					posted = append(posted, sp)
				}
			}
			once := open(t, samplePortal(t))
			want := once.post(posted)
			for seed := range uint64(2) {
				many := slices.Repeat(posted, 10)
				random := rand.New(rand.NewPCG(seed, 7))
				random.Shuffle(len(many), func(i, j int) { many[i], many[j] = many[j], many[i] })
				s := open(t, samplePortal(t))
				if diff := cmp.Diff(want, s.post(many)); diff != "" {
					t.Errorf("profiles with seed %d (-once +ten times):\n%s", seed, diff)
				}
			}
			t.Logf("%d deliveries make %d profiles", len(posted), len(want))
		})
	}
}

// post delivers samples one after the other, a batch at a time, and returns
// the folded parts of all profiles.
func (s *stack) post(all []specimen) []string {
	s.t.Helper()
	for i, sp := range all {
		if got := status(s.call("webhook", s.delivered(sp, sample(s.t, sp.file)))); got != http.StatusOK {
			s.t.Errorf("%s: %d", sp.file, got)
		}
		if i%7 == 0 {
			s.drain()
		}
	}
	if dead := s.drain(); dead > 0 {
		s.t.Errorf("%d messages are dead:\n%s", dead, s.logs)
	}
	var folded []string
	for _, p := range s.people() {
		folded = append(folded, string(encode(p.Folded)))
	}
	return folded
}

// samplePortal answers for HubSpot in the shapes of the samples: with its one
// contact, and for all other objects that there are none.
func samplePortal(t *testing.T) http.Handler {
	found, missing := sample(t, "hubspot/api_batch_read_contacts_response.json"), sample(t, "hubspot/api_batch_read_207_partial.json")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var ask struct {
			Inputs []struct{ ID string }
		}
		_ = json.NewDecoder(r.Body).Decode(&ask)
		if strings.HasSuffix(r.URL.Path, "contacts/batch/read") && !strings.Contains(r.URL.Path, "associations") {
			for _, in := range ask.Inputs {
				if in.ID == "1246965" {
					_, _ = w.Write(found)
					return
				}
			}
		}
		w.WriteHeader(http.StatusMultiStatus)
		_, _ = w.Write(missing)
	})
}
