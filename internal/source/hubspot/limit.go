package hubspot

import (
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// A limiter holds back calls that HubSpot said it would refuse. The zero value
// holds back none. What it does not know of, calls of other processes, HubSpot
// answers with 429.
type limiter struct {
	mu   sync.Mutex
	next map[string]time.Time // by portal: no call before
}

// note reads from an answer's headers how many calls are left.
func (l *limiter) note(portal string, h http.Header, now time.Time) {
	left, err := strconv.Atoi(h.Get("X-HubSpot-RateLimit-Remaining"))
	if err != nil || left > 0 {
		return
	}
	interval, err := strconv.Atoi(h.Get("X-HubSpot-RateLimit-Interval-Milliseconds"))
	if err != nil || interval <= 0 || interval > 60_000 {
		interval = 10_000
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.next == nil {
		l.next = map[string]time.Time{}
	}
	l.next[portal] = now.Add(time.Duration(interval) * time.Millisecond)
}

// delay returns how long the next call for portal must wait.
func (l *limiter) delay(portal string, now time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return max(0, l.next[portal].Sub(now))
}

// limited reads a 429. A daily limit is not waited for.
func limited(h http.Header, body []byte, now time.Time) (time.Duration, error) {
	var b struct {
		Policy string `json:"policyName"`
	}
	if json.Unmarshal(body, &b) == nil && b.Policy == "DAILY" {
		return -1, ErrRateLimited
	}
	return retryAfter(h, now), ErrRateLimited
}

// retryAfter returns how long HubSpot asks to wait, 0 if it does not.
func retryAfter(h http.Header, now time.Time) time.Duration {
	value := h.Get("Retry-After")
	if seconds, err := strconv.Atoi(value); err == nil && seconds > 0 && seconds <= 86_400 {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil && at.After(now) {
		return at.Sub(now)
	}
	return 0
}

// backoff returns the pause after the try-th failure: one to two times 1, 2, 4
// and 8 seconds, at random, so that many do not come back at once.
func (c *Client) backoff(try int) time.Duration {
	random := c.Random
	if random == nil {
		random = rand.Float64
	}
	least := time.Second << (try - 1)
	return least + time.Duration(random()*float64(least))
}
