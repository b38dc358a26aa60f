// Package sim runs use cases under faults: several processes side by side on
// one store, a call at a time, in an order and with deaths and failures that a
// plan gives. The same plan gives the same run, so that what a search finds
// can be kept as a test. Nothing that is deployed imports it.
package sim

import (
	"cmp"
	"errors"
	"slices"
	"sync"
	"testing/synctest"
	"time"
)

// The errors that a plan brings about.
var (
	// ErrDied is what every call of a dead process returns; it has no effect.
	ErrDied = errors.New("the process is dead")
	// ErrFailed is a failure that a process lives through.
	ErrFailed = errors.New("the store is down")
)

// A Fate is what becomes of one call.
type Fate int

const (
	Pass       Fate = iota // another process goes on first
	DieBefore              // the process dies before the call takes effect
	DieAfter               // it dies after that, and never learns of it
	FailBefore             // the call fails and has no effect
	FailAfter              // the call takes effect, and is reported as failed
)

// A Turn interferes with a run: After calls go by, then Fate befalls the next.
// With Pass, the Who-th of the other processes that wait goes on.
type Turn struct {
	After int
	Fate  Fate
	Who   int
}

type call struct {
	process int
	name    string
	do      func() error
	done    chan error
}

// A Stage is where processes meet. Use a new one for each run.
type Stage struct {
	plan []Turn

	mu       sync.Mutex
	waiting  []*call
	running  int
	deaths   map[int]int // how often each process died
	current  int
	Calls    int // calls that were made
	Deaths   int
	Failures int
}

// NewStage returns a stage on which plan will happen.
func NewStage(plan []Turn) *Stage {
	return &Stage{plan: slices.Clone(plan), deaths: map[int]int{}}
}

// A Process is one life of one worker: what it calls passes the stage, and
// once it died nothing that it calls has any effect.
type Process struct {
	stage  *Stage
	number int
	life   int
}

// Process returns a new life of the worker with this number.
func (s *Stage) Process(number int) *Process {
	s.mu.Lock()
	defer s.mu.Unlock()
	return &Process{stage: s, number: number, life: s.deaths[number]}
}

// Dead reports whether p died.
func (p *Process) Dead() bool {
	p.stage.mu.Lock()
	defer p.stage.mu.Unlock()
	return p.stage.deaths[p.number] > p.life
}

// Call waits for p's turn and calls do. name tells the calls that one process
// makes at the same time apart, so that their order does not depend on chance.
func (p *Process) Call(name string, do func() error) error {
	c := &call{process: p.number, name: name, done: make(chan error, 1)}
	c.do = func() error {
		if p.stage.deaths[p.number] > p.life {
			return ErrDied
		}
		return do()
	}
	p.stage.mu.Lock()
	p.stage.waiting = append(p.stage.waiting, c)
	p.stage.mu.Unlock()
	return <-c.done
}

// Run runs the workers until all have returned. It must be called within a
// bubble of [synctest]; each worker gets its number.
func (s *Stage) Run(workers ...func(number int)) {
	s.running = len(workers)
	for i, work := range workers {
		go func() {
			defer func() {
				s.mu.Lock()
				defer s.mu.Unlock()
				s.running--
			}()
			work(i)
		}()
	}
	for {
		synctest.Wait()
		s.mu.Lock()
		if s.running == 0 {
			s.mu.Unlock()
			return
		}
		if len(s.waiting) == 0 { // somebody sleeps
			s.mu.Unlock()
			time.Sleep(time.Millisecond)
			continue
		}
		c, fate := s.next()
		c.done <- s.befall(c, fate)
		s.mu.Unlock()
	}
}

// next takes the call whose turn it is off those that wait. The process that
// was on goes on unless the plan says otherwise.
func (s *Stage) next() (*call, Fate) {
	slices.SortStableFunc(s.waiting, func(a, b *call) int {
		return cmp.Or(cmp.Compare(a.process, b.process), cmp.Compare(a.name, b.name))
	})
	fate := Pass
	if len(s.plan) > 0 {
		if s.plan[0].After > 0 {
			s.plan[0].After--
		} else {
			fate = s.plan[0].Fate
			if fate == Pass {
				s.yield(s.plan[0].Who)
			}
			s.plan = s.plan[1:]
		}
	}
	i := slices.IndexFunc(s.waiting, func(c *call) bool { return c.process == s.current })
	i = max(0, i)
	c := s.waiting[i]
	s.current = c.process
	s.waiting = slices.Delete(s.waiting, i, i+1)
	return c, fate
}

// yield lets the who-th of the other processes that wait go on.
func (s *Stage) yield(who int) {
	var others []int
	for _, c := range s.waiting {
		if c.process != s.current && !slices.Contains(others, c.process) {
			others = append(others, c.process)
		}
	}
	if len(others) > 0 {
		s.current = others[who%len(others)]
	}
}

func (s *Stage) befall(c *call, fate Fate) error {
	s.Calls++
	switch fate {
	case DieBefore, DieAfter:
		if fate == DieAfter {
			_ = c.do()
		}
		s.deaths[c.process]++
		s.Deaths++
		return ErrDied
	case FailBefore, FailAfter:
		s.Failures++
		if fate == FailAfter {
			_ = c.do()
		}
		return ErrFailed
	}
	return c.do()
}
