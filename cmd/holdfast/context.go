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
}
