package sim

import (
	"context"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
)

// What may follow a write that was lost, or that a person was asked about, on the
// very record: each of these takes two coincidences.

// withdraw hides a record from us until it is released.
func (w *world) withdraw(s instep.Side, r *row) {
	w.leave(s, r)
	w.side[s].change(r, func(st *state) { st.status = instep.Hidden })
}

func (w *world) release(s instep.Side, r *row) {
	w.side[s].change(r, func(st *state) { st.status = instep.Live })
}

// tryHidesInDoubt has the process die before it is told of an update, the record
// hide, and the other one be edited once more meanwhile.
func (w *world) tryHidesInDoubt(rnd *rand.Rand) {
	w.shareAll()
	made, ok := w.couples(1)
	if !ok {
		return
	}
	s, c := instep.Side(rnd.IntN(2)), made[0]
	w.losesUpdate(c, s, 2)
	w.withdraw(s.Other(), c[s.Other()])
	_, _ = w.next(ways{}, rnd.IntN(2) == 0)
	w.edit(s, c[s], 2, w.plain)
	_, err := w.next(ways{}, false)
	w.came(HidesInDoubt, "%v", err)
	w.release(s.Other(), c[s.Other()])
	w.endsInStep(HidesInDoubt, made, 2)
}

// hiding is couples of which a record is withdrawn, so that the policy empties a
// field of its counterpart on side s.
func (w *world) hiding(s instep.Side) (made [][2]*row, ok bool) {
	w.shareAll()
	w.pair.Hidden[s], w.pair.Erase = reconcile.EraseHidden, []string{w.pair.Mapping.Rules[2].Name}
	if made, ok = w.couples(1); ok {
		w.withdraw(s.Other(), made[0][s.Other()])
	}
	return made, ok
}

// tryReturn has a record come back of which the counterpart was emptied meanwhile.
// What is to be written then does not arrive at first.
func (w *world) tryReturn(rnd *rand.Rand) {
	s := instep.Side(rnd.IntN(2))
	made, ok := w.hiding(s)
	if !ok {
		return
	}
	c := made[0]
	_, _ = w.next(ways{}, true)
	w.release(s.Other(), c[s.Other()])
	w.side[s].odd.loses = 1
	_, err := w.next(ways{}, true)
	if w.side[s].odd.loses > 0 {
		w.side[s].odd.loses = 0
		return
	}
	w.came(ReturnLost, "%v", err)
	w.endsInStep(ReturnLost, made, 2)
}

// tryFilledIn has the process die after it has emptied a record whose counterpart
// is hidden. What a user fills in then stays, and goes over when that is back.
func (w *world) tryFilledIn(rnd *rand.Rand) {
	s := instep.Side(rnd.IntN(2))
	made, ok := w.hiding(s)
	if !ok {
		return
	}
	c, v := made[0], w.side[s]
	v.odd.dies = true
	_, _ = w.next(ways{}, true)
	v.odd.dies = false
	_, _ = w.next(ways{}, true)
	if !c[s].cur().fields.Get(v.fields[2]).IsBlank() {
		return
	}
	w.edit(s, c[s], 2, w.plain)
	_, err := w.next(ways{}, true)
	w.came(FilledIn, "%v", err)
	if c[s].cur().fields.Get(v.fields[2]).IsBlank() {
		w.violate("I3", "%s: what was filled in is emptied once more", c[s].cur().id)
	}
	w.release(s.Other(), c[s.Other()])
	w.endsInStep(FilledIn, made, 2)
}

// tryTurnsAnew has a person be asked about a field that is turned back and forth,
// who says to go on. The next turn is not asked about.
func (w *world) tryTurnsAnew(rnd *rand.Rand) {
	s := instep.Side(rnd.IntN(2))
	if w.side[0].snapshot || w.side[1].snapshot {
		return
	}
	w.pair.Mapping.Rules[2].Owner = ownerOf(s)
	made, ok := w.couples(1)
	if !ok {
		return
	}
	c := made[0]
	values := []instep.Value{w.plain(2), w.plain(2)}
	turn := func(n int) {
		w.edit(s, c[s], 2, func(int) instep.Value { return values[n%2] })
		w.clk.pass(time.Minute + w.side[s].lag + w.side[s.Other()].lag)
		_, _ = w.run(false)
	}
	n := 0
	for ; !w.store.asks(s, c[s]) && n < 2*mostTurns; n++ {
		turn(n)
	}
	if !w.says(s, c[s], reconcile.AnswerAgain) {
		return
	}
	w.came(TurnedOn, "after %d turns", n)
	turn(n)
	if w.res.Violation == "" && w.store.asks(s, c[s]) {
		w.violate("I7", "%s may be turned on, as a person said, and is asked about at once", c[s].cur().id)
	}
	w.endsInStep(TurnedOn, made, 2)
}

// says has a person answer what is asked about a row, and reports whether that
// was taken.
func (w *world) says(s instep.Side, r *row, verb reconcile.Verb) bool {
	e, err := reconcile.New(w.store, w.pairs(), &w.opt)
	if err != nil {
		return false
	}
	all, err := e.Reviews(context.Background())
	at := slices.IndexFunc(all, func(x reconcile.Review) bool {
		return x.Pair == pairName && x.ID != "" && w.shown(&x, s) == r
	})
	if err != nil || at < 0 {
		return false
	}
	return e.Answer(context.Background(), all[at].ID, reconcile.Answer{Verb: verb, By: "ann"}) == nil
}

// tryRekeyed has the engine not be told that a record has another key, or the
// process die then, or neither.
// The old one is free then, and the new one is not.
func (w *world) tryRekeyed(rnd *rand.Rand) {
	s := instep.Side(rnd.IntN(2))
	w.shareAll()
	made, ok := w.couples(1)
	if !ok || w.strong {
		return
	}
	c, o := made[0], w.side[s.Other()]
	old := w.side[s].key(c[s])
	o.odd.dies, o.odd.mute = rnd.IntN(2) == 0, rnd.IntN(2)
	w.rekey(s, c[s])
	_, _ = w.next(ways{}, false)
	o.odd.dies, o.odd.mute = false, 0
	w.fresh(s, old, w.newEntity(), w.plainValues())
	again := w.likeness(w.side[s], c[s.Other()])
	w.excuse(c[s].entity, "another has its key")
	w.excuse(again.entity, "another has its key")
	for range 2 {
		_, _ = w.next(ways{}, false)
	}
	w.came(RekeyedInDoubt, "%s", old)
	for _, key := range []string{old, w.side[s].key(c[s])} {
		if n := len(o.holds(key)); n != 1 {
			w.violate("I1", "%s: %d records have the key %s", o.name, n, key)
		}
	}
}

// tryKeyTwice has two records get the same key at once. One of their counterparts
// gets it, the other waits for a person.
func (w *world) tryKeyTwice(rnd *rand.Rand) {
	s := instep.Side(rnd.IntN(2))
	w.shareAll()
	made, ok := w.couples(2)
	if !ok || w.strong {
		return
	}
	key, o := w.newKey(), w.side[s.Other()]
	for _, c := range made {
		w.excuse(c[s].entity, "another has its key")
		w.edit(s, c[s], 0, func(int) instep.Value { return instep.String(key) })
	}
	_, err := w.next(ways{}, false)
	w.came(KeyTwice, "%v", err)
	if n := len(o.holds(key)); err == nil && n != 1 {
		w.violate("I8", "%s: %d records have the key %s, which two got at once", o.name, n, key)
	}
	if err == nil && !w.store.asks(s, made[0][s]) && !w.store.asks(s, made[1][s]) {
		w.violate("I8", "two records got the key %s at once, and nobody is asked", key)
	}
}

// trySeenAndBack has a user change what the engine wrote and could not read back,
// and set it back to what was there before that, between a plan and its being
// carried out. Both are edits.
func (w *world) trySeenAndBack(rnd *rand.Rand) {
	s := instep.Side(rnd.IntN(2))
	o := s.Other()
	w.side[o].after = 0
	w.shareAll()
	made, ok := w.couples(1)
	if !ok {
		return
	}
	c := made[0]
	old := c[o].cur().fields.Get(w.side[o].fields[2])
	w.edit(s, c[s], 2, w.plain)
	_, _ = w.next(ways{}, false)
	w.edit(o, c[o], 2, w.plain)
	_, err := w.next(ways{between: func(*reconcile.Plan) {
		w.edit(s, c[s], 2, w.plain)
		w.edit(o, c[o], 2, func(int) instep.Value { return old })
	}}, false)
	_, _ = w.next(ways{}, false)
	w.came(SeenAndBack, "%v", err)
	if err == nil && !w.store.asks(0, c[0]) {
		w.violate("I3", "%s and %s were both edited, and nobody is asked", c[0].cur().id, c[1].cur().id)
	}
}

// tryRetaken has another record be there under the id of one that was gone.
// Whether it is that one, only a person can tell, however often it is looked at.
func (w *world) tryRetaken(rnd *rand.Rand) {
	s := instep.Side(rnd.IntN(2))
	v := w.side[s]
	if v.renames || w.strong {
		return
	}
	v.chosen = true // no other system gives an id again
	made, ok := w.couples(1)
	if !ok {
		return
	}
	c := made[0]
	w.gone(s, c[s])
	_, _ = w.next(ways{}, true)
	other := w.fresh(s, w.newKey(), w.newEntity(), w.plainValues())
	other.cur().id = c[s].cur().id
	w.excuse(other.entity, "it may be another one")
	for n := range 3 {
		_, err := w.next(ways{}, n != 1)
		if err == nil && !w.store.asks(s, other) {
			w.violate("I8", "%s may be another record now, and nobody is asked", other.cur().id)
			return
		}
	}
	w.came(Retaken, "%s", other.cur().id)
}

// tryReadByID has the engine write a field that it cannot read back and no file
// shows yet, and then another field, for which it reads the record by its id. What
// stood there before is an edit from then on.
func (w *world) tryReadByID(rnd *rand.Rand) {
	s := instep.Side(rnd.IntN(2))
	o := s.Other()
	v := w.side[o]
	if !v.snapshot || w.side[s].snapshot {
		return
	}
	v.after = 0
	w.shareAll()
	made, ok := w.couples(1)
	if !ok {
		return
	}
	c := made[0]
	old := c[o].cur().fields.Get(v.fields[1])
	for i := 1; i <= 2; i++ {
		w.edit(s, c[s], i, w.plain)
		w.clk.pass(time.Minute + w.side[s].lag)
		if _, err := w.run(false); err != nil {
			return
		}
	}
	w.edit(o, c[o], 1, func(int) instep.Value { return old })
	w.came(ReadByID, "%s", c[o].cur().id)
	w.endsInStep(ReadByID, made, 1)
}
