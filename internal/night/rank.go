package night

import (
	"maps"
	"math"
	"slices"
	"time"

	"holdfast/internal/customer"
	"holdfast/internal/metric"
	"holdfast/internal/segment"
)

// Rankings count, for each field of which rules ask the percentile, how many
// customers have which value.
type Rankings map[string]metric.Counts

// A Ranker counts the rankings of one customer after another.
type Ranker struct {
	Rankings
	names     []string
	evaluator *segment.Evaluator
}

// NewRanker returns a ranker that has counted nobody.
func NewRanker(set *segment.Set) *Ranker {
	r := &Ranker{Rankings: Rankings{}, names: set.Percentiles(), evaluator: set.Evaluator()}
	for _, name := range r.names {
		r.Rankings[name] = metric.Counts{}
	}
	return r
}

// Add counts p as of now.
func (r *Ranker) Add(p *customer.Profile, now time.Time) {
	r.evaluator.Measure(p, now, func(i int, value float64) { r.Rankings[r.names[i]].Add(ordinal(value)) })
}

// Merge adds what other counted; any parts give the whole.
func (r Rankings) Merge(other Rankings) {
	for name, counts := range other {
		if r[name] == nil {
			r[name] = metric.Counts{}
		}
		r[name].Merge(counts)
	}
}

// Cuts returns where the percentiles lie.
func (r Rankings) Cuts() map[string]segment.Cuts {
	if len(r) == 0 {
		return nil
	}
	all := make(map[string]segment.Cuts, len(r))
	for name, counts := range r {
		if total := counts.Total(); total > 0 {
			all[name] = cutsOf(counts, total)
		}
	}
	return all
}

func cutsOf(c metric.Counts, total int64) segment.Cuts {
	cuts := segment.Cuts{}
	var below int64
	for _, v := range slices.Sorted(maps.Keys(c)) {
		for percent := 100 * below / total; int64(len(cuts)) < percent; {
			cuts = append(cuts, valueOf(v))
		}
		below += c[v]
	}
	return cuts
}

// ordinal maps numbers to integers in the same order, each to its own; both
// zeros are one.
func ordinal(v float64) int64 {
	n := int64(math.Float64bits(v + 0))
	if n < 0 {
		return math.MinInt64 - n
	}
	return n
}

// valueOf is the inverse of ordinal.
func valueOf(n int64) float64 {
	if n < 0 {
		n = math.MinInt64 - n
	}
	return math.Float64frombits(uint64(n))
}
