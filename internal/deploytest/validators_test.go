package deploytest

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"holdfast/internal/asl"
	"holdfast/internal/peer"
)

type finding struct{ Severity, Rule, Where, Message string }

func validate(t *testing.T, kind, file string) []finding {
	t.Helper()
	cmd := exec.Command("node", filepath.Join(peer.Node(t), "validate.mjs"), kind, file)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("run the validator: %v", err)
	}
	var findings []finding
	if err := json.Unmarshal(out, &findings); err != nil {
		t.Fatal(err)
	}
	return findings
}

func TestValidatorAcceptsTheTemplate(t *testing.T) {
	t.Parallel()
	for _, f := range validate(t, "template", filepath.Join(root, "template.yaml")) {
		if f.Severity != "INFO" && f.Severity != "DEBUG" {
			t.Errorf("%s %s %s: %s", f.Severity, f.Rule, f.Where, f.Message)
		}
	}
}

func TestValidatorAcceptsTheStateMachine(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "night.asl.json")
	if err := os.WriteFile(file, deployedNight(t), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, f := range validate(t, "statemachine", file) {
		t.Errorf("%s: %s", f.Rule, f.Message)
	}
}

// deployedNight is the definition as SAM would deploy it, with ARNs of its own kind.
func deployedNight(t *testing.T) []byte {
	t.Helper()
	text := string(readNight(t))
	for name, value := range substitutions(t) {
		text = strings.ReplaceAll(text, "${"+name+"}", value)
	}
	return []byte(text)
}

func readNight(t *testing.T) []byte {
	t.Helper()
	definition, err := os.ReadFile(filepath.Join(root, "statemachine", "night.asl.json"))
	if err != nil {
		t.Fatal(err)
	}
	return definition
}

func substitutions(t *testing.T) map[string]string {
	t.Helper()
	given, _ := at(readTemplate(t), "Resources", "Night", "Properties", "DefinitionSubstitutions").(object)
	values := map[string]string{}
	for name := range given {
		values[name] = "arn:aws:lambda:us-east-1:123456789012:function:" + name
	}
	values["Shards"] = "4"
	return values
}

func TestTheTemplateFillsTheStateMachine(t *testing.T) {
	values := substitutions(t)
	if _, err := asl.Parse(readNight(t), values); err != nil {
		t.Error(err)
	}
	for name := range values {
		if !strings.Contains(string(readNight(t)), "${"+name+"}") {
			t.Errorf("the state machine has no use for %s", name)
		}
	}
}
