package peer

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"testing"
)

var install = sync.OnceValues(func() (string, error) {
	dir := toolsDir()
	for _, program := range []string{"node", "npm"} {
		if _, err := exec.LookPath(program); err != nil {
			return "", fmt.Errorf("%w: %w", errNoNode, err)
		}
	}
	return dir, installOnce(dir)
})

var errNoNode = errors.New("no Node.js is installed")

// Node returns the tools directory with the packages of its lock file installed;
// the first call on a machine runs "npm ci", which needs a package registry.
// Without Node it skips t, or fails it if CI=true. A failed installation fails t.
func Node(t testing.TB) string {
	t.Helper()
	dir, err := install()
	switch {
	case errors.Is(err, errNoNode) && os.Getenv("CI") != "true":
		t.Skipf("skipped: this test needs the peers and validators from npm, and %v", err)
	case err != nil:
		t.Fatalf("install the test tools: %v", err)
	}
	return dir
}

// installOnce runs npm ci unless the installed packages are those of the lock
// file. Test processes run side by side; a file lock makes one of them install
// and the others wait. The stamp is written last, so an installation that died
// half way is done again.
func installOnce(dir string) error {
	want, err := os.ReadFile(filepath.Join(dir, "package-lock.json"))
	if err != nil {
		return err
	}
	stamp := filepath.Join(dir, "node_modules", ".holdfast-lock.json")
	if installed(stamp, want) {
		return nil
	}
	unlock, err := lock(filepath.Join(os.TempDir(), fmt.Sprintf("holdfast-npm-%d.lock", os.Getuid())))
	if err != nil {
		return err
	}
	defer unlock()
	if installed(stamp, want) {
		return nil
	}
	cmd := exec.Command("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("npm ci: %w\n%s", err, out)
	}
	return os.WriteFile(stamp, want, 0o644)
}

func installed(stamp string, want []byte) bool {
	got, err := os.ReadFile(stamp)
	return err == nil && string(got) == string(want)
}

func lock(path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() { _ = f.Close() }, nil // closing releases the lock
}

func toolsDir() string {
	_, file, _, _ := runtime.Caller(0)
	if filepath.IsAbs(file) {
		return filepath.Join(filepath.Dir(file), "..", "..", "tools")
	}
	// Built with -trimpath: tests run in their package's directory, below the root.
	for dir, _ := os.Getwd(); ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil || dir == filepath.Dir(dir) {
			return filepath.Join(dir, "tools")
		}
	}
}
