package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"runtime/debug"
	"strings"
	"time"

	"holdfast/internal/console"
	"holdfast/internal/plan"
	"holdfast/internal/playbook"
)

// PlanCmd is `holdfast plan`.
type PlanCmd struct {
	Where
	Against  string `help:"What to compare with: a directory, or a git revision of the playbook's directory." default:"HEAD" placeholder:"REF|DIR"`
	At       string `help:"Scheduled instant of the night, such as 2026-11-22T03:00:00Z; the next one if not given." placeholder:"INSTANT"`
	Sample   string `help:"Plan on a sample of customers in a file, instead of a system." placeholder:"FILE"`
	Save     string `help:"Do not plan: write a sample of customers, without names and addresses, to a file." placeholder:"FILE" name:"save-sample"`
	Size     int    `help:"Customers of the sample." default:"1000"`
	Examples int    `help:"Customers to show of each segment that moves." default:"3"`
	Format   string `help:"text, json or markdown." enum:"text,json,markdown" default:"text"`
}

// exitChanges says that the plan holds changes.
const exitChanges = 2

// Run prints what the changed playbook would do. It leaves with 0 if that is
// nothing, and with 2 if it is something.
func (p PlanCmd) Run(c *Context) error {
	// Customers are kept in memory and looked at for seconds: collecting seldom
	// takes a tenth less time, for some hundred megabytes.
	defer debug.SetGCPercent(debug.SetGCPercent(300))
	if p.Save != "" {
		return p.save(c)
	}
	proposal, err := p.proposal(c)
	if err != nil {
		return err
	}
	made, err := p.make(c, proposal)
	if err != nil {
		return err
	}
	switch p.Format {
	case "json":
		err = printJSON(c.Out, made)
	case "markdown":
		err = plan.Markdown(c.Out, made)
	default:
		err = plan.Text(c.Out, made)
	}
	if err == nil && made.Changed {
		return exitWith(exitChanges)
	}
	return err
}

// proposal reads both playbooks, and sees to it that they are right.
func (p PlanCmd) proposal(c *Context) (console.Proposal, error) {
	at, err := instant("--at", p.At)
	if err != nil {
		return console.Proposal{}, err
	}
	if p.Examples < 0 {
		return console.Proposal{}, usageError("--examples is 0 or more")
	}
	out := console.Proposal{At: at, Examples: p.Examples}
	files, err := playbookFiles(p.Playbook)
	if err != nil {
		return out, err
	}
	if out.After, err = packed(files, p.Playbook); err != nil {
		return out, err
	}
	if out.Before, err = against(c.Ctx, p.Against, p.Playbook); err != nil {
		return out, err
	}
	return out, nil
}

func (p PlanCmd) make(c *Context, proposal console.Proposal) (plan.Plan, error) {
	if p.Sample != "" {
		raw, err := os.Open(p.Sample)
		if err != nil {
			return plan.Plan{}, fmt.Errorf("read sample: %w", err)
		}
		s, err := plan.ReadSample(raw)
		if err := closeWith(err, raw.Close); err != nil {
			return plan.Plan{}, err
		}
		return console.PlanOn(c.Ctx, s, proposal, s.At)
	}
	v, done, err := p.open(c.Ctx)
	if err != nil {
		return plan.Plan{}, err
	}
	made, err := v.Plan(c.Ctx, proposal)
	return made, closeWith(err, done)
}

// save writes a sample for planning where the system cannot be reached.
func (p PlanCmd) save(c *Context) error {
	if p.Size < 1 {
		return usageError("--size is 1 or more")
	}
	v, done, err := p.open(c.Ctx)
	if err != nil {
		return err
	}
	s, err := v.Sample(c.Ctx, p.Size)
	if err := closeWith(err, done); err != nil {
		return err
	}
	f, err := os.OpenFile(p.Save, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("write sample: %w", err)
	}
	if err := closeWith(s.Write(f), f.Close); err != nil {
		return err
	}
	_, err = fmt.Fprintf(c.Out, "%d of %s are in %s\n", len(s.Members), counted(int(s.Of), "customer"), p.Save)
	return err
}

// instant reads a flag's instant; "" is the zero one.
func instant(flag, s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return t, usageError(flag + " is an instant such as 2026-11-22T03:00:00Z")
	}
	return t, nil
}

// packed checks the playbook in files, which are called name, and packs it.
func packed(files fs.FS, name string) ([]byte, error) {
	_, err := playbook.Load(files)
	var wrong playbook.Problems
	if errors.As(err, &wrong) {
		return nil, fmt.Errorf("the playbook in %s has %s:\n%w", name, counted(len(wrong), "problem"), wrong.In(name))
	}
	if err != nil {
		return nil, err
	}
	return plan.Pack(files)
}

// against returns the playbook to compare with: of a directory, else of a
// revision of the repository that dir lies in.
func against(ctx context.Context, what, dir string) ([]byte, error) {
	if info, err := os.Stat(what); err == nil && info.IsDir() {
		return packed(os.DirFS(what), what)
	}
	archive, err := archived(ctx, what, dir)
	if err != nil {
		return nil, err
	}
	files, err := plan.Unpack(archive)
	if err != nil {
		return nil, err
	}
	return packed(files, what+":"+dir)
}

// archived returns dir as it is at a git revision.
func archived(ctx context.Context, ref, dir string) ([]byte, error) {
	if _, err := exec.LookPath("git"); err != nil {
		return nil, fmt.Errorf("comparing with %s needs git, which is not installed: name a directory with --against DIR", ref)
	}
	if strings.HasPrefix(ref, "-") {
		return nil, usageError("--against is a directory or a git revision")
	}
	prefix, err := git(ctx, dir, "rev-parse", "--show-prefix")
	if err != nil {
		return nil, fmt.Errorf("%s is in no git repository: name a directory to compare with by --against DIR", dir)
	}
	if _, err := git(ctx, dir, "rev-parse", "--verify", "--quiet", ref+"^{commit}"); err != nil {
		return nil, fmt.Errorf("there is neither a directory nor a git revision %s", ref)
	}
	at := strings.TrimSuffix(strings.TrimSpace(string(prefix)), "/")
	root, err := git(ctx, dir, "rev-parse", "--show-toplevel")
	if err != nil {
		return nil, err
	}
	archive, err := git(ctx, strings.TrimSpace(string(root)), "archive", "--format=zip", ref+":"+at)
	if err != nil {
		return nil, fmt.Errorf("git has no %s at %s: name a directory with --against DIR", dir, ref)
	}
	return archive, nil
}

// git returns what a git command prints.
func git(ctx context.Context, dir string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "git", append([]string{"-C", dir}, args...)...)
	var out, wrong bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &wrong
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("git %s: %w: %s", args[0], err, strings.TrimSpace(wrong.String()))
	}
	return out.Bytes(), nil
}
