// Holdfast is the tool for people: it runs the whole system on one machine,
// and asks a running, a stopped or a deployed one.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"
	_ "time/tzdata" // a bare machine has no zones

	"github.com/alecthomas/kong"
)

type commands struct {
	Run        RunCmd        `cmd:"" help:"Run the whole system on this machine, with a demo shop on the first start."`
	Invoke     InvokeCmd     `cmd:"" help:"Run one function's real binary on an event file, as Lambda would."`
	Check      CheckCmd      `cmd:"" help:"Say everything that is wrong with the playbook, and where."`
	Fields     FieldsCmd     `cmd:"" help:"List every field and function that rules may use."`
	Schema     SchemaCmd     `cmd:"" help:"Print the JSON Schema of a playbook file, for editors."`
	Test       TestCmd       `cmd:"" help:"Run the playbook's own tests."`
	Plan       PlanCmd       `cmd:"" help:"Say what a changed playbook would do, without doing it."`
	DiffNight  DiffNightCmd  `cmd:"" help:"Say why segments changed between two nights."`
	Night      NightCmd      `cmd:"" help:"Run a night: recalculate segments and numbers, plan the mails."`
	Explain    ExplainCmd    `cmd:"" help:"Say why a customer is in a segment, and what each campaign did."`
	Export     ExportCmd     `cmd:"" help:"Print everything that is known of a customer, as JSON."`
	Erase      EraseCmd      `cmd:"" help:"Forget a customer, for good."`
	Replay     ReplayCmd     `cmd:"" help:"Fold all profiles again from their facts, or check that they agree."`
	Quarantine QuarantineCmd `cmd:"" help:"List deliveries that nobody could understand, or try them again."`

	Analyze    AnalyzeCmd    `cmd:"" help:"Give the whole picture of an order export: numbers, forecasts, plots."`
	RFM        RFMCmd        `cmd:"" name:"rfm" help:"Score customers by recency, frequency and monetary value."`
	Model      ModelCmd      `cmd:"" help:"Fit, apply and test models of repeat buying."`
	Retention  RetentionCmd  `cmd:"" help:"Say who stays, comes, comes back and goes, by period."`
	Cohorts    CohortsCmd    `cmd:"" help:"Follow the customers of each month of first order."`
	Experiment ExperimentCmd `cmd:"" help:"Read out an A/B test."`
	Recommend  RecommendCmd  `cmd:"" help:"Say what goes together, and what is needed again."`

	Version kong.VersionFlag `help:"Print the version and leave."`
}

// exit codes
const (
	exitDone  = 0
	exitError = 1
	exitUsage = 64 // as sysexits.h has it; 2 says that a plan holds changes
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	c := &Context{Ctx: ctx, In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Terminal: terminal(os.Stdout) && os.Getenv("NO_COLOR") == "", Now: time.Now}
	if terminal(os.Stderr) {
		c.Tick = time.Tick(patience)
	}
	code := run(os.Args[1:], c)
	stop()
	os.Exit(code)
}

// patience is how long somebody waits without being told what is going on.
const patience = 2 * time.Second

// coded is an error that ends the program with a code of its own.
type coded interface {
	error
	ExitCode() int
}

// run does what args say and returns the exit code: 0 done, 1 failed, 64 the
// arguments are wrong; a command may have codes of its own.
func run(args []string, c *Context) int {
	var cli commands
	leave := -1
	parser, err := kong.New(&cli,
		kong.Name("holdfast"),
		kong.Description("Customer retention in your own AWS account, or all of it on this machine."),
		kong.UsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, Summary: false}),
		kong.Writers(c.Out, c.Err),
		kong.Exit(func(code int) { leave = code; panic(left{}) }),
		kong.Vars{"version": version()},
	)
	if err != nil {
		fmt.Fprintln(c.Err, "holdfast:", err)
		return exitError
	}
	command, err := parse(parser, args)
	if leave >= 0 {
		return leave
	}
	if err != nil {
		usage(c.Err, err)
		return exitUsage
	}
	if err := command.Run(c); err != nil {
		var own coded
		if errors.As(err, &own) {
			if text := own.Error(); text != "" {
				fmt.Fprintln(c.Err, "holdfast:", text)
			}
			return own.ExitCode()
		}
		fmt.Fprintln(c.Err, "holdfast:", err)
		return exitError
	}
	return exitDone
}

// left is what --help and --version panic with, so that a test can go on.
type left struct{}

func parse(p *kong.Kong, args []string) (command *kong.Context, err error) {
	defer func() {
		if r := recover(); r != nil {
			if _, ok := r.(left); !ok {
				panic(r)
			}
		}
	}()
	return p.Parse(args)
}

// usage says what is wrong with the arguments, and how the command is used.
func usage(w io.Writer, err error) {
	var wrong *kong.ParseError
	if errors.As(err, &wrong) {
		wrong.Context.Stdout = w
		_ = wrong.Context.PrintUsage(true)
	}
	fmt.Fprintln(w, "\nholdfast:", err)
}

func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	v := info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 && (v == "" || v == "(devel)") {
			v = s.Value[:12]
		}
	}
	return v
}

func terminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
