package reconcile

import (
	"slices"

	"github.com/instep-go/instep"
)

// act is what is done about one field of a linked pair.
type act uint8

const (
	keep       act = iota // neither side changed
	adopt                 // the bases take over what stands on the sides; nothing is written
	writeLeft             // the left side gets the right side's value
	writeRight            // the right side gets the left side's value
	driftLeft             // the left side was edited but does not own the field
	driftRight            // the right side was edited but does not own the field
	conflict              // both sides were edited, and both own the field
)

var writeTo = [2]act{writeLeft, writeRight}
var driftOn = [2]act{driftLeft, driftRight}

// target returns the side an act writes.
func (a act) target() (instep.Side, bool) {
	return instep.Side(a - writeLeft), a == writeLeft || a == writeRight
}

// drifted returns the side an act found drift on.
func (a act) drifted() (instep.Side, bool) {
	return instep.Side(a - driftLeft), a == driftLeft || a == driftRight
}

// comparison is all that the decision about a linked pair depends on.
type comparison struct {
	rules    []rule
	blank    [2][]uint32 // hashes of null and of the empty text, by rule
	base     [2]vector   // what was last known on each side; 0: nothing
	now      [2]vector   // what stands there now; nil or 0: not looked at, so as in base
	missed   [2]bool     // the side changed although no hash of 4 bytes shows it
	meeting  bool        // the two were not linked before
	first    instep.Side // whose values stand on a first meeting
	drift    DriftPolicy
	drifted  []uint16     // rules whose sides may differ: one was edited that does not own the field
	readable [2]bool      // the side can be read by id, so what became of our writes is known
	inert    [2][]int     // rules that the side's vendor did not take from us
	back     *instep.Side // this side's record is back, and the other was set out of use meanwhile
}

// decide returns what to do about each field. It is pure, and the one place
// where edits of two sides are merged.
func (c *comparison) decide() []act {
	acts := make([]act, len(c.rules))
	for i := range c.rules {
		acts[i] = c.field(i)
	}
	return acts
}

func (c *comparison) field(i int) act {
	now, base := [2]uint32{}, [2]uint32{}
	var changed [2]bool
	idle := keep // what is done if nobody edited the field
	for _, s := range sides {
		base[s] = c.base[s].at(i)
		if now[s] = c.now[s].at(i); now[s] == 0 {
			now[s] = base[s]
		}
		if slices.Contains(c.inert[s], i) {
			base[s], idle = now[s], driftOn[s]
		}
		changed[s] = now[s] != base[s] || c.missed[s]
	}
	if c.filledLate(i, now, base) {
		base[c.first] = 0
	}
	l, r := instep.Left, instep.Right
	switch {
	case now[l] == 0 || now[r] == 0:
		return adoptIf(now != base)
	case base[l] == 0 || base[r] == 0:
		return c.withoutBase(i, now, base)
	case !changed[l] && !changed[r] && idle != keep:
		return idle
	case !changed[l] && !changed[r]:
		return c.unchanged(i, now)
	case changed[l] && changed[r]:
		return c.bothChanged(i, now)
	case changed[l]:
		return c.oneChanged(i, l, now)
	default:
		return c.oneChanged(i, r, now)
	}
}

// filledLate reports whether two records are still meeting, and the one whose
// values stand has got one in a field that was empty on it and filled on the other.
// Nothing of the field has come over so far, so it meets now.
func (c *comparison) filledLate(i int, now, base [2]uint32) bool {
	first, other := c.first, c.first.Other()
	return c.meeting && base[other] != 0 && base[first] != base[other] && c.isBlank(i, base[first]) && now[first] != 0 && !c.isBlank(i, now[first])
}

// unchanged decides about a field that nobody edited: there is nothing to do,
// unless it was us who changed it on one side only.
func (c *comparison) unchanged(i int, now [2]uint32) act {
	rule := &c.rules[i]
	if c.back == nil || now[instep.Left] == now[instep.Right] || rule.CreateOnly || slices.Contains(c.drifted, uint16(i)) {
		return keep
	}
	from := *c.back
	if !rule.Owner.Owns(from) {
		from = from.Other()
	}
	if !rule.Direction.Allows(from.Other()) {
		return keep
	}
	return writeTo[from.Other()]
}

func adoptIf(yes bool) act {
	if yes {
		return adopt
	}
	return keep
}

// withoutBase decides about a field of which nothing was known on one side: a
// first meeting, or a rule that is new in the mapping.
func (c *comparison) withoutBase(i int, now, base [2]uint32) act {
	rule := &c.rules[i]
	if now[instep.Left] == now[instep.Right] {
		return adopt
	}
	for _, s := range sides {
		unfilled := rule.Later && c.isBlank(i, now[s.Other()])
		if base[s] != 0 && now[s] != base[s] && !unfilled && rule.Owner == instep.BothOwn && rule.Direction == instep.BothWays {
			return conflict // edited since the first write to it, which may or may not have been carried out
		}
	}
	from := c.first
	overruled, away := c.overruled(i, base)
	switch {
	case overruled && c.isBlank(i, now[away]): // an empty field erases nothing, and is filled
		from = away.Other()
	case overruled:
		from = away
	case rule.Left.Field == instep.IDField:
		from = instep.Left
	case rule.Right.Field == instep.IDField:
		from = instep.Right
	case rule.Later && c.isBlank(i, now[from]):
		from = from.Other()
	case !c.meeting && rule.Owner == instep.LeftOwns:
		from = instep.Left
	case !c.meeting && rule.Owner == instep.RightOwns:
		from = instep.Right
	}
	to := from.Other()
	switch {
	// Empties of the side whose values stand never erase.
	case c.isBlank(i, now[from]) || rule.CreateOnly || !rule.Direction.Allows(to):
		return adopt
	case base[to] != 0 && now[to] != base[to] && rule.Owner.Owns(to) && !rule.Owner.Owns(from) && c.readable[to]:
		return conflict // the like, by the only side whose edits count; where it cannot be read, it may as well be our write
	}
	return writeTo[to]
}

// overruled reports whether a person has given up an edit of a field that both
// sides own, because the counterpart was deleted, and on which side that one is.
// It is back: as its deletion stood against the edit, so does its value.
func (c *comparison) overruled(i int, base [2]uint32) (yes bool, away instep.Side) {
	rule := &c.rules[i]
	if base[instep.Right] == 0 {
		away = instep.Right
	}
	yes = base[away.Other()] != 0 && !c.meeting && !rule.Later && rule.Owner == instep.BothOwn && rule.Direction == instep.BothWays &&
		rule.Left.Field != instep.IDField && rule.Right.Field != instep.IDField
	return yes, away
}

// oneChanged decides about a field that was edited on side s only.
func (c *comparison) oneChanged(i int, s instep.Side, now [2]uint32) act {
	rule := &c.rules[i]
	switch {
	case rule.CreateOnly, now[instep.Left] == now[instep.Right] && !c.missed[s]:
		return adopt
	case rule.Owner.Owns(s):
		if !rule.Direction.Allows(s.Other()) {
			return adopt
		}
		return writeTo[s.Other()]
	case c.drift == RevertDrift && rule.Direction.Allows(s):
		return writeTo[s]
	default:
		return driftOn[s]
	}
}

// bothChanged decides about a field that was edited on both sides.
func (c *comparison) bothChanged(i int, now [2]uint32) act {
	rule := &c.rules[i]
	switch {
	case rule.CreateOnly, now[instep.Left] == now[instep.Right] && !c.missed[instep.Left] && !c.missed[instep.Right]:
		return adopt
	case rule.Owner == instep.BothOwn && rule.Direction == instep.BothWays:
		return conflict
	case rule.Owner == instep.LeftOwns, rule.Owner == instep.BothOwn && rule.Direction == instep.ToRight:
		return c.oneChanged(i, instep.Left, now)
	default:
		return c.oneChanged(i, instep.Right, now)
	}
}

// isChanged reports whether a field was edited on a side since it was last known.
func (c *comparison) isChanged(s instep.Side, i int) bool {
	now := c.now[s].at(i)
	return c.missed[s] || now != 0 && now != c.base[s].at(i)
}

func (c *comparison) isBlank(i int, h uint32) bool {
	return h == c.blank[0][i] || h == c.blank[1][i]
}
