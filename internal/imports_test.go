package internal_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "holdfast/"

// floors lists our packages from the ground up. A package imports packages of
// lower floors only, so never one beside it. ARCHITECTURE.md gives the reasons.
var floors = [][]string{
	{"internal/customer", "internal/config", "playbook", "statemachine"},
	{"internal/keys", "internal/orders"},
	// Rules, and what the sources' formats mean.
	{
		"internal/source/hubspot", "internal/source/segment", "internal/source/shopify",
		"internal/experiment", "internal/metric", "internal/model", "internal/recommend", "internal/segment",
	},
	{"internal/mail"},
	{"internal/playbook"},
	{"internal/identity"},
	// Use cases.
	{"internal/analysis", "internal/ingest", "internal/night", "internal/campaign", "internal/privacy"},
	// What is shown of them.
	{"internal/plan", "internal/report"},
	{"internal/playtest"},
	// Adapters, each named for what it hides.
	{
		"internal/asl", "internal/awsenv", "internal/bolt", "internal/cloudformation", "internal/dynamo", "internal/emf", "internal/outbox",
		"internal/queue", "internal/runtimeapi", "internal/ses", "internal/sqs", "internal/ssm", "internal/stepfunctions",
	},
	// Handlers.
	{"internal/function"},
	{
		"internal/function/dispatch", "internal/function/feedback", "internal/function/fit", "internal/function/ingest", "internal/function/mailer",
		"internal/function/score", "internal/function/subscriber", "internal/function/survey", "internal/function/webhook",
	},
	{"internal/function/summarize"}, // takes fit's request
	// How they are put together.
	{"internal/wire", "internal/door"},
	{"internal/boot", "internal/console", "internal/demo", "internal/pages"},
	{"internal/boot/parts", "internal/local"},
	{"cmd/holdfast", "functions/*"},
	// For tests only: nothing may import these.
	{"internal/deploytest", "internal/e2e", "internal/peer", "internal/sim", "internal/storetest"},
}

// cloud says which of our packages may know that AWS exists.
var cloud = map[string][]string{
	"github.com/aws/aws-lambda-go": {"internal/function", "internal/boot", "internal/local"},
	"github.com/aws/aws-sdk-go-v2": {
		"internal/awsenv", "internal/cloudformation", "internal/dynamo", "internal/ses", "internal/sqs", "internal/ssm", "internal/stepfunctions",
		"internal/boot", "cmd/holdfast",
	},
	"github.com/aws/smithy-go": {"internal/dynamo", "internal/ses"},
}

func TestImportsPointDown(t *testing.T) {
	seen := map[string]bool{}
	// The files are parsed, rather than `go list` asked, so that the test cache
	// sees when one changes.
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name := d.Name(); d.IsDir() && (name == "testdata" || name == "tools" || name != ".." && strings.HasPrefix(name, ".")) {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		from := strings.TrimPrefix(filepath.ToSlash(filepath.Dir(path)), "../")
		seen[from] = true
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range file.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			for _, wrong := range check(from, imported) {
				t.Errorf("%s: %s", path, wrong)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for pkg := range seen {
		if floor(pkg) < 0 {
			t.Errorf("%s is on no floor: add it to floors", pkg)
		}
	}
}

// check returns what is wrong with one of our packages importing another.
func check(from, imported string) []string {
	var wrong []string
	to, ours := strings.CutPrefix(imported, module)
	switch {
	case ours && floor(from) >= 0 && floor(to) >= floor(from):
		wrong = append(wrong, "imports "+to+", which is not on a lower floor")
	case !ours && from == "internal/customer" && strings.Contains(strings.Split(imported, "/")[0], "."):
		wrong = append(wrong, "imports "+imported+"; it is to need the standard library only")
	}
	for sdk, who := range cloud {
		if within(imported, sdk) && !slices.ContainsFunc(who, func(p string) bool { return within(from, p) }) {
			wrong = append(wrong, "imports "+imported+"; only "+strings.Join(who, ", ")+" may")
		}
	}
	return wrong
}

// floor returns the floor that pkg is on, counted from 0, or -1.
func floor(pkg string) int {
	return slices.IndexFunc(floors, func(pkgs []string) bool {
		return slices.ContainsFunc(pkgs, func(p string) bool {
			matched, err := filepath.Match(p, pkg)
			return err == nil && matched
		})
	})
}

// within reports whether path is dir or lies below it.
func within(path, dir string) bool { return path == dir || strings.HasPrefix(path, dir+"/") }

func TestForbiddenImportsAreFound(t *testing.T) {
	for _, tt := range []struct{ name, from, imported, want string }{
		{"down", "internal/ingest", "holdfast/internal/identity", ""},
		{"sideways between use cases", "internal/ingest", "holdfast/internal/night", "not on a lower floor"},
		{"sideways between adapters", "internal/ses", "holdfast/internal/sqs", "not on a lower floor"},
		{"up", "internal/customer", "holdfast/internal/segment", "not on a lower floor"},
		{"what is for tests", "internal/local", "holdfast/internal/storetest", "not on a lower floor"},
		{"the SDK in a use case", "internal/campaign", "github.com/aws/aws-sdk-go-v2/service/sesv2", "only internal/awsenv"},
		{"Lambda's events in a use case", "internal/ingest", "github.com/aws/aws-lambda-go/events", "only internal/function"},
		{"a module in the words", "internal/customer", "golang.org/x/text/language", "standard library only"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := strings.Join(check(tt.from, tt.imported), "; ")
			if !strings.Contains(got, tt.want) || tt.want == "" && got != "" {
				t.Errorf("%q, want it to say %q", got, tt.want)
			}
		})
	}
	if floor("internal/utils") >= 0 {
		t.Error("a package that nobody listed is on a floor")
	}
}
