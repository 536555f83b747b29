package sim

import (
	"context"
	"errors"

	"github.com/instep-go/instep"
)

// stop is the caller of a run who may have had enough of it.
type stop struct {
	cancel  context.CancelFunc // nil: this caller waits for the end
	after   int                // so many writes
	stopped bool
}

// drawStop chooses whether the next run is stopped, and after how many writes.
func (w *world) drawStop() {
	w.stop = stop{after: w.ways.stopAfter}
	if w.chance(Stopped, 3) {
		w.stop.after = 1 + w.own[Stopped].IntN(4)
	}
}

// context is that of the run that begins.
func (w *world) context() context.Context {
	ctx := context.Background()
	if w.stop.after > 0 {
		ctx, w.stop.cancel = context.WithCancel(ctx)
	}
	return ctx
}

// written counts a write towards the one after which the caller stops.
func (s *stop) written(w *world) {
	if s.cancel == nil || s.stopped {
		return
	}
	if s.after--; s.after == 0 {
		if !w.calm {
			w.came(Stopped, "after this write")
		}
		s.stopped = true
		s.cancel()
	}
}

// unsent is the answer to what a client did not send any more.
func (s *stop) unsent() instep.Result {
	return instep.Result{Err: &instep.Error{Kind: instep.Canceled, Err: context.Canceled}}
}

func (s *stop) ended(err error) bool { return s.stopped && errors.Is(err, context.Canceled) }

// checkStop wants what became of each call to be committed when a run is over,
// also where its caller has stopped: only a process that dies cannot.
func (w *world) checkStop() {
	defer clear(w.store.answered)
	w.store.fresh = false
	if w.stop.cancel != nil {
		w.stop.cancel()
	}
	if w.stop.stopped && !w.dead && len(w.store.answered) > 0 {
		w.violate("W3", "a run that was stopped leaves calls open that were answered: %v", w.store.answered)
	}
	w.stop = stop{}
}
