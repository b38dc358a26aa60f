package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"holdfast/internal/night"
	"holdfast/internal/stepfunctions"
)

// NightCmd is `holdfast night`.
type NightCmd struct {
	Where
	At     string `help:"Scheduled instant of the night, such as 2026-11-22T03:00:00Z; the latest that was due if not given." placeholder:"INSTANT"`
	Format string `help:"text or json." enum:"text,json" default:"text"`
}

// Run runs a night and prints its record. Run twice, it changes nothing.
func (n NightCmd) Run(c *Context) error {
	var at time.Time
	if n.At != "" {
		t, err := time.Parse(time.RFC3339, n.At)
		if err != nil {
			return usageError("--at is an instant such as 2026-11-22T03:00:00Z")
		}
		at = t
	}
	v, done, err := n.open(c.Ctx)
	if err != nil {
		return err
	}
	run, err := v.Night(c.Ctx, at)
	if err := closeWith(err, done); err != nil {
		return err
	}
	if n.Format == "json" {
		return printJSON(c.Out, run)
	}
	_, err = fmt.Fprintf(c.Out, "night of %s: %d profiles seen, %d changed, %d sends planned, %d failed\n",
		run.At.Format(time.RFC3339), run.Seen, run.Changed, run.Planned, run.Failed)
	return err
}

// startNight runs the deployed state machine.
func startNight(ctx context.Context, cfg aws.Config, machine string, at time.Time) (night.Run, error) {
	input, err := json.Marshal(map[string]time.Time{"at": at.UTC()})
	if err != nil {
		return night.Run{}, fmt.Errorf("start night: %w", err)
	}
	out, err := stepfunctions.Run(ctx, cfg, machine, "cli-"+at.UTC().Format("20060102T150405Z"), string(input))
	var run night.Run
	if err == nil {
		err = json.Unmarshal([]byte(out), &run)
	}
	return run, err
}
