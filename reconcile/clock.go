package reconcile

import (
	"context"
	"time"
)

// Clock tells the time and waits.
type Clock interface {
	// Now returns the time.
	Now() time.Time

	// Sleep returns nil when d has passed, or the context's error if that
	// ends before. It returns at once if d is not above 0.
	Sleep(ctx context.Context, d time.Duration) error
}

type realClock struct{}

func (realClock) Now() time.Time { return time.Now() }

func (realClock) Sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
