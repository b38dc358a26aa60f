package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"holdfast/internal/customer"
	"holdfast/internal/dynamo"
	"holdfast/internal/peer"
)

// deployed stands in for the services that know what a stack is made of, and
// returns its store: the tables are DynamoDB's own API on loopback.
func deployed(t *testing.T) *dynamo.Store {
	t.Helper()
	tables := dynamo.Tables{Profiles: "s-profiles", Facts: "s-facts", Identities: "s-identities", Sends: "s-sends", Insights: "s-insights"}
	formation := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var b strings.Builder
		for k, v := range map[string]string{"ProfilesTable": tables.Profiles, "FactsTable": tables.Facts, "IdentitiesTable": tables.Identities,
			"SendsTable": tables.Sends, "InsightsTable": tables.Insights, "SecretsPrefix": "/holdfast/test", "NightArn": "arn:aws:states:eu-central-1:1:stateMachine:night"} {
			fmt.Fprintf(&b, "<member><OutputKey>%s</OutputKey><OutputValue>%s</OutputValue></member>", k, v)
		}
		fmt.Fprintf(w, `<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult><Stacks><member><StackName>shop</StackName><StackStatus>UPDATE_COMPLETE</StackStatus><CreationTime>2026-01-01T00:00:00Z</CreationTime><Outputs>%s</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`, b.String())
	}))
	t.Cleanup(formation.Close)
	functions := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		if strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".StartExecution") {
			fmt.Fprint(w, `{"executionArn":"arn:aws:states:eu-central-1:1:execution:night:x","startDate":1}`)
			return
		}
		fmt.Fprint(w, `{"executionArn":"a","stateMachineArn":"b","status":"SUCCEEDED","startDate":1,"output":"{\"at\":\"2026-11-20T03:00:00Z\",\"seen\":7}"}`)
	}))
	t.Cleanup(functions.Close)
	endpoint := peer.DynamoDB(t)
	for k, v := range map[string]string{
		"AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
		"AWS_ENDPOINT_URL_CLOUDFORMATION": formation.URL, "AWS_ENDPOINT_URL_SFN": functions.URL, "AWS_ENDPOINT_URL_DYNAMODB": endpoint,
		"AWS_ENDPOINT_URL_SSM": peer.SSM(t, map[string]string{"/holdfast/test/token-key": "k", "/holdfast/test/erasure-key": "e"}),
	} {
		t.Setenv(k, v)
	}
	client := dynamodb.New(dynamodb.Options{Region: "eu-central-1", BaseEndpoint: aws.String(endpoint), Credentials: credentials.NewStaticCredentialsProvider("a", "b", "")})
	if err := dynamo.CreateTables(t.Context(), client, tables); err != nil {
		t.Fatal(err)
	}
	return dynamo.Open(client, tables)
}

func TestADeployedStack(t *testing.T) {
	store := deployed(t)
	at := []string{"--stack", "shop", "--playbook", "../../playbook", "--format", "json"}
	record := customer.Identity("shopify/shop.example/1")
	placed := time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC)
	fact := customer.Fact{Record: record, Key: "contact/e", Version: customer.NewVersion(placed, ""), At: placed,
		Body: customer.Body{Contact: &customer.Contact{Email: "ann@example.com"}}}
	if _, err := store.PutFact(t.Context(), record.ID(), fact); err != nil {
		t.Fatal(err)
	}
	p := customer.Profile{ID: record.ID(), Folded: customer.Fold([]customer.Fact{fact}, time.UTC)}
	if err := store.PutProfile(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	for _, l := range []customer.Link{
		{Identity: record, Customer: record.ID(), Founder: record, Seen: placed, Email: customer.Tie{To: "email/ann@example.com", Version: fact.Version}},
		{Identity: "email/ann@example.com", Holders: []customer.Identity{record}},
	} {
		if err := store.PutLink(t.Context(), l); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ verb, who, want string }{
		{"explain", "ann@example.com", string(record.ID())},
		{"export", string(record), "ann@example.com"},
		{"replay", "--verify", `"different": 0`},
		{"quarantine", "", "[]"},
		{"night", "", `"seen": 7`},
		{"erase", "ann@example.com", string(record.ID())},
	} {
		args := []string{c.verb}
		if c.who != "" {
			args = append(args, c.who)
		}
		if c.verb == "erase" {
			args = append(args, "--yes")
		}
		code, out, errs := holdfast(t, "", append(args, at...)...)
		if code != exitDone || !strings.Contains(out, c.want) || !json.Valid([]byte(out)) {
			t.Errorf("%s: exit %d: %s%s", c.verb, code, out, errs)
		}
	}
	if code, _, errs := holdfast(t, "", append([]string{"explain", "ann@example.com"}, at...)...); code != exitError || !strings.Contains(errs, "nobody is known") {
		t.Errorf("after the erasure: %d %s", code, errs)
	}
}
