package reconcile_test

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

var (
	seeds = flag.Int("seeds", 150, "how many random histories TestRandomHistories plays")
	seed0 = flag.Uint64("seed", 0, "the first of them")
)

// TestRandomHistories has users edit two systems at random while the engine
// runs over them, is stopped and killed, and loses replies; some of what was
// lost is carried out later. When the faults end, three runs must bring both
// into step. A seed always plays the same history.
func TestRandomHistories(t *testing.T) {
	t.Parallel()
	total, settled := 0, 0
	for seed := *seed0; seed < *seed0+uint64(*seeds); seed++ {
		log, all, inStep := play(t, seed)
		total, settled = total+all, settled+inStep
		if seed%10 == 0 {
			if again, _, _ := play(t, seed); gocmp.Diff(log, again) != "" {
				t.Fatalf("seed %d played again is another history:\n%s", seed, gocmp.Diff(log, again))
			}
		}
	}
	if settled*10 < total*8 {
		t.Errorf("only %d of %d pairs are linked and wait for nobody: the histories prove little", settled, total)
	}
}

// play plays the history of a seed and returns what was written, how many
// records the left side has in the end, and how many pairs wait for nobody.
func play(t *testing.T, seed uint64) (log []string, all, inStep int) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, seed)
		for range 2 + w.rnd.IntN(7) {
			for range w.rnd.IntN(7) {
				w.user()
			}
			w.faultyRun()
			time.Sleep(time.Duration(w.rnd.IntN(30)) * time.Hour)
		}
		log, all, inStep = w.finish()
		if t.Failed() {
			t.Logf("seed %d\n%s", seed, w.activity())
		}
	})
	return log, all, inStep
}

// ruleOf says how the fields of the two systems are called, by the rule of
// mapping that joins them.
var ruleOf = [2][]string{
	{"number", "name", "price", "barred"},
	{"code", "title", "net_price", "active"},
}

// edit is the last edit of a field by a user: its number, the value in the
// shared form, and whether the record was linked with nothing left to write.
type edit struct {
	n      int
	value  instep.Value
	linked bool
}

// world is two systems, their users, and an engine that may die.
type world struct {
	t     *testing.T
	rnd   *rand.Rand
	side  [2]*wild
	pair  reconcile.Pair
	opt   reconcile.Options
	store *memory.Store
	proc  *mortal
	calm  bool // no faults any more
	n     int  // numbers users' doings, and whatever needs a new name
	edits map[string]edit
	owner map[string]string // which record of a user a code was first given to
}

func newWorld(t *testing.T, seed uint64) *world {
	rnd := rand.New(rand.NewPCG(seed, 99))
	stock, books := twoSystems()
	stock.uid = map[string]string{}
	stock.keyed = []string{"", "number"}[rnd.IntN(2)]
	w := &world{
		t: t, rnd: rnd, store: memory.New(), edits: map[string]edit{}, owner: map[string]string{},
		opt: reconcile.Options{Key: &[16]byte{1}, Hold: 1 + rnd.IntN(30)},
	}
	for i, s := range []*system{stock, books} {
		s.page, s.life = 1+rnd.IntN(9), time.Duration(rnd.IntN(3))*time.Minute
		perm := rnd.Uint64()
		s.order = func(ids []string) {
			own := rand.New(rand.NewPCG(perm, 1))
			own.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
		}
		w.side[i] = &wild{
			system: s, world: w, side: instep.Side(i), created: map[string]int{}, wrote: map[string]int{}, edits: map[string]int{},
			recoded: map[string]bool{}, used: map[string]bool{}, removed: map[string]bool{}, born: map[string]bool{},
		}
	}
	w.setUp()
	return w
}

// setUp chooses a pair and fills both systems.
func (w *world) setUp() {
	w.pair = reconcile.Pair{
		Guards: reconcile.Guards{Deletes: -1},
		Name:   "products", Left: w.side[0], Right: w.side[1], Mapping: mapping(), First: instep.Side(w.rnd.IntN(2)),
		Flow:  []instep.Direction{instep.ToRight, instep.ToRight, instep.BothWays}[w.rnd.IntN(3)],
		Drift: reconcile.DriftPolicy(w.rnd.IntN(2)),
	}
	rules, both := w.pair.Mapping.Rules, instep.BothOwn
	switch w.rnd.IntN(3) {
	case 0:
		rules[1].Owner, rules[2].Owner = both, instep.RightOwns
	case 1:
		rules[1].Owner, rules[2].Owner, rules[3].Owner = both, both, both
	}
	for range 3 + w.rnd.IntN(13) {
		code, where := w.newCode(), instep.Side(w.rnd.IntN(2))
		w.put(where, code)
		if w.rnd.IntN(2) == 0 {
			w.put(where.Other(), code)
		}
	}
	if w.rnd.IntN(3) == 0 { // one side has a code twice, or both have it
		w.put(instep.Right, "DUP")
		w.put(instep.Side(w.rnd.IntN(2)), "DUP")
		w.put(instep.Right, "DUP")
	}
	for _, sys := range w.side {
		sys.born = maps.Clone(sys.used)
	}
}

func (w *world) newCode() string {
	w.n++
	return []string{"C", "TOO-LONG-"}[w.rnd.IntN(20)/19] + fmt.Sprint(w.n)
}

// put has a user make a record.
func (w *world) put(s instep.Side, code string) {
	w.n++
	sys, id := w.side[s], fmt.Sprint(1000+w.n)
	name, price := fmt.Sprintf("name %d", w.rnd.IntN(3)), fmt.Sprintf("%d.5", w.rnd.IntN(3))
	fields := booksRecord(code, name, price)
	if s == instep.Left {
		fields = stockRecord(code, name, price)
		id = map[string]string{"": id, "number": code}[sys.keyed]
		sys.uid[id] = fmt.Sprintf("uid-%d", w.n)
	}
	sys.put(id, fields...)
	sys.moved++
	sys.used[code] = true
	w.owner[code] = cmp.Or(w.owner[code], sys.key(id))
}

// user has a user do something to a record of one of the systems.
func (w *world) user() {
	s := instep.Side(w.rnd.IntN(2))
	n, id := w.rnd.IntN(100), w.any(s)
	switch {
	case n < 14 || id == "":
		w.make(s)
	case n < 86:
		w.editOne(s, id)
	case n > 96:
		w.remove(s, id)
	case s == instep.Left:
		w.recode(id)
	}
}

// any returns a record of a side that users touch, "" if there is none.
func (w *world) any(s instep.Side) string {
	ids := slices.DeleteFunc(w.side[s].ids(), func(id string) bool { return w.side[s].code(id) == "DUP" })
	return append(ids, "")[w.rnd.IntN(max(len(ids), 1))]
}

func (w *world) editOne(s instep.Side, id string) {
	sys, rule := w.side[s], 1+w.rnd.IntN(3)
	sys.settle(id)
	w.n++
	_, linked := w.linked(s, id)
	var v instep.Value
	switch {
	case rule == 1 && w.rnd.IntN(30) == 0:
		v = instep.String(fmt.Sprintf("a name that is far too long %d", w.n))
	case rule == 1:
		v = instep.String(fmt.Sprintf("%*s%d ", w.rnd.IntN(3), "", w.n))
	case rule == 2 && linked && w.rnd.IntN(8) == 0:
		v = instep.Null()
	case rule == 2:
		v = instep.Number(instep.MustDecimal(fmt.Sprintf("%d.25", w.n)))
	case w.edits[sys.cell(id, rule)].n > 0:
		return // turned there and back it would be as if nobody had touched it
	default:
		v = instep.Bool(sys.records[id].Get(ruleOf[s][rule]) == instep.Bool(false))
	}
	if v.IsBlank() && sys.shared(id, rule).IsBlank() {
		return
	}
	sys.edit(id, ruleOf[s][rule], v)
	w.edits[sys.cell(id, rule)] = edit{w.n, sys.shared(id, rule), linked}
	sys.edits[sys.key(id)]++
}

// make has a user make a record, often one that only the other side has, and
// that was made there by a user.
func (w *world) make(s instep.Side) {
	sys, other, code := w.side[s], w.side[s.Other()], w.newCode()
	id := w.any(s.Other())
	linked, _ := w.linked(s.Other(), id)
	if c := other.code(id); w.rnd.IntN(2) == 0 && !linked && other.used[c] && !other.recoded[other.key(id)] {
		code = c
	}
	if !sys.has(code) && !sys.used[code] {
		w.put(s, code)
	}
}

// recode has a user give a record of the stock another code.
func (w *world) recode(id string) {
	sys, code := w.side[instep.Left], w.newCode()
	if linked, _ := w.linked(instep.Left, id); !linked && strings.HasPrefix(sys.key(id), "made-") {
		return // whoever looks for what was created could not find it
	}
	sys.settle(id)
	sys.recoded[sys.key(id)], sys.used[code] = true, true
	w.owner[code] = w.owner[sys.code(id)]
	sys.edits[sys.key(id)]++
	sys.moved++
	if sys.keyed == "" {
		sys.edit(id, "number", instep.String(code))
	} else {
		sys.rename(id, code)
	}
}

// remove has a user delete a record that is linked, or that a user made and
// nobody has made on the other side.
func (w *world) remove(s instep.Side, id string) {
	sys := w.side[s]
	code := sys.code(id)
	_, linked := w.linked(s, id)
	if linked || sys.created[code] == 0 && !w.side[s.Other()].has(code) {
		sys.remove(id)
		sys.moved++
		sys.removed[code] = linked
	}
}

// linked reports whether a record has a counterpart, and whether nothing is
// left to write from when they met.
func (w *world) linked(s instep.Side, id string) (yes, settled bool) {
	links, err := w.store.Scan(context.Background(), "products", 0, 1000)
	if err != nil {
		w.t.Error(err)
	}
	for i := range links {
		if _, half := links[i].Half(); !half && links[i].Sides[s].ID == id {
			return true, !links[i].Meeting
		}
	}
	return false, false
}

// faultyRun starts a process, has it run once while users go on, and may have
// it stop, die, or lose replies.
func (w *world) faultyRun() {
	w.proc = &mortal{left: 1 << 30}
	if w.rnd.IntN(2) == 0 {
		w.proc.left = 1 + w.rnd.IntN(30)
	}
	sel := &reconcile.Select{Sweep: w.rnd.IntN(5) == 0, Limit: max(w.rnd.IntN(20)-15, 0)}
	if w.rnd.IntN(6) == 0 {
		sel.Only = []instep.Ref{w.side[0].ref(w.any(instep.Left)), w.side[1].ref(w.any(instep.Right))}
	}
	e := w.engine()
	plan, err := e.Plan(w.t.Context(), sel)
	if err == nil {
		for range w.rnd.IntN(2) * w.rnd.IntN(4) {
			w.user()
		}
		_, err = e.Apply(w.t.Context(), plan)
	}
	if err != nil && !errors.Is(err, errDead) && !errors.Is(err, instep.Unavailable) { // the list kept changing
		w.t.Errorf("run: %v", err)
	}
}

func (w *world) engine() *reconcile.Engine {
	opt := w.opt
	opt.Observe = func(ev reconcile.Event) {
		if _, ok := ev.(reconcile.Wrote); ok && !w.calm && w.rnd.IntN(8) == 0 {
			w.user()
		}
	}
	return newEngine(w.t, mortalStore{w.store, w.proc}, &opt, w.pair)
}

// wild is a system that loses replies, carries out late what it seemed to
// have lost, refuses, and takes its time.
type wild struct {
	*system
	world   *world
	side    instep.Side
	pending []late
	moved   int // raised when a record comes or goes
	walk    int // moved at the beginning of the walk
	made    int
	faults  int
	created map[string]int  // creates by the engine, by code
	wrote   map[string]int  // writes by the engine, by key
	edits   map[string]int  // edits by users, by key
	recoded map[string]bool // by key, what users gave another code
	used    map[string]bool // codes that users gave
	born    map[string]bool // those of them that were there at first
	removed map[string]bool // codes that users deleted, and whether they were linked
}

// late is a write that is carried out after its reply was given up on.
type late struct {
	op  instep.Op
	due time.Time
}

// settle carries out what is due, and what would else overwrite what a user
// is about to do to the record with the id.
func (v *wild) settle(id string) {
	v.pending = slices.DeleteFunc(v.pending, func(l late) bool {
		if l.due.After(time.Now()) && (id == "" || l.op.Ref.ID != id) {
			return false
		}
		v.do(l.op)
		return true
	})
}

func (v *wild) Read(ctx context.Context, from instep.Cursor) (instep.Page, error) {
	v.settle("")
	// The two sides are read at the same time; only the left one's readers
	// may touch what both share.
	if w := v.world; v.side == instep.Left && !w.calm && w.rnd.IntN(12) == 0 {
		if id := w.any(v.side); id != "" && w.rnd.IntN(3) == 0 {
			w.recode(id)
		} else if id != "" {
			w.editOne(v.side, id)
		}
	}
	if from == "" {
		v.walk = v.moved
	}
	page, err := v.system.Read(ctx, from)
	page.Sweep.Complete = page.Sweep.Complete && v.walk == v.moved
	return page, err
}

func (v *wild) Get(ctx context.Context, refs []instep.Ref) ([]instep.Record, error) {
	v.settle("")
	return v.system.Get(ctx, refs)
}

func (v *wild) Find(ctx context.Context, field string, values []instep.Value) ([][]instep.Record, error) {
	v.settle("")
	return v.system.Find(ctx, field, values)
}

func (v *wild) Write(_ context.Context, ops []instep.Op) ([]instep.Result, error) {
	v.settle("")
	w := v.world
	if !w.calm && v.life > 0 && w.proc.left > 1000 && w.rnd.IntN(5) == 0 {
		time.Sleep(time.Duration(w.rnd.Int64N(int64(2 * v.life)))) // for a limiter, say
	}
	out := make([]instep.Result, len(ops))
	for i, op := range ops {
		out[i] = v.attempt(op)
	}
	if !w.calm && w.rnd.IntN(25) == 0 { // its answer makes no sense
		v.faults += len(ops)
		return nil, &instep.Error{Kind: instep.Malformed, Op: v.name}
	}
	return out, nil
}

// attempt is a write in bad times.
func (v *wild) attempt(op instep.Op) instep.Result {
	w, err := v.world, instep.Lost
	if w.calm {
		return v.do(op)
	}
	before, after := w.proc.step()
	v.faults++
	switch n := w.rnd.IntN(30); {
	case before && n < 10, n == 0:
		wait := time.Duration(w.rnd.Int64N(max(int64(v.life), 1)))
		v.pending = append(v.pending, late{op, time.Now().Add(wait)})
	case before, n == 1: // it never arrived
	case after, n == 2:
		v.do(op)
	case n == 3:
		err = instep.RateLimited
	case n == 4:
		err = instep.Invalid
	default:
		v.faults--
		return v.do(op)
	}
	return instep.Result{Err: &instep.Error{Kind: err, Op: v.name}}
}

// do carries a write out.
func (v *wild) do(op instep.Op) instep.Result {
	res := v.carryOut(op)
	if res.Err == nil && op.Action == instep.Create {
		v.made++
		v.moved++
		v.created[v.code(res.Ref.ID)]++
		if v.uid != nil {
			v.uid[res.Ref.ID] = fmt.Sprintf("made-%d", v.made)
		}
	}
	v.wrote[v.key(res.Ref.ID)]++
	if res.Err == nil && v.made%3 == 0 {
		after := v.record(res.Ref.ID)
		res.After = &after
	}
	return res
}

func (v *wild) ids() []string { return slices.Sorted(maps.Keys(v.records)) }

// key names a record for good, also where its id can change.
func (v *wild) key(id string) string { return cmp.Or(v.uid[id], id) }

// cell names a field of a record for good.
func (v *wild) cell(id string, rule int) string { return v.key(id) + " " + ruleOf[v.side][rule] }

func (v *wild) code(id string) string { return v.records[id].Get(ruleOf[v.side][0]).String() }

// has reports whether a record with the code is there or may still come.
func (v *wild) has(code string) bool {
	return slices.ContainsFunc(v.ids(), func(id string) bool { return v.code(id) == code }) ||
		slices.ContainsFunc(v.pending, func(l late) bool { return l.op.Fields.Get(ruleOf[v.side][0]).String() == code })
}

// shared is a field in the form in which the two sides are compared.
func (v *wild) shared(id string, rule int) instep.Value {
	x := v.records[id].Get(ruleOf[v.side][rule])
	if yes, ok := x.AsBool(); ok {
		return instep.Bool(yes == (v.side == instep.Right))
	}
	if text, ok := x.AsString(); ok {
		return instep.String(strings.TrimSpace(text))
	}
	if x.IsAbsent() {
		return instep.Null()
	}
	return x
}

// finish ends the faults, runs three times and looks at what came of it.
func (w *world) finish() (log []string, all, inStep int) {
	w.calm, w.proc, w.opt.Hold = true, &mortal{left: 1 << 30}, 0
	e := w.engine()
	for _, sweep := range []bool{false, true, false} {
		if _, err := e.Run(w.t.Context(), &reconcile.Select{Sweep: sweep}); err != nil {
			w.t.Errorf("run after the faults: %v", err)
		}
	}
	for _, s := range w.side {
		log = append(log, s.takeWrites()...)
	}
	inStep = w.checkLinks()
	w.checkCodes()
	checkInStep(w.t, e, w.side[0].system, w.side[1].system)
	return log, len(w.side[instep.Left].records), inStep
}

// checkLinks wants nothing open but what a person must settle, and one link
// for every record that flows. It returns how many join two records and wait
// for nobody.
func (w *world) checkLinks() (inStep int) {
	marked := map[instep.LinkID]bool{}
	for work, err := range w.store.Open(w.t.Context(), "products") {
		if err != nil || work.Unit != nil || work.Mark != nil && work.Mark.Outcome == instep.Failed {
			w.t.Fatalf("open: %v, %+v", err, work)
		} else if work.Mark != nil {
			marked[work.Mark.Link] = true
		}
	}
	links, err := w.store.Scan(w.t.Context(), "products", 0, 1000)
	if err != nil {
		w.t.Fatal(err)
	}
	cared, waits := [2]map[string]bool{{}, {}}, [2]map[string]bool{{}, {}} // ids of linked or waiting, codes of waiting records
	for i := range links {
		ids := [2]string{links[i].Sides[0].ID, links[i].Sides[1].ID}
		wait := marked[links[i].ID]
		_, half := links[i].Half()
		for s, id := range ids {
			cared[s][id] = cared[s][id] || wait || !half
			waits[s][w.side[s].code(id)] = waits[s][w.side[s].code(id)] || wait
		}
		if !wait && !half {
			inStep++
			w.checkPair(ids)
		}
	}
	for s, sys := range w.side {
		for _, id := range sys.ids() {
			code, other := sys.code(id), instep.Side(s).Other()
			flows := w.pair.Flow.Allows(other) || w.pair.First == sys.side && sys.born[code]
			if sys.used[code] && flows && !cared[s][id] && !waits[other][code] {
				w.t.Errorf("%s %s has no counterpart, and waits for nothing", sys.name, id)
			}
		}
	}
	return inStep
}

// checkPair looks at a pair that waits for nobody. It must not have been
// written more often than there were reasons for.
func (w *world) checkPair(ids [2]string) {
	edits := w.side[0].edits[w.side[0].key(ids[0])] + w.side[1].edits[w.side[1].key(ids[1])]
	for s, sys := range w.side {
		if got := sys.wrote[sys.key(ids[s])]; got > 1+edits+sys.faults {
			w.t.Errorf("%s %s was written %d times after %d edits", sys.name, ids[s], got, edits)
		}
	}
	for rule := range w.pair.Mapping.Rules {
		w.checkField(ids, rule)
	}
}

// checkField looks at one field of such a pair. What its owner last wrote
// must still be there. Where the two sides differ, the one that does not own
// it was edited after that.
func (w *world) checkField(ids [2]string, rule int) {
	var now [2]instep.Value
	var last [2]edit
	for s, sys := range w.side {
		now[s], last[s] = sys.shared(ids[s], rule), w.edits[sys.cell(ids[s], rule)]
	}
	r := &w.pair.Mapping.Rules[rule]
	owner := instep.Left
	if r.Owner == instep.RightOwns || r.Owner == instep.BothOwn && last[1].n > last[0].n {
		owner = instep.Right
	}
	other := owner.Other()
	if e := last[owner]; e.linked && rule != 3 && now[owner] != e.value { // a switch can be turned there and back
		w.t.Errorf("%s of %v: the %s side was edited to %s, but has %s", r.Name, ids, owner, e.value, now[owner])
	}
	drifted := r.Owner != instep.BothOwn && w.pair.Drift == reconcile.ReportDrift &&
		last[other].n > last[owner].n && now[other] == last[other].value
	if now[0] != now[1] && !drifted {
		w.t.Errorf("%s of %v is %s and %s", r.Name, ids, now[0], now[1])
	}
}

// checkCodes wants one record a code, no more than one create for what a user
// made, nothing written where a code was ambiguous, and nothing brought back.
func (w *world) checkCodes() {
	for _, sys := range w.side {
		count, made := map[string]int{}, map[string]int{}
		for _, id := range sys.ids() {
			code := sys.code(id)
			count[code]++
			if code == "DUP" && sys.wrote[sys.key(id)] > 0 || code != "DUP" && count[code] > 1 || sys.removed[code] {
				w.t.Errorf("%s %s: code %s is ambiguous and written, there twice, or back after it was deleted", sys.name, id, code)
			}
		}
		for code, n := range sys.created {
			if made[w.owner[code]] += n; made[w.owner[code]] > 1 {
				w.t.Errorf("%s, or what it was called before, was created more than once in the %s: %v", code, sys.name, sys.created)
			}
		}
	}
}
