package sim

import (
	"context"
	"slices"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
)

// Run plays the history of a seed: users, faults and runs of the engine, then
// peace, in which both systems must come into step. The same seed gives the
// same result in an edition, byte for byte.
func Run(seed uint64, e Edition) Result { return play(seed, script{edition: e}, false).result() }

// Try is Run without a trace, which takes half of the time.
func Try(seed uint64, e Edition) Result { return play(seed, script{edition: e}, true).result() }

// RunIn is Run with the state in a store that open opens: once at first, and anew for
// each process, where it is what the one before has left. The trace is that of Run.
func RunIn(seed uint64, e Edition, open func() State) Result {
	return play(seed, script{edition: e, open: open}, false).result()
}

func (w *world) result() Result {
	w.res.Trace = w.trace.Bytes()
	return w.res
}

// play plays the history of a seed, as far as the script does not say otherwise.
func play(seed uint64, s script, mute bool) *world {
	w := newWorld(seed, newDice(seed, s), seed%3 == 0, mute)
	w.store.open = s.open
	w.store.reopen()
	w.drawFeatures(s.edition)
	w.drawOdd()
	w.part(phase{0, guarding}, w.drawGuards)
	rounds := 3 + w.rnd.IntN(8)
	for n := 1; n <= rounds && w.res.Violation == ""; n++ {
		w.playRound(n)
	}
	leave := w.rnd.enter(phase{rounds + 1, 0})
	defer leave()
	if w.res.Violation == "" {
		w.finish()
		w.rebaseline()
		w.goOn()
	}
	return w
}

// playRound has the engine run once, then users and a person do something.
func (w *world) playRound(n int) {
	if w.rnd.leftOut(phase{n, 0}) {
		return
	}
	leave := w.rnd.enter(phase{n, 0})
	defer leave()
	w.doing = interrupting
	w.part(phase{n, losingRights}, w.loseRights)
	w.part(phase{n, guarding}, w.purge)
	w.setClocks()
	if w.chance(Overtaken, 2) {
		w.wake()
	}
	pause, users, asked := w.pause(), 1+w.rnd.IntN(5), w.rnd.IntN(2) == 0
	w.lookOnly()
	carryOut := w.olderPlan()
	if _, err := w.run(w.rnd.IntN(5) == 0); err != nil {
		w.log("the next run goes on from there")
	}
	carryOut()
	w.doing = 0
	for range users {
		w.user()
	}
	if asked {
		w.person()
	}
	w.clk.pass(pause)
}

// pause is how long nobody runs the engine.
func (w *world) pause() time.Duration {
	if w.rnd.IntN(3) == 0 {
		return time.Duration(w.rnd.IntN(90)) * time.Second
	}
	return time.Duration(w.rnd.IntN(30)) * time.Hour
}

// finish ends the faults. Three runs and a sweep must bring both systems into
// step (I1); the two runs after that have nothing to write (I2).
func (w *world) finish() {
	w.log("peace")
	w.calm = true
	for _, v := range w.side {
		v.giveRights()
	}
	w.wake()
	clear(w.wrote)
	known := [2]int{w.side[0].seq, w.side[1].seq}
	for i, sweep := range []bool{false, true, false, false} {
		w.clk.pass(50 * time.Hour)
		if _, err := w.run(sweep); err != nil || w.res.Violation != "" {
			return
		}
		if i == 0 {
			w.person()
		}
	}
	w.checkEnd()
	w.checkAnswered()
	w.checkProgress(known)
	for range 2 {
		w.clk.pass(50 * time.Hour)
		writes, refusals := w.sent, w.refusals
		plan, err := w.run(false)
		if err != nil || w.refusals > refusals {
			return
		}
		if w.sent != writes {
			w.violate("I2", "in step, but the next run writes (%d refused)", len(w.poison[0])+len(w.poison[1]))
		}
		if !plan.Empty() {
			w.violate("I2", "in step, but the next plan is not empty: %d created, %d updated, %d removed, %d deactivated, %d unlinked",
				plan.Counts().Of(instep.Created), plan.Counts().Of(instep.Updated), plan.Counts().Of(instep.Removed),
				plan.Counts().Of(instep.Deactivated), plan.Counts().Of(instep.Unlinked))
		}
	}
}

// checkProgress wants the cursors to have come as far as the systems were when
// peace began (I21), and no record written over and over (I7).
func (w *world) checkProgress(known [2]int) {
	state, err := w.store.State.Pair(context.Background(), pairName)
	if err != nil {
		w.violate("world", "%v", err)
	}
	for s, v := range w.side {
		if from := state.Streams[s].Cursor; from == "" || v.begin(from).since < known[s] {
			w.violate("I21", "%s: the cursor %q stands before change %d", v.name, from, known[s])
		}
	}
	for e, n := range w.wrote {
		_, left := w.poison[0][e]
		_, right := w.poison[1][e]
		if most := 2 * len(w.pair.Mapping.Rules); n > most && !left && !right {
			w.violate("I7", "entity %d was written %d times in peace", e, n)
		}
	}
}

// rebaseline changes the mapping of a world in step to one that means the
// same (I20): nothing may be written. What a system bends differs afterwards
// for all that the engine can tell, so those are left out.
func (w *world) rebaseline() {
	if w.trims || w.side[0].lossy() || w.side[1].lossy() || len(w.poison[0])+len(w.poison[1]) > 0 || w.res.Violation != "" {
		return
	}
	for _, link := range w.store.links() {
		l, r := w.side[0].find(link.Sides[0].ID), w.side[1].find(link.Sides[1].ID)
		for i := range w.pair.Mapping.Rules {
			if l != nil && r != nil && !w.agree(i, l, r) {
				return
			}
		}
	}
	marks, _ := w.store.marks()
	for _, open := range marks {
		if slices.ContainsFunc(open, func(m instep.Mark) bool {
			return slices.Contains([]string{"taken", "refused", "vanished"}, m.Message.Code)
		}) {
			return // what was refused is tried anew, as the mapping may have been why
		}
	}
	w.log("the mapping changes")
	w.pair.Mapping.Rules = slices.Clone(w.pair.Mapping.Rules)
	w.trims = true
	w.pair.Mapping.Rules[1].Left.Via, w.pair.Mapping.Rules[1].Right.Via = []string{"trim"}, []string{"trim"}
	writes := w.sent
	w.clk.pass(50 * time.Hour)
	if _, err := w.run(false); err == nil && w.sent != writes {
		w.violate("I20", "%d writes after the mapping changed, though both sides agree", w.sent-writes)
	}
}

// checkEnd looks at where both systems have come to.
func (w *world) checkEnd() {
	marks, units := w.store.marks()
	for _, in := range units {
		if !w.waitsForHidden(in) {
			w.violate("I1", "a write to link %d is still in doubt", in.Link)
		}
	}
	cared, waiting := [2]map[*row]bool{{}, {}}, map[*row]bool{}
	for _, link := range w.store.links() {
		l, r := w.side[0].find(link.Sides[0].ID), w.side[1].find(link.Sides[1].ID)
		open := marks[link.ID]
		for s, x := range []*row{l, r} {
			o := w.linkedRow(instep.Side(1-s), link.Sides[1-s].ID)
			if x != nil && (len(open) > 0 || l != nil && r != nil || w.unrecognized(1-s, o)) {
				cared[s][x] = true
			}
			if x != nil && len(open) > 0 {
				waiting[x] = true
			}
		}
		for _, m := range open {
			w.checkMark(&m, w.linkedRow(0, link.Sides[0].ID), w.linkedRow(1, link.Sides[1].ID))
		}
		if l != nil && r != nil && !slices.ContainsFunc(open, asksWhose) {
			w.checkLinked(l, r, len(open) > 0)
		}
	}
	for s, v := range w.side {
		for _, r := range v.rows {
			if r.live() && !cared[s][r] {
				w.checkAlone(v, r)
			}
		}
	}
	w.checkDoubles(waiting)
	w.checkMerged()
	w.checkGroups()
}

// checkMerged wants the link of a record that was merged into another one to
// be that other's, unless it has one of its own, or somebody is asked. Where its id
// was given again before anybody saw that, it is there for all that can be seen.
func (w *world) checkMerged() {
	asked := map[*row]bool{}
	marks, _ := w.store.marks()
	for _, link := range w.store.links() {
		for _, m := range marks[link.ID] {
			for s := range link.Sides {
				if x := w.linkedRow(instep.Side(s), link.Sides[s].ID); x != nil && m.Outcome != instep.Gone && m.Outcome != instep.Deactivated {
					asked[x] = true
				}
			}
		}
	}
	for _, v := range w.side {
		for _, x := range v.rows {
			into, c := x.cur().into, x.last
			if into == nil || c == nil || !into.live() || !c.live() || into.last != nil && into.last != c || asked[c] || asked[into] || v.reuses(x) {
				continue
			}
			if link := w.linkOf(v.side.Other(), c); link != nil && link.Sides[v.side].ID == x.cur().id {
				w.violate("B3", "%s %s was merged into %s, which %s is not linked with", v.name, x.cur().id, into.cur().id, c.cur().id)
			}
		}
	}
}

// asksWhose reports whether a person is asked if the record of a link is still the
// one that it was.
func asksWhose(m instep.Mark) bool { return m.Message.Code == "reused" }

// waitsForHidden reports whether a create in doubt was made from a record that
// nobody can read now. Where what is withdrawn looks like what is not there, a
// deleted one may still show again for all that the engine can tell.
func (w *world) waitsForHidden(in instep.Intent) bool {
	for _, link := range w.store.links() {
		for s := range link.Sides {
			x := w.linkedRow(instep.Side(s), link.Sides[s].ID) // renamed before it was deleted, it is as invisible
			if link.ID != in.Link || x == nil {
				continue
			}
			if st := x.cur().status; st == instep.Hidden || st == instep.Deleted && w.side[s].hidesMissing {
				return true
			}
		}
	}
	return false
}

// checkLinked looks at two linked rows.
func (w *world) checkLinked(l, r *row, waits bool) {
	there := l.live() && r.live() // what was merged into another is another thing since
	if there && w.root(l.entity) != w.root(r.entity) && !w.confused(l, r) && !w.hadOneKey(instep.Left, l, r) {
		w.violate("I4", "%s and %s are linked, but they are two things", l.cur().id, r.cur().id)
	}
	w.res.Linked++
	if waits || !l.live() || !r.live() || w.side[0].reuses(l) || w.side[1].reuses(r) {
		return
	}
	w.res.Settled++
	for i := range w.pair.Mapping.Rules {
		if !w.agree(i, l, r) && w.drifted(i, l, r) && !w.driftMarked(l, r, i) {
			w.violate("drift", "%s of %s and %s differs, and nothing says so", w.pair.Mapping.Rules[i].Name, l.cur().id, r.cur().id)
		}
		if !w.agree(i, l, r) && !w.drifted(i, l, r) && !(l.from[i].left && r.from[i].left) {
			w.violate("I1", "%s of %s and %s is %s and %s", w.pair.Mapping.Rules[i].Name, l.cur().id, r.cur().id,
				l.cur().fields.Get(w.side[0].fields[i]), r.cur().fields.Get(w.side[1].fields[i]))
		}
	}
}

// reuses reports whether a row was made under an id that another one had: it is
// that one, come back, for all that can be seen.
func (v *vendor) reuses(r *row) bool {
	return slices.ContainsFunc(v.rows, func(x *row) bool { return x != r && x.cur().id == r.cur().id })
}

// drifted reports whether two rows may differ in a field: the side that does
// not own it was edited after the owner's value had come over.
func (w *world) drifted(i int, l, r *row) bool {
	owner := w.pair.Mapping.Rules[i].Owner
	if owner == instep.BothOwn || w.pair.Drift != reconcile.ReportDrift {
		return false
	}
	own, other := l, r
	if owner == instep.RightOwns {
		own, other = r, l
	}
	if len(w.side[0].family(l))+len(w.side[1].family(r)) > 2 {
		return true // the one that another was merged into has values of its own
	}
	if other.equal && w.driftMarked(l, r, i) {
		return true // an edit of both sides to the same looks like the write that was under way
	}
	s := instep.Left
	if other == r {
		s = instep.Right
	}
	if w.hadValue(s, other, i, own.cur().fields.Get(w.side[s.Other()].fields[i])) {
		return true // it was in step, and edited before the run that saw it so was over
	}
	if w.filledLate(s, other, i) && w.driftMarked(l, r, i) {
		return true // it was empty in the list that the two met by
	}
	return other.from[i].user && (own.from[i].carried || own.from[i].known) && other.from[i].n > own.from[i].n
}

// filledLate reports whether a field of a row was empty before, and may have been so
// for a while in what its system lists.
func (w *world) filledLate(s instep.Side, r *row, i int) bool {
	v := w.side[s]
	return (v.snapshot || v.lag > 0) && slices.ContainsFunc(r.hist, func(st state) bool { return st.fields.Get(v.fields[i]).IsBlank() })
}

// driftMarked reports whether the engine has taken down that a field of two
// linked rows may differ.
func (w *world) driftMarked(l, r *row, i int) bool {
	link := w.linkOf(instep.Left, l)
	return link != nil && link.Sides[instep.Right].ID == r.cur().id && slices.Contains(link.Drift, uint16(i))
}

// checkAlone looks at a row that has no counterpart and waits for nothing.
func (w *world) checkAlone(v *vendor, r *row) {
	to := v.side.Other()
	why := w.excused[w.root(r.entity)]
	if why != "" || !w.pair.Flow.Allows(to) || v.key(r) == "" || r.last != nil && !r.last.live() {
		return
	}
	for _, o := range w.side[to].rows {
		if w.root(o.entity) == w.root(r.entity) && !o.live() {
			return
		}
	}
	w.violate("I1", "%s %s has no counterpart and waits for nothing", v.name, r.cur().id)
}

// toldApart reports whether a person said of a record of side s that had the key
// that it is none of the others which have it.
func (w *world) toldApart(s instep.Side, key string) bool {
	v := w.side[s]
	return slices.ContainsFunc(v.rows, func(r *row) bool { return r.forced && w.hadKey(v, r, key) })
}

// checkDoubles wants one record a side for each real thing, or a review (I4).
// Two with different keys were told apart by a user; that a create was right
// was looked at as it was sent.
func (w *world) checkDoubles(waiting map[*row]bool) {
	for _, v := range w.side {
		there := map[int]*row{}
		for _, r := range v.liveRows() {
			e := w.root(r.entity)
			if w.toldApart(v.side.Other(), v.key(r)) {
				continue
			}
			if o := there[e]; o != nil && v.key(o) == v.key(r) && (o.engine || r.engine) && w.excused[e] == "" && !waiting[o] && !waiting[r] {
				w.violate("I4", "%s: %s and %s are the same thing", v.name, o.cur().id, r.cur().id)
			}
			there[e] = r
		}
	}
}
