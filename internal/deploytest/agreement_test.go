package deploytest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// quoted returns the string literals in the Go files below dir, tests left out.
func quoted(t *testing.T, dir string) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if literal, ok := n.(*ast.BasicLit); ok && literal.Kind == token.STRING {
				if text, err := strconv.Unquote(literal.Value); err == nil {
					found[text] = true
				}
			}
			return true
		})
		return nil
	})
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return found
}

var variableForm = regexp.MustCompile(`^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$`)

func TestFunctionsReadTheVariablesTheyAreGiven(t *testing.T) {
	template := readTemplate(t)
	shared := quoted(t, filepath.Join(root, "internal", "function"))
	for name, p := range functions(t, template) {
		own := quoted(t, filepath.Join(root, "functions", name))
		given := map[string]bool{}
		for _, level := range []any{at(template, "Globals", "Function"), p} {
			for variable := range mapping(at(level, "Environment", "Variables")) {
				given[variable] = true
				if variable != "GOMEMLIMIT" && !own[variable] && !shared[variable] { // GOMEMLIMIT is the Go runtime's
					t.Errorf("%s is given %s and does not read it", name, variable)
				}
			}
		}
		for literal := range own {
			if variableForm.MatchString(literal) && !given[literal] && !strings.HasPrefix(literal, "AWS_") {
				t.Errorf("%s reads %s, which the template does not give it", name, literal)
			}
		}
	}
}

var heading = regexp.MustCompile(`(?m)^## (.+)$`)

// anchor is the fragment under which a renderer of Markdown puts a heading.
func anchor(text string) string {
	return strings.ReplaceAll(strings.ToLower(strings.TrimSpace(text)), " ", "-")
}

func TestEveryAlarmHasItsSectionInTheRunbook(t *testing.T) {
	runbook, err := os.ReadFile(filepath.Join(root, "docs", "runbook.md"))
	if err != nil {
		t.Fatal(err)
	}
	sections := map[string]string{}
	matches := heading.FindAllStringSubmatchIndex(string(runbook), -1)
	for i, m := range matches {
		end := len(runbook)
		if i+1 < len(matches) {
			end = matches[i+1][0]
		}
		sections[anchor(string(runbook[m[2]:m[3]]))] = string(runbook[m[1]:end])
	}
	alarmed := map[string]bool{}
	for name, p := range resources(t, readTemplate(t), "AWS::CloudWatch::Alarm") {
		description, _ := p["AlarmDescription"].(string)
		_, section, ok := strings.Cut(description, " docs/runbook.md#")
		if !ok || sections[section] == "" {
			t.Errorf("%s: %q leads to no section of the runbook", name, description)
		}
		alarmed[section] = true
		if p["TreatMissingData"] == nil || p["AlarmActions"] == nil {
			t.Errorf("%s does not say what missing data means, or tells nobody", name)
		}
	}
	for section, text := range sections {
		if !alarmed[section] {
			t.Errorf("the runbook's section %q belongs to no alarm", section)
		}
		for _, part := range []string{"**Means.**", "**Look at.**", "**Do.**"} {
			if !strings.Contains(text, part) {
				t.Errorf("the runbook's section %q lacks %s", section, part)
			}
		}
	}
}

func TestTheGuideNamesWhatTheTemplateHas(t *testing.T) {
	guide, err := os.ReadFile(filepath.Join(root, "docs", "deploy.md"))
	if err != nil {
		t.Fatal(err)
	}
	template := readTemplate(t)
	for _, name := range []string{"ShopifyWebhookUrl", "HubspotWebhookUrl"} {
		if at(template, "Outputs", name) == nil || !strings.Contains(string(guide), name) {
			t.Errorf("the guide or the template does not know the output %s", name)
		}
	}
	walk(template, func(v any) {
		text, _ := at(v, "Fn::Sub").(string)
		if _, secret, ok := strings.Cut(text, ":parameter/holdfast/${Stage}/"); ok && !strings.Contains(string(guide), "put "+secret+" ") {
			t.Errorf("the guide does not say how to set the secret %s", secret)
		}
	})
	for name := range template["Parameters"].(object) {
		if !strings.Contains(string(guide), "`"+name+"`") {
			t.Errorf("the guide does not explain the parameter %s", name)
		}
	}
}
