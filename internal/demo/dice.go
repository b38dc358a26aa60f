package demo

import (
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"time"

	"gonum.org/v1/gonum/stat/distuv"
)

const (
	hour = time.Hour
	day  = 24 * time.Hour
)

// dice are one stream of randomness. Every person has a stream of their own,
// so that more people do not change the ones before them.
type dice struct{ *rand.Rand }

func newDice(seed, stream uint64) dice {
	return dice{rand.New(rand.NewPCG(seed, stream))}
}

func (d dice) chance(p float64) bool { return d.Float64() < p }

// between returns an instant's distance in [from, to), in whole seconds.
func (d dice) between(from, to time.Duration) time.Duration {
	return (from + time.Duration(d.Float64()*float64(to-from))).Truncate(time.Second)
}

// about returns an exponential duration with the given mean, in whole seconds.
func (d dice) about(mean time.Duration) time.Duration {
	return time.Duration(d.ExpFloat64() * float64(mean)).Truncate(time.Second)
}

// gamma draws from a gamma distribution by shape and rate.
func (d dice) gamma(shape, rate float64) float64 {
	return distuv.Gamma{Alpha: shape, Beta: rate, Src: d.Rand}.Rand()
}

func (d dice) beta(a, b float64) float64 {
	return distuv.Beta{Alpha: a, Beta: b, Src: d.Rand}.Rand()
}

func (d dice) hex(bytes int) string {
	b := make([]byte, bytes)
	for i := range b {
		b[i] = byte(d.Uint32())
	}
	return hex.EncodeToString(b)
}

func (d dice) uuid() string {
	h := d.hex(16)
	return fmt.Sprintf("%s-%s-4%s-a%s-%s", h[:8], h[8:12], h[13:16], h[17:20], h[20:])
}

func pick[T any](d dice, from []T) T { return from[d.IntN(len(from))] }

// weighted returns one of from, as often as its weight says.
func weighted[T any](d dice, from []T, weight func(T) float64) T {
	var sum float64
	for _, v := range from {
		sum += weight(v)
	}
	at := d.Float64() * sum
	for _, v := range from {
		if at -= weight(v); at < 0 {
			return v
		}
	}
	return from[len(from)-1]
}
