package sim

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
)

// A trial is what some histories go on with once there is peace: records that
// are new and in step, one thing that is done to them or to how the engine is
// run, and what must come of that. Nothing else happens meanwhile, so that what
// must come of it is known to the letter.
var trials = []struct {
	of   Feature
	play func(*world, *rand.Rand)
}{
	{SavedApplied, (*world).trySaved},
	{LeftForLater, (*world).tryLimit},
	{StoppedHere, (*world).tryStop},
	{Budgeted, (*world).tryBudget},
	{Forgotten, (*world).tryErase},
	{Spilled, elsewhere((*world).trySpill)},
	{StandsStill, (*world).tryStill},
	{Endless, (*world).tryEndless},
	{ForeignState, (*world).tryForeign},
	{CanaryGone, elsewhere((*world).tryCanary)},
	{Emptied, elsewhere((*world).tryEmptied)},
	{AtTheLimit, elsewhere((*world).tryLimitOfGone)},
	{OtherKey, (*world).tryOtherKey},
	{Swallowed, elsewhere((*world).trySwallow)},
	{SetBack, elsewhere((*world).trySetBack)},
	{Unmapped, elsewhere((*world).tryUnmapped)},
	{NewRule, (*world).tryNewRule},
	{OnceOnly, elsewhere((*world).tryOnceOnly)},
	{EmptyFirst, (*world).tryEmptyFirst},
	{Proposed, (*world).tryProposed},
	{WeakKey, elsewhere((*world).tryWeak)},
	{Quarrelled, elsewhere((*world).tryQuarrel)},
	{MadeMeanwhile, elsewhere((*world).tryMeanwhile)},
	{FoundSeveral, elsewhere((*world).trySeveral)},
	{FoundLinked, elsewhere((*world).tryLinked)},
	{ManyAfterOne, (*world).tryManyAfterOne},
	{InPart, elsewhere((*world).tryInPart)},
	{ShownLate, elsewhere((*world).tryShownLate)},
	{Echo, elsewhere((*world).tryEcho)},
	{GivenAgain, elsewhere((*world).tryGivenAgain)},
	{DuringSweep, (*world).tryDuringSweep},
	{Unsent, (*world).tryUnsent},
	{Idle, elsewhere((*world).tryIdle)},
	{HidesInDoubt, elsewhere((*world).tryHidesInDoubt)},
	{ReturnLost, elsewhere((*world).tryReturn)},
	{FilledIn, elsewhere((*world).tryFilledIn)},
	{TurnedOn, elsewhere((*world).tryTurnsAnew)},
	{RekeyedInDoubt, elsewhere((*world).tryRekeyed)},
	{KeyTwice, elsewhere((*world).tryKeyTwice)},
	{SeenAndBack, elsewhere((*world).trySeenAndBack)},
	{Retaken, elsewhere((*world).tryRetaken)},
	{ReadByID, elsewhere((*world).tryReadByID)},
	{StatePutBack, elsewhere((*world).tryPutBack)}, // it leaves a state that has forgotten
}

// goOn plays what is drawn for a history, the systems and the pair being as they
// were before each of them.
func (w *world) goOn() {
	w.trying, w.pending = true, nil
	for _, t := range trials {
		_, doubt := w.store.marks()
		if w.own[t.of] == nil || w.res.Violation != "" || len(doubt) > 0 || !w.calm {
			continue
		}
		pair, opt := w.pair, w.opt
		w.pair.Mapping.Rules = slices.Clone(pair.Mapping.Rules)
		w.pair.SweepEvery, w.caution = 10_000*time.Hour, nil
		w.log("trial: %s", t.of)
		t.play(w, w.own[t.of])
		w.pair, w.opt, w.ways = pair, opt, ways{}
		for _, v := range w.side {
			v.odd = odd{}
		}
	}
}

// ways are how the next run is made, where it is not as usual.
type ways struct {
	limit, stopAfter int
	alone            bool // nobody approves
	expect           instep.Kind
	between          func(*reconcile.Plan) // plan and apply
}

// odd is what a system does in a trial.
type odd struct {
	still, endless bool           // its cursor stands
	foreign        bool           // it is another installation
	empty          bool           // it shows nothing
	swallows       bool           // no create arrives
	unsent         int            // so many writes are given up
	loses          int            // so many do not arrive
	mute           int            // so many are carried out and not answered
	lateBy         time.Duration  // after its reply was given up on, a create is carried out
	dies           bool           // the process with it, once it was carried out
	swallowed      map[string]int // by key
	robot          func(*row)
	memo           map[*row]string // what it shows in a field that nothing maps
	reads          int             // lists it gave in a run
	calls          int
	asked          map[string]bool // ids it was asked for
}

// next is a run after a while that does not look at everything unless it is told to.
func (w *world) next(how ways, sweep bool) (*reconcile.Plan, error) {
	w.ways = how
	w.clk.pass(50 * time.Hour)
	for _, v := range w.side {
		v.odd.reads, v.odd.calls, v.odd.asked = 0, 0, map[string]bool{}
	}
	plan, err := w.run(sweep)
	w.ways = ways{}
	return plan, err
}

// plain is a value that every system keeps as it is.
func (w *world) plain(i int) instep.Value {
	w.n++
	if i == 2 {
		return instep.Number(instep.MustDecimal(fmt.Sprintf("%d.5", w.n)))
	}
	return instep.String(fmt.Sprintf("m%d", w.n))
}

// fresh has a user make a record that every system keeps as it is, and that refers
// to nothing.
func (w *world) fresh(s instep.Side, key string, entity int, values map[int]instep.Value) *row {
	r, v := w.make(s, key, entity), w.side[s]
	f := instep.NewFields(instep.Field{Name: v.fields[0], Value: instep.String(key)})
	for i := 1; i < 3; i++ {
		f = f.With(v.fields[i], values[i])
	}
	if w.strong {
		f = f.With(v.fields[3], instep.String(fmt.Sprintf("E%d", entity)))
	}
	r.cur().fields = f
	return r
}

func (w *world) plainValues() map[int]instep.Value {
	return map[int]instep.Value{1: w.plain(1), 2: w.plain(2)}
}

// couples has users make so many records on both sides that are the same, and
// the engine link them. It reports whether that came about.
func (w *world) couples(n int) (made [][2]*row, ok bool) {
	for range n {
		key, e, values := w.newKey(), w.newEntity(), w.plainValues()
		made = append(made, [2]*row{w.fresh(0, key, e, values), w.fresh(1, key, e, values)})
	}
	if _, err := w.next(ways{}, false); err != nil {
		return nil, false
	}
	for _, c := range made {
		if !w.joined(c[0], c[1]) {
			return nil, false
		}
	}
	return made, true
}

// editedCouples is couples, each of which a user has edited since.
func (w *world) editedCouples(n int) (made [][2]*row, ok bool) {
	if made, ok = w.couples(n); !ok {
		return nil, false
	}
	for _, c := range made {
		w.editFrom(c, 2)
	}
	return made, true
}

// joined reports whether two rows are linked, and nothing of them waits.
func (w *world) joined(l, r *row) bool {
	link := w.linkOf(instep.Left, l)
	marks, _ := w.store.marks()
	return link != nil && link.Sides[instep.Right].ID == r.cur().id && len(marks[link.ID]) == 0
}

// from returns a side whose edits of a field flow.
func (w *world) from(i int) instep.Side {
	if w.pair.Mapping.Rules[i].Owner.Owns(instep.Left) {
		return instep.Left
	}
	return instep.Right
}

// editFrom has a user edit a field where that flows.
func (w *world) editFrom(c [2]*row, i int) {
	s := w.from(i)
	w.edit(s, c[s], i, w.plain)
}

// inStep wants a field of couples to be in step.
func (w *world) inStep(what Feature, made [][2]*row, i int) {
	for _, c := range made {
		if !w.agree(i, c[0], c[1]) {
			w.violate("I1", "%s: %s of %s and %s is %s and %s", what, w.pair.Mapping.Rules[i].Name, c[0].cur().id, c[1].cur().id,
				c[0].cur().fields.Get(w.side[0].fields[i]), c[1].cur().fields.Get(w.side[1].fields[i]))
		}
	}
}

// endsInStep wants a field of couples to be in step after two more runs.
func (w *world) endsInStep(what Feature, made [][2]*row, i int) {
	for range 2 {
		_, _ = w.next(ways{}, false)
	}
	w.inStep(what, made, i)
}

// towards returns a side whose records are made on the other one, if there is.
func (w *world) towards() (from instep.Side, ok bool) {
	for _, s := range []instep.Side{w.pair.First, w.pair.First.Other()} {
		if w.pair.Flow.Allows(s.Other()) {
			return s, true
		}
	}
	return 0, false
}

// tripped reports whether a plan goes beyond a limit.
func tripped(plan *reconcile.Plan, code string) bool {
	return plan != nil && slices.ContainsFunc(plan.Guards(), func(g reconcile.Guard) bool { return g.Pair == pairName && g.Message.Code == code })
}

// oddly is a write in a trial, if something is to become of it there.
func (v *vendor) oddly(op instep.Op) (res instep.Result, odd bool) {
	w, create := v.w, op.Action == instep.Create
	switch late := v.odd.lateBy; {
	case !w.calm:
		return res, false
	case late > 0 && create:
		v.odd.lateBy = 0
		w.clk.after(late, func() { v.do(op) })
	case v.odd.mute > 0:
		v.odd.mute--
		v.do(op)
	case v.odd.loses > 0:
		v.odd.loses--
	case v.odd.unsent > 0:
		v.odd.unsent--
		w.store.unsentOp(&op)
		return w.stop.unsent(), true
	case v.odd.swallows && create:
		v.odd.swallowed[op.Fields.Get(v.fields[0]).String()]++
		w.dead = v.odd.dies
	case v.odd.dies:
		w.dead = true
		return v.do(op), true
	default:
		return res, false
	}
	return v.fail(instep.Lost), true
}
