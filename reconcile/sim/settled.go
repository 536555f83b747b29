package sim

import (
	"slices"

	"github.com/instep-go/instep"
)

// What came of a call is committed before anything else is asked or sent, so
// that a crash leaves no more in doubt than what was under way.

// answeredCall notes that a call of a pair was answered, and under which ids.
func (s *store) answeredCall(side instep.Side, results []instep.Result) {
	if !s.sending || s.w.small != nil {
		return // a create that is sent once more was announced long ago
	}
	call := answeredUnit{side: side}
	for i := range results {
		call.ids = append(call.ids, results[i].Ref.ID)
	}
	s.answered[s.lastUnit] = call
}

// send notes that a call is sent, and whether it is the one announced last.
func (s *store) send() { s.sending, s.fresh = s.fresh, false }

// answeredUnit is a call whose answer is not committed yet.
type answeredUnit struct {
	side instep.Side
	ids  []string
}

// beforeAsking wants nothing to be open when the engine asks side s for ids. What
// was just written may be read back.
func (s *store) beforeAsking(side instep.Side, ids []string) {
	s.fresh = false // what was announced before this was not about to be sent
	for unit, call := range s.answered {
		back := side == call.side && !slices.ContainsFunc(ids, func(id string) bool { return !slices.Contains(call.ids, id) })
		if len(ids) == 0 || !back {
			s.w.violate("W3", "%s is asked for %v before what came of unit %d is committed", s.w.side[side].name, ids, unit.unit)
		}
	}
}

func idsOf(refs []instep.Ref) (ids []string) {
	for _, ref := range refs {
		ids = append(ids, ref.ID)
	}
	return ids
}

// noteAsked takes down what a system is asked for in a trial.
func (v *vendor) noteAsked(refs []instep.Ref) {
	v.odd.calls++
	if v.odd.asked == nil {
		return
	}
	for _, ref := range refs {
		v.odd.asked[ref.ID] = true
	}
}
