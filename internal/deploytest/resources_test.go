package deploytest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestEveryFunctionIsBuiltAsLambdaRunsIt(t *testing.T) {
	template := readTemplate(t)
	globals := at(template, "Globals", "Function")
	if at(globals, "Runtime") != "provided.al2023" || at(globals, "Handler") != "bootstrap" {
		t.Errorf("globals %v, want provided.al2023 and bootstrap", globals)
	}
	if l, _ := at(globals, "Architectures").([]any); len(l) != 1 || l[0] != "arm64" {
		t.Errorf("architectures %v, want arm64", l)
	}
	uris := map[any]string{}
	for name, r := range template["Resources"].(object) {
		if at(r, "Type") != "AWS::Serverless::Function" {
			continue
		}
		p := at(r, "Properties").(object)
		if at(r, "Metadata", "BuildMethod") != "go1.x" {
			t.Errorf("%s: build method %v, want go1.x", name, at(r, "Metadata", "BuildMethod"))
		}
		for _, key := range []string{"Runtime", "Architectures", "Handler"} {
			if p[key] != nil {
				t.Errorf("%s has a %s of its own", name, key)
			}
		}
		if other := uris[p["CodeUri"]]; other != "" {
			t.Errorf("%s and %s share a folder, so SAM gives them one binary", name, other)
		}
		uris[p["CodeUri"]] = name
		short := strings.TrimSuffix(name, "Function")
		if p["Description"] == nil || !refers(p["Role"], short+"Role") || !refers(at(p, "LoggingConfig", "LogGroup"), short+"LogGroup") {
			t.Errorf("%s lacks a description, a role or a log group of its own", name)
		}
	}
}

func TestEveryFunctionsFolderIsAProgram(t *testing.T) {
	for name, p := range functions(t, readTemplate(t)) {
		file := filepath.Join(root, p["CodeUri"].(string), "main.go")
		source, err := os.ReadFile(file)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if !strings.Contains("\n"+string(source), "\npackage main\n") {
			t.Errorf("%s is not package main", file)
		}
	}
}

func TestEveryQueueHasADeadLetterQueueAndTimeToFail(t *testing.T) {
	template := readTemplate(t)
	queues := resources(t, template, "AWS::SQS::Queue")
	for name, p := range queues {
		if strings.HasSuffix(name, "DeadLetterQueue") {
			if number(t, p["MessageRetentionPeriod"]) != 14*24*3600 {
				t.Errorf("%s keeps messages for %v s, want 14 days", name, p["MessageRetentionPeriod"])
			}
			continue
		}
		own := strings.TrimSuffix(name, "Queue") + "DeadLetterQueue"
		if queues[own] == nil || !refers(at(p, "RedrivePolicy", "deadLetterTargetArn"), own) {
			t.Errorf("%s does not redrive to %s", name, own)
		}
		if number(t, at(p, "RedrivePolicy", "maxReceiveCount")) < 3 {
			t.Errorf("%s gives up too early", name)
		}
	}
	polled := map[string]bool{}
	for name, p := range functions(t, template) {
		for _, e := range mapping(p["Events"]) {
			properties := at(e, "Properties")
			if at(e, "Type") != "SQS" {
				t.Errorf("%s has an event of type %v", name, at(e, "Type"))
				continue
			}
			target, _ := at(properties, "Queue", "Fn::GetAtt").(string)
			queue, _, _ := strings.Cut(target, ".")
			polled[queue] = true
			window := 0
			if w := at(properties, "MaximumBatchingWindowInSeconds"); w != nil {
				window = number(t, w)
			}
			if need := 6*number(t, p["Timeout"]) + window; number(t, queues[queue]["VisibilityTimeout"]) < need {
				t.Errorf("%s hides messages for %v s, %s needs %d", queue, queues[queue]["VisibilityTimeout"], name, need)
			}
			if r := list(at(properties, "FunctionResponseTypes")); r[0] != "ReportBatchItemFailures" {
				t.Errorf("%s does not report failures one by one", name)
			}
			if at(properties, "ScalingConfig", "MaximumConcurrency") == nil {
				t.Errorf("%s has no bound on its concurrency", name)
			}
		}
	}
	for name := range queues {
		if !strings.HasSuffix(name, "DeadLetterQueue") && !polled[name] {
			t.Errorf("nothing reads %s", name)
		}
	}
}

func mapping(v any) object {
	m, _ := v.(object)
	return m
}

func TestSchedulesRetryWithinBoundsAndDeadLetter(t *testing.T) {
	for name, p := range resources(t, readTemplate(t), "AWS::Scheduler::Schedule") {
		target := p["Target"]
		if !refers(at(target, "DeadLetterConfig"), "ScheduleDeadLetterQueue") {
			t.Errorf("%s has no dead-letter queue", name)
		}
		if number(t, at(target, "RetryPolicy", "MaximumEventAgeInSeconds")) > 3600 {
			t.Errorf("%s starts work that is over an hour late", name)
		}
		if at(target, "Input") != `{"at":"<aws.scheduler.scheduled-time>"}` {
			t.Errorf("%s: input %v", name, at(target, "Input"))
		}
		if p["ScheduleExpressionTimezone"] == nil {
			t.Errorf("%s has no time zone", name)
		}
	}
}

func TestEventRulesDeadLetter(t *testing.T) {
	for name, p := range resources(t, readTemplate(t), "AWS::Events::Rule") {
		for _, target := range list(p["Targets"]) {
			if at(target, "DeadLetterConfig", "Arn") == nil {
				t.Errorf("%s has a target without a dead-letter queue", name)
			}
		}
	}
}

func TestEveryLogGroupForgets(t *testing.T) {
	for name, p := range resources(t, readTemplate(t), "AWS::Logs::LogGroup") {
		if p["RetentionInDays"] == nil {
			t.Errorf("%s keeps logs for ever", name)
		}
	}
}

func TestTablesSurviveMistakes(t *testing.T) {
	template := readTemplate(t)
	for name, p := range resources(t, template, "AWS::DynamoDB::Table") {
		r := at(template, "Resources", name)
		if at(r, "DeletionPolicy") != "Retain" || at(r, "UpdateReplacePolicy") != "Retain" ||
			p["DeletionProtectionEnabled"] != "true" || at(p, "PointInTimeRecoverySpecification", "PointInTimeRecoveryEnabled") != "true" {
			t.Errorf("%s can be lost", name)
		}
		if p["BillingMode"] != "PAY_PER_REQUEST" || at(p, "OnDemandThroughput", "MaxWriteRequestUnits") == nil {
			t.Errorf("%s is not on demand below a ceiling", name)
		}
	}
}

func TestPathsOfPagesAreNotLogged(t *testing.T) {
	format, _ := at(readTemplate(t), "Resources", "ApiStage", "Properties", "AccessLogSettings", "Format").(string)
	for _, field := range []string{"$context.path", "$context.identity", "rawPath"} {
		if format == "" || strings.Contains(format, field) {
			t.Errorf("the access log %q is absent or tells %s", format, field)
		}
	}
}

func TestParametersAndOutputsAreDescribed(t *testing.T) {
	template := readTemplate(t)
	for _, section := range []string{"Parameters", "Outputs"} {
		for name, p := range template[section].(object) {
			if text, _ := at(p, "Description").(string); len(text) < 10 {
				t.Errorf("%s has no description", name)
			}
		}
	}
	for _, name := range []string{"ShopifyWebhookUrl", "HubspotWebhookUrl", "ProfilesTable", "EventQueueUrl", "NightArn"} {
		if at(template, "Outputs", name) == nil {
			t.Errorf("no output %s", name)
		}
	}
}

func TestSAMNeverReusesABuild(t *testing.T) {
	config, err := os.ReadFile(filepath.Join(root, "samconfig.toml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, stage := range []string{"default", "prod"} {
		_, section, ok := strings.Cut(string(config), "["+stage+".build.parameters]\n")
		section, _, _ = strings.Cut(section, "\n[")
		if !ok || !strings.Contains(section, "cached = false") {
			t.Errorf("%s may deploy stale binaries: %q", stage, section)
		}
	}
}
