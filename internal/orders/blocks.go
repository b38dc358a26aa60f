package orders

import (
	"bytes"
	"context"
	"fmt"
	"io"
)

const (
	blockSize = 1 << 18
	perRound  = 16 // blocks that are worked on together
	maxRecord = 64 << 20
)

// A feed cuts a file into blocks of whole records, in the background.
type feed struct {
	blocks chan *block
	free   chan *block
	failed error // valid once blocks is closed
}

// start reads r after head, whose first bytes are skipped.
func start(ctx context.Context, r io.Reader, head []byte, d *dialect) *feed {
	f := &feed{blocks: make(chan *block, perRound), free: make(chan *block, 3*perRound)}
	go func() {
		defer close(f.blocks)
		f.failed = f.run(ctx, r, head, d)
	}()
	return f
}

func (f *feed) run(ctx context.Context, r io.Reader, rest []byte, d *dialect) error {
	for {
		b := f.take()
		data := append(b.data[:0], rest...)
		whole, eof, err := fill(r, &data, d)
		if err != nil {
			return err
		}
		rest = append(rest[:0], data[whole:]...)
		b.data = data[:whole]
		b.most = bytes.Count(b.data, []byte{'\n'}) + 1
		if whole > 0 {
			select {
			case f.blocks <- b:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		if eof {
			return nil
		}
	}
}

func (f *feed) take() *block {
	select {
	case b := <-f.free:
		return b
	default:
		return &block{data: make([]byte, 0, blockSize+blockSize/8)}
	}
}

// fill reads until data holds at least one whole record, and returns how much
// of it is whole records.
func fill(r io.Reader, data *[]byte, d *dialect) (whole int, eof bool, err error) {
	for want := blockSize; ; want *= 2 {
		for len(*data) < want && !eof {
			if cap(*data) < want {
				*data = append(make([]byte, 0, want+want/8), *data...)
			}
			n, err := r.Read((*data)[len(*data):want])
			*data = (*data)[:len(*data)+n]
			if err == io.EOF {
				eof = true
			} else if err != nil {
				return 0, false, fmt.Errorf("read: %w", err)
			}
		}
		if whole = d.whole(*data, eof); whole > 0 || eof {
			return whole, eof, nil
		}
		if want > maxRecord {
			return 0, false, fmt.Errorf("a line is longer than %d MB: this is not an export of orders", maxRecord>>20)
		}
	}
}

// round returns the next blocks, none at the end.
func (f *feed) round() []*block {
	var out []*block
	for b := range f.blocks {
		out = append(out, b)
		if len(out) == perRound {
			break
		}
	}
	return out
}
