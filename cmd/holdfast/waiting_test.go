package main

import (
	"bytes"
	"context"
	"io"
	"testing"
	"time"
)

func TestWhoWaitsIsToldWhatIsNew(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	tick, done := make(chan time.Time), make(chan struct{})
	var told bytes.Buffer
	c := &Context{Ctx: ctx, Err: &told, Tick: tick}
	p := &waiting{}
	go func() { defer close(done); p.tell(c) }()
	p.say("reading %d rows", 5)
	p.say("reading %d rows", 7)
	tick <- time.Time{}
	tick <- time.Time{} // and nothing new
	p.say("fitting")
	tick <- time.Time{}
	tick <- time.Time{}
	cancel()
	<-done
	if want := "reading 7 rows …\nfitting …\n"; told.String() != want {
		t.Errorf("got %q, want %q", told.String(), want)
	}
}

func TestNobodyIsToldWhoDoesNotWait(t *testing.T) {
	p := newWaiting(&Context{Ctx: t.Context(), Err: io.Discard})
	p.say("reading")
	if p.what != "reading" {
		t.Errorf("%q", p.what)
	}
}
