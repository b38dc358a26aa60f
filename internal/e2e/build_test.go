package e2e_test

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// names are the functions of the template.
var names = []string{"webhook", "ingest", "survey", "fit", "score", "summarize", "dispatch", "mailer", "feedback", "subscriber"}

const root = "../.."

var scratch string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "holdfast-e2e")
		if err != nil {
			panic(err)
		}
		scratch = dir
		defer func() { _ = os.RemoveAll(dir) }()
		return m.Run()
	}())
}

// binaries returns the directory with every function's binary, and that of the
// empty one, built for this machine.
func binaries(t testing.TB) string {
	t.Helper()
	dir, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

var built = sync.OnceValues(func() (string, error) {
	if err := touch(); err != nil {
		return "", err
	}
	dir := filepath.Join(scratch, "host")
	return dir, build(dir, nil, "./functions/...", "./internal/e2e/testdata/empty")
})

// build builds programs as they are deployed, each under its own name in dir.
func build(dir string, env []string, programs ...string) error {
	args := append([]string{"build", "-trimpath", "-tags", "lambda.norpc", "-ldflags", "-s -w", "-o", dir + "/"}, programs...)
	cmd := exec.Command("go", args...)
	cmd.Dir, cmd.Env = root, append(os.Environ(), append(env, "CGO_ENABLED=0")...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return nil
}

// touch looks at every file that goes into a binary. The test cache knows the
// files that this process looks at, not those that the builds read: without
// this, a result would outlive a change of the code.
func touch() error {
	for _, dir := range []string{"functions", "internal", "playbook", "statemachine"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(path string, d fs.DirEntry, err error) error {
			if err != nil || strings.HasSuffix(path, "_test.go") || d.Name() == "testdata" {
				if d != nil && d.IsDir() && d.Name() == "testdata" {
					return fs.SkipDir
				}
				return err
			}
			_, err = os.Stat(path)
			return err
		})
		if err != nil {
			return err
		}
	}
	for _, file := range []string{"go.mod", "go.sum"} {
		if _, err := os.Stat(filepath.Join(root, file)); err != nil {
			return err
		}
	}
	return nil
}
