package main

import (
	"fmt"
	"sync"
)

// A waiting tells on c.Err what is going on, at every tick for which there is
// something new to say.
type waiting struct {
	mu   sync.Mutex
	what string
}

func newWaiting(c *Context) *waiting {
	p := &waiting{}
	if c.Tick != nil {
		go p.tell(c)
	}
	return p
}

// say says what is going on now.
func (p *waiting) say(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.what = fmt.Sprintf(format, args...)
}

func (p *waiting) tell(c *Context) {
	told := ""
	for {
		select {
		case <-c.Ctx.Done():
			return
		case <-c.Tick:
		}
		p.mu.Lock()
		what := p.what
		p.mu.Unlock()
		if what != told {
			fmt.Fprintln(c.Err, what+" …")
			told = what
		}
	}
}
