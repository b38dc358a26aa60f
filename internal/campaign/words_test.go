package campaign

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"
)

// TestEveryReasonHasWords reads the reasons where they are declared, so that
// one that is new has to be given words here.
func TestEveryReasonHasWords(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "check.go", nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	ast.Inspect(file, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok || !strings.HasPrefix(v.Names[0].Name, "Reason") || len(v.Values) == 0 {
			return true
		}
		literal, ok := v.Values[0].(*ast.BasicLit)
		if !ok {
			return true
		}
		reason, err := strconv.Unquote(literal.Value)
		if err != nil {
			t.Fatal(err)
		}
		found++
		if _, ok := reasons[reason]; !ok && !strings.HasSuffix(reason, ":") {
			t.Errorf("%s (%q) has no words", v.Names[0].Name, reason)
		}
		return true
	})
	if found < 10 {
		t.Errorf("found %d reasons, which cannot be all", found)
	}
	for _, tt := range []struct{ reason, want string }{
		{"missing:first_name", "the mail needs first_name, which is not known"},
		{"", "no reason given"},
		{"some_new_reason", "some new reason"},
	} {
		if got := Words(tt.reason); got != tt.want {
			t.Errorf("Words(%q) = %q, want %q", tt.reason, got, tt.want)
		}
	}
}
