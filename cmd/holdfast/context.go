package main

import (
	"context"
	"io"
	"time"
)

// A Context is what a command works with.
type Context struct {
	Ctx      context.Context
	In       io.Reader
	Out, Err io.Writer
	Terminal bool // Out is a terminal: colours and moving progress are welcome
	Now      func() time.Time
	// Tick ticks whenever who waits at a terminal is to be told what is going on;
	// nil if nobody waits.
	Tick <-chan time.Time
}
