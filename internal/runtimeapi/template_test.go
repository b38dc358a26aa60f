package runtimeapi_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/internal/runtimeapi"
)

const template = `
Parameters:
  Stage: {Type: String, Default: dev}
  PublicUrl: {Type: String, Default: ""}
Conditions:
  HasPublicUrl: !Not [!Equals [!Ref PublicUrl, ""]]
Globals:
  Function:
    Timeout: 9
    Environment: {Variables: {STAGE: !Ref Stage, LEVEL: low}}
Resources:
  Queue: {Type: AWS::SQS::Queue}
  WebhookFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: functions/webhook/
      MemorySize: 256
      Environment:
        Variables:
          LEVEL: high
          QUEUE: !Ref Queue
          ARN: !GetAtt Queue.Arn
          PREFIX: !Sub /holdfast/${Stage}
          BASE: !Sub ["${Base}/u/${!token}", {Base: !If [HasPublicUrl, !Ref PublicUrl, !Sub "https://api.${AWS::Region}"]}]
`

func lookup(values map[string]string) runtimeapi.Lookup {
	return func(name string) (string, bool) { v, ok := values[name]; return v, ok }
}

func TestDescribeResolvesReferences(t *testing.T) {
	known := map[string]string{"Queue": "http://queue", "Queue.Arn": "arn:queue", "AWS::Region": "eu-north-1"}
	want := runtimeapi.Settings{
		LogicalID: "WebhookFunction", CodeURI: "functions/webhook", Timeout: 9 * time.Second, Memory: 256,
		Env: map[string]string{
			"STAGE": "dev", "LEVEL": "high", "QUEUE": "http://queue", "ARN": "arn:queue",
			"PREFIX": "/holdfast/dev", "BASE": "https://api.eu-north-1/u/${token}",
		},
	}
	got, err := runtimeapi.Describe(strings.NewReader(template), "webhook", lookup(known))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("defaults (-want +got):\n%s", diff)
	}
	known["PublicUrl"], known["Stage"] = "https://shop.example", "prod"
	want.Env["BASE"], want.Env["STAGE"], want.Env["PREFIX"] = "https://shop.example/u/${token}", "prod", "/holdfast/prod"
	if got, err = runtimeapi.Describe(strings.NewReader(template), "webhook", lookup(known)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("given parameters (-want +got):\n%s", diff)
	}
}

func TestDescribeRejects(t *testing.T) {
	known := lookup(map[string]string{"Queue": "q"})
	for _, tt := range []struct{ name, template, function, want string }{
		{"a function that is not there", template, "mailer", `"mailer"`},
		{"a reference nobody knows", template, "webhook", "Queue.Arn has no value"},
		{"text that is not YAML", "\t", "webhook", "read template"},
		{"a list", "[]", "webhook", "not a template"},
		{"a function of CloudFormation it does not know", strings.Replace(template, "!GetAtt Queue.Arn", "!Select [0, [a]]", 1), "webhook", "!Select"},
		{"a condition that is not there", strings.Replace(template, "HasPublicUrl:", "Other:", 1), "webhook", "HasPublicUrl"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			get := known
			if tt.name != "a reference nobody knows" {
				get = func(name string) (string, bool) { return "x", name != "PublicUrl" }
			}
			_, err := runtimeapi.Describe(strings.NewReader(tt.template), tt.function, get)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want it to say %s", err, tt.want)
			}
		})
	}
}

func TestDescribeTheProjectsTemplate(t *testing.T) {
	for _, name := range []string{"webhook", "ingest", "survey", "fit", "score", "summarize", "dispatch", "mailer", "feedback", "subscriber"} {
		f, err := os.Open("../../template.yaml")
		if err != nil {
			t.Fatal(err)
		}
		s, err := runtimeapi.Describe(f, name, func(n string) (string, bool) { return "value", n != "HubspotApiVersion" })
		if err != nil {
			t.Error(err)
		}
		if s.Env["STAGE"] != "value" || s.Timeout == 0 || s.Memory == 0 {
			t.Errorf("%s: %+v", name, s)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
}

func FuzzDescribe(f *testing.F) {
	f.Add(template)
	f.Add("Resources: {F: {Type: AWS::Serverless::Function, Properties: {CodeUri: webhook, Environment: {Variables: {A: !Sub [b]}}}}}")
	f.Add("Resources: {F: {Type: AWS::Serverless::Function, Properties: {CodeUri: webhook, Environment: {Variables: {A: !If [C, b, c]}}}}}\nConditions: {C: !Not [!Not []]}")
	f.Fuzz(func(t *testing.T, in string) {
		s, err := runtimeapi.Describe(strings.NewReader(in), "webhook", lookup(nil))
		if err == nil && s.LogicalID == "" && s.Env == nil {
			t.Error("no error, and nothing described")
		}
	})
}
