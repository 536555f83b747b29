package chains

import (
	"context"
	"slices"
	"time"
)

// clock is the time of a world. It stands still until somebody waits or calls
// a system; what was put off until a moment is done as the moment goes by.
type clock struct {
	now  time.Time
	todo []moment // by time, and of one time in the order they were put off
}

type moment struct {
	at time.Time
	do func()
}

func newClock() *clock {
	return &clock{now: time.Date(2033, time.May, 2, 7, 0, 0, 0, time.UTC)}
}

// Now returns the time; see reconcile.Clock.
func (c *clock) Now() time.Time { return c.now }

// Sleep lets d go by; see reconcile.Clock.
func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	c.pass(d)
	return ctx.Err()
}

// after puts do off until d has gone by.
func (c *clock) after(d time.Duration, do func()) {
	at := c.now.Add(d)
	i := len(c.todo)
	for i > 0 && c.todo[i-1].at.After(at) {
		i--
	}
	c.todo = slices.Insert(c.todo, i, moment{at, do})
}

// pass lets d go by. What is done on the way may itself take time.
func (c *clock) pass(d time.Duration) {
	end := c.now.Add(max(d, 0))
	for len(c.todo) > 0 && !c.todo[0].at.After(end) {
		m := c.todo[0]
		c.todo = c.todo[1:]
		if m.at.After(c.now) {
			c.now = m.at
		}
		m.do()
	}
	if end.After(c.now) {
		c.now = end
	}
}
