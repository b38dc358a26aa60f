package campaign_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"holdfast/internal/campaign"
	"holdfast/internal/customer"
	"holdfast/internal/playbook"
)

// only keeps the named campaign of a playbook.
func only(name string, change func(*playbook.Campaign)) func(*playbook.Playbook) {
	return func(b *playbook.Playbook) {
		c, _ := b.Campaign(name)
		if change != nil {
			change(&c)
		}
		b.Campaigns = []playbook.Campaign{c}
	}
}

func member(since time.Time) customer.Profile {
	p := customer.Profile{ID: customer.Account("shopify/kelp").Record("1").ID()}
	p.Derived.Segments = []customer.Membership{{Segment: "loyal", Since: since}}
	return p
}

func TestPlan(t *testing.T) {
	id := member(noon).ID
	key := func(name string, start time.Time, step int) customer.SendKey {
		return customer.SendKey{Customer: id, Campaign: name, Occurrence: start.Format("20060102T150405Z"), Step: step}
	}
	day := func(n int) time.Time { return noon.AddDate(0, 0, n) }
	for name, c := range map[string]struct {
		campaign string
		change   func(*playbook.Campaign)
		since    time.Time
		sends    []customer.Send
		want     []customer.SendKey
		due      []time.Time
		status   customer.SendStatus
	}{
		"entry starts a campaign with all its steps": {
			campaign: "thanks", since: noon,
			want: []customer.SendKey{key("thanks", noon, 1), key("thanks", noon, 2)}, due: []time.Time{noon, day(7)}},
		"an entry that nobody planned from is made up for": {
			campaign: "thanks", since: noon.Add(-campaign.Grace),
			want: []customer.SendKey{key("thanks", day(-2), 1), key("thanks", day(-2), 2)}, due: []time.Time{day(-2), day(5)}},
		"an old entry starts nothing":           {campaign: "thanks", since: noon.Add(-campaign.Grace - time.Second)},
		"an entry in the future starts nothing": {campaign: "thanks", since: noon.Add(time.Second)},
		"another segment starts nothing":        {campaign: "receipt", since: noon},
		"what is in the ledger is not planned again": {
			campaign: "thanks", since: noon, sends: []customer.Send{{SendKey: key("thanks", noon, 1), Status: customer.Skipped}, {SendKey: key("thanks", noon, 2), Status: customer.Planned}}},
		"what a crash left out is planned": {
			campaign: "thanks", since: noon, sends: []customer.Send{{SendKey: key("thanks", noon, 1), Status: customer.Sent}},
			want: []customer.SendKey{key("thanks", noon, 2)}, due: []time.Time{day(7)}},
		"another entry waits for the occurrence under way": {
			campaign: "thanks", since: noon, sends: []customer.Send{{SendKey: key("thanks", day(-3), 2), Status: customer.Planned}}},
		"another entry starts again when the occurrence before is over": {
			campaign: "thanks", since: noon, sends: []customer.Send{{SendKey: key("thanks", day(-3), 2), Status: customer.Skipped}},
			want: []customer.SendKey{key("thanks", noon, 1), key("thanks", noon, 2)}, due: []time.Time{noon, day(7)}},
		"the control group is recorded once": {
			campaign: "thanks", since: noon, change: func(c *playbook.Campaign) { c.Holdout = 1 },
			want: []customer.SendKey{key("thanks", noon, 1)}, due: []time.Time{noon}, status: customer.HeldOut},
		"whoever was held out stays so": {
			campaign: "thanks", since: noon, sends: []customer.Send{{SendKey: key("thanks", noon, 1), Status: customer.HeldOut}}},
		"a rhythm starts on entry": {campaign: "club", since: noon, want: []customer.SendKey{key("club", noon, 1)}, due: []time.Time{noon}},
		"a rhythm goes on from the entry": {
			campaign: "club", since: day(-75), want: []customer.SendKey{key("club", day(-15), 1)}, due: []time.Time{day(-15)}},
		"a rhythm turns at its instant": {campaign: "club", since: day(-60), want: []customer.SendKey{key("club", noon, 1)}, due: []time.Time{noon}},
		"a turn is planned once": {
			campaign: "club", since: day(-75), sends: []customer.Send{{SendKey: key("club", day(-15), 1), Status: customer.Sent}}},
	} {
		t.Run(name, func(t *testing.T) {
			b := book(t, only(c.campaign, c.change))
			var keys []customer.SendKey
			var due []time.Time
			for _, s := range campaign.Plan(b, member(c.since), c.sends, noon) {
				keys, due = append(keys, s.SendKey), append(due, s.Due)
				want := c.status
				if want == "" {
					want = customer.Planned
				}
				if s.Status != want || !s.Planned.Equal(noon) || s.Segment != "loyal" || s.Template != "hello" || s.Version != 0 || campaign.CheckKey(s.SendKey) != nil {
					t.Errorf("planned %+v", s)
				}
			}
			if diff := cmp.Diff(c.want, keys) + cmp.Diff(c.due, due); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestVariantsGoToEverybodyEvenlyAndForGood(t *testing.T) {
	b := book(t, only("club", nil))
	count := map[string]int{}
	for i := range 1000 {
		p := member(noon)
		p.ID = customer.Account("shopify/kelp").Record(time.Duration(i).String()).ID()
		first, again := campaign.Plan(b, p, nil, noon), campaign.Plan(b, p, nil, noon.Add(time.Hour))
		if first[0].Variant != again[0].Variant {
			t.Fatalf("variant %s, then %s", first[0].Variant, again[0].Variant)
		}
		count[first[0].Variant]++
	}
	if count["short"] < 440 || count["short"]+count["long"] != 1000 {
		t.Errorf("variants %v", count)
	}
}

// Planning twice plans nothing new, by whomever and however late.
func TestPlanTwicePlansNothingNew(t *testing.T) {
	b := book(t, nil)
	rapid.Check(t, func(r *rapid.T) {
		p := member(noon.Add(-time.Duration(rapid.IntRange(0, 200).Draw(r, "hours in")) * time.Hour))
		sends := campaign.Plan(b, p, nil, noon)
		kept := rapid.IntRange(0, len(sends)).Draw(r, "written before a crash")
		later := noon.Add(time.Duration(rapid.IntRange(0, 60).Draw(r, "minutes later")) * time.Minute)
		again := campaign.Plan(b, p, sends[:kept], later)
		want := map[customer.SendKey]bool{}
		for _, s := range sends {
			want[s.SendKey] = true
		}
		for _, s := range again {
			if !want[s.SendKey] {
				r.Fatalf("planned %s anew", s.SendKey)
			}
		}
		if more := campaign.Plan(b, p, append(sends[:kept:kept], again...), later); len(more) > 0 {
			r.Fatalf("planned %d more", len(more))
		}
	})
}

func TestThePlannerWritesOnce(t *testing.T) {
	store, b := openStore(t), book(t, nil)
	p := someone(t, store, nil)
	planner := campaign.Planner{Store: store, Playbook: b}
	var counts []int
	for range 3 {
		n, err := planner.Plan(t.Context(), p, noon)
		if err != nil {
			t.Fatal(err)
		}
		counts = append(counts, n)
	}
	sends, err := store.Sends(t.Context(), p.ID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int{4, 0, 0}, counts); diff != "" || len(sends) != 4 {
		t.Errorf("%d sends, %s", len(sends), diff)
	}
}
