package model

import (
	"runtime"
	"sync"
	"sync/atomic"
)

const chunkRows = 4096

// A total is a value and its gradient, of at most four parameters.
type total [5]float64

// sumChunks adds part over fixed chunks of [0, n), in order, whatever computes
// them: the result does not depend on the number of processors.
func sumChunks(n int, part func(from, to int) total) total {
	parts := make([]total, (n+chunkRows-1)/chunkRows)
	eachChunk(n, func(chunk, from, to int) { parts[chunk] = part(from, to) })
	var sum total
	for _, p := range parts {
		for i, v := range p {
			sum[i] += v
		}
	}
	return sum
}

// eachChunk calls do for every chunk of [0, n), on all processors, and returns
// when all are done.
func eachChunk(n int, do func(chunk, from, to int)) {
	spread((n+chunkRows-1)/chunkRows, func(c int) { do(c, c*chunkRows, min((c+1)*chunkRows, n)) })
}

// spread calls do for each of [0, n), on all processors, and returns when all
// are done.
func spread(n int, do func(i int)) {
	workers := min(runtime.GOMAXPROCS(0), n)
	if workers <= 1 {
		for i := range n {
			do(i)
		}
		return
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				do(i)
			}
		})
	}
	wg.Wait()
}
