package instep

import (
	"context"
	"sync/atomic"
)

// Meter counts requests to a vendor. The zero value is ready. It is safe for
// concurrent use.
type Meter struct{ n atomic.Int64 }

// Add counts n more requests.
func (m *Meter) Add(n int) { m.n.Add(int64(n)) }

// Count returns how many requests were counted.
func (m *Meter) Count() int { return int(m.n.Load()) }

type meterKey struct{}

// WithMeter returns a context under which [CountRequest] counts with m.
func WithMeter(ctx context.Context, m *Meter) context.Context {
	return context.WithValue(ctx, meterKey{}, m)
}

// CountRequest counts one request with the context's meter, if it has one. A
// connector calls it for each request that it sends, repetitions included, so
// that a run can keep to a budget. The packages of this module do; for a
// connector that never calls it, each call of its methods counts as one.
func CountRequest(ctx context.Context) {
	if m, ok := ctx.Value(meterKey{}).(*Meter); ok {
		m.Add(1)
	}
}
