package console

import (
	"context"
	"fmt"
	"io/fs"
	"runtime"
	"time"

	"holdfast/internal/customer"
	"holdfast/internal/night"
	"holdfast/internal/plan"
	"holdfast/internal/playbook"
)

// A Proposal is a changed playbook and the one before it, as archives of
// [plan.Pack].
type Proposal struct {
	Before   []byte    `json:"before"`
	After    []byte    `json:"after"`
	At       time.Time `json:"at,omitzero"` // the night's instant; zero: the next one
	Examples int       `json:"examples"`
}

// A Source is what a plan reads beside the playbooks.
type Source interface {
	plan.Store
	LatestInsight(ctx context.Context, kind string) (customer.Insight, error)
}

// Plan says what the next night would do with another playbook. It writes
// nothing.
func (d *Desk) Plan(ctx context.Context, p Proposal) (plan.Plan, error) {
	return PlanOn(ctx, d.Parts.Store, p, d.Parts.Now())
}

// Look tells what the customers say of a playbook. It writes nothing.
func (d *Desk) Look(ctx context.Context, book []byte) (plan.Look, error) {
	b, _, err := unpack(book)
	if err != nil {
		return plan.Look{}, err
	}
	return plan.Survey(ctx, d.Parts.Store, b, d.Parts.Now())
}

// Sample draws customers, without their names.
func (d *Desk) Sample(ctx context.Context, size int) (*plan.Sample, error) {
	return plan.Draw(ctx, d.Parts.Store, size, d.Parts.Now())
}

// DiffNights says why segments changed between two nights.
func (d *Desk) DiffNights(ctx context.Context, from, to time.Time, examples int) (plan.NightDiff, error) {
	b, err := d.Parts.Playbook()
	if err != nil {
		return plan.NightDiff{}, err
	}
	return plan.DiffNights(ctx, d.Parts.Store, b, from, to, examples)
}

// PlanOn is a plan on any source, as of now.
func PlanOn(ctx context.Context, s Source, p Proposal, now time.Time) (plan.Plan, error) {
	before, files, err := unpack(p.Before)
	if err != nil {
		return plan.Plan{}, fmt.Errorf("the playbook before: %w", err)
	}
	after, changed, err := unpack(p.After)
	if err != nil {
		return plan.Plan{}, err
	}
	if p.At.IsZero() {
		if p.At, err = nextNight(ctx, s, after.Business.Zone, now); err != nil {
			return plan.Plan{}, err
		}
	}
	return plan.Make(ctx, plan.Options{
		Store: s, Before: before, After: after, At: p.At.UTC(), Examples: p.Examples, Workers: runtime.GOMAXPROCS(0),
		Mails: plan.Rewritten(files, changed), Settings: plan.Resettled(before, after),
	})
}

func unpack(archive []byte) (*playbook.Playbook, fs.FS, error) {
	files, err := plan.Unpack(archive)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", customer.ErrInvalid, err)
	}
	b, err := playbook.Load(files)
	return b, files, err
}

// nextNight returns when the next night is due: days after the latest one, at
// its hour; now, to the minute, before the first.
func nextNight(ctx context.Context, s Source, zone *time.Location, now time.Time) (time.Time, error) {
	fit, err := night.LatestFit(ctx, s)
	if err != nil {
		return time.Time{}, err
	}
	if fit.At.IsZero() {
		return now.Truncate(time.Minute), nil
	}
	at := fit.At.In(zone)
	for days := 1; ; days++ {
		if next := at.AddDate(0, 0, days); next.After(now) {
			return next.UTC(), nil
		}
	}
}
