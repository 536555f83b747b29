package sim

import (
	"context"
	"slices"
	"time"
)

// clock is the time of a world. It moves only when somebody waits or a system
// is called, and then does on the way what was put off until a moment.
type clock struct {
	now   time.Time
	later []moment
	n     int
}

// moment is something that is to happen.
type moment struct {
	at time.Time
	n  int // of two at the same time the one put off first happens first
	do func()
}

func newClock() *clock {
	return &clock{now: time.Date(2031, time.March, 3, 8, 0, 0, 0, time.UTC)}
}

// Now returns the time; see reconcile.Clock.
func (c *clock) Now() time.Time { return c.now }

// Sleep lets d go by; see reconcile.Clock.
func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	c.pass(d)
	return ctx.Err()
}

// after has do happen when d has gone by.
func (c *clock) after(d time.Duration, do func()) {
	c.n++
	m := moment{at: c.now.Add(d), n: c.n, do: do}
	i, _ := slices.BinarySearchFunc(c.later, m, func(a, b moment) int {
		if n := a.at.Compare(b.at); n != 0 {
			return n
		}
		return a.n - b.n
	})
	c.later = slices.Insert(c.later, i, m)
}

// pass lets d go by.
func (c *clock) pass(d time.Duration) {
	end := c.now.Add(max(d, 0))
	for len(c.later) > 0 && !c.later[0].at.After(end) {
		m := c.later[0]
		c.later = c.later[1:]
		if m.at.After(c.now) {
			c.now = m.at
		}
		m.do()
	}
	c.now = end
}
