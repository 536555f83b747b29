package sim

import (
	"errors"

	"github.com/instep-go/instep"
)

var errState = errors.New("the state cannot be reached")

// stateAway is a run of which one call to the state fails.
type stateAway struct {
	left   int // calls until then; 0: none fails
	failed bool
}

// drawStateAway chooses whether and when a call of the run that begins fails.
func (w *world) drawStateAway() {
	w.away = stateAway{}
	if own := w.own[StateAway]; w.chance(StateAway, 3) {
		w.away.left = 1 + own.IntN(1<<own.IntN(8))
	}
}

// call begins a call to the state, which may fail. While a write that was
// answered is looked at, only its commit does: what else goes wrong then keeps
// nothing from being settled, and is not told.
func (s *store) call(commit bool, format string, args ...any) error {
	w := s.w
	if err := w.call(format, args...); err != nil {
		return err
	}
	if !w.running || w.woken || w.away.left == 0 || !commit && len(s.answered) > 0 {
		return nil
	}
	if w.away.left--; w.away.left > 0 {
		return nil
	}
	w.away.failed = true
	w.came(StateAway, "at this call")
	return errState
}

// checkStateAway wants a run to end with what the state has said, unless a system
// said something before, as one does whose log of changes ends over and over. Nothing
// it has done since its last commit is known, as if it had died.
func (w *world) checkStateAway(err error) {
	if !w.away.failed || w.dead {
		return
	}
	if !errors.Is(err, errState) && (err == nil || !w.faulty && !w.denied && !errors.Is(err, instep.Expired)) {
		w.violate("run", "the state could not be reached, and it ends with: %v", err)
	}
	w.dead = true
}

// writesWithoutState notes that a run goes on to write after the state failed.
func (v *vendor) writesWithoutState(op *instep.Op) {
	if v.w.away.failed && v.w.running {
		v.w.violate("run", "%s %s %s after the state could not be reached", v.name, op.Action, op.Ref.ID)
	}
}
