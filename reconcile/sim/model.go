package sim

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
)

// mishap is the one fault of a small history.
type mishap uint8

const (
	noMishap mishap = iota
	loseBefore
	loseAfter
	killSending
	killSent
	killCommit // the first commit; the next ones follow in pairs: before, after
)

const numMishaps = killCommit + 8

// String tells the mishap, empty if there is none.
func (b mishap) String() string {
	if b < killCommit {
		return [...]string{"", " (lost before)", " (lost after)", " (killed before sending)", " (killed after sending)"}[b]
	}
	return fmt.Sprintf(" (killed %s commit %d)", [...]string{"before", "after"}[(b-killCommit)%2], 1+(b-killCommit)/2)
}

// doing is what users do between two runs.
type doing uint8

const (
	doNothing doing = iota
	editLeft
	editRight
	editEqual
	editApart
	editDisjoint
	deleteLeft
	deleteRight
	hideLeft
	hideRight
	showAgain
	comeBack
	barLeft
	numDoings
)

var doingNames = [numDoings]string{
	"nothing", "edit left", "edit right", "edit both, equal", "edit both, different", "edit both, disjoint", "delete left",
	"delete right", "hide left", "hide right", "show", "undelete", "bar left",
}

// step is what happens before and in one run.
type step struct {
	do  doing
	bad mishap
}

func (s step) String() string { return doingNames[s.do] + s.bad.String() }

// start is how a small history begins.
type start struct {
	here  [2]bool // which records there are
	equal bool
	drift bool // linked, and drifted
	rules rules
}

// small is one small world: the real engine, and what the reference holds
// possible. After a process died, more than one thing is.
type small struct {
	w        *world
	r        *rules
	possible []pairState
	sent     []wanted // in the run under way
	carried  []bool   // aligned with sent, whether it was carried out
	bad      mishap
}

// newSmall makes a small world and has it run once if it begins linked. One
// that is mute writes no trace, which takes most of the time.
func newSmall(st *start, mute bool) *small {
	w := newQuiet(&st.rules)
	w.mute = mute
	m := &small{w: w, r: &st.rules}
	w.small = m
	for s, here := range st.here {
		if !here {
			continue
		}
		r := w.make(instep.Side(s), "K", 0)
		if s == 1 && st.equal && st.here[0] {
			for i := 1; i < 3; i++ {
				r.cur().fields = r.cur().fields.With(w.side[1].fields[i], w.side[0].rows[0].cur().fields.Get(w.side[0].fields[i]))
			}
		}
	}
	m.possible = []pairState{{}}
	m.look(&m.possible[0])
	return m
}

// newQuiet makes a world without faults of its own and with the given rules.
func newQuiet(r *rules) *world {
	w := newEmpty(0, newDice(0, script{}))
	w.calm, w.strong, w.trims, w.parent = true, false, false, []int{0}
	w.owners = [2]map[string]int{{}, {}}
	for s := range w.side {
		w.side[s] = newVendor(w, instep.Side(s), kind{
			getter: true, finder: true, token: true, tells: true, seesDeletes: true, batch: 1, page: 10,
		})
	}
	rules := w.pair.Mapping.Rules[:3]
	for i := range rules {
		rules[i].Left = instep.End{Field: w.side[0].fields[i]}
		rules[i].Right = instep.End{Field: w.side[1].fields[i]}
		rules[i].Owner = instep.BothOwn
		if i > 0 {
			rules[i].Owner = r.owner[i-1]
		}
	}
	w.pair = reconcile.Pair{
		Name: pairName, Left: w.side[0].source(), Right: w.side[1].source(), Mapping: instep.Mapping{Rules: rules},
		First: r.first, Flow: r.flow, Drift: r.drift, Deletes: r.deletes, EditedGone: r.edited,
		Hidden: [2]reconcile.HiddenPolicy{r.hidden, r.hidden}, Guards: reconcile.Guards{Deletes: -1},
	}
	return w
}

// look takes down what both systems really hold.
func (m *small) look(p *pairState) {
	for s, v := range m.w.side {
		p.at[s] = absent
		for _, r := range v.rows {
			if p.at[s].there() || p.at[s] == hidden {
				continue
			}
			switch r.cur().status {
			case instep.Live:
				p.at[s] = present
			case instep.Inactive:
				p.at[s] = barred
			case instep.Hidden:
				p.at[s] = hidden
			default:
				p.at[s] = deleted
			}
			for f := range 2 {
				p.value[s][f] = r.cur().fields.Get(v.fields[f+1]).String()
			}
		}
	}
}

// rowOf returns the record of a side, the one that is there first.
func (m *small) rowOf(s instep.Side) *row {
	rows := m.w.side[s].rows
	for _, r := range rows {
		if r.cur().status != instep.Deleted {
			return r
		}
	}
	if len(rows) == 0 {
		return nil
	}
	return rows[len(rows)-1]
}

// act has users do something. It reports false where that cannot be done.
func (m *small) act(d doing) bool {
	l, r := m.rowOf(0), m.rowOf(1)
	live := func(x *row) bool { return x != nil && x.live() }
	set := func(s instep.Side, x *row, status instep.Status) {
		m.w.side[s].change(x, func(st *state) { st.status = status })
	}
	edit := func(s instep.Side, x *row, rule int) { m.w.edit(s, x, rule, m.w.value) }
	switch {
	case d == doNothing:
	case d == editLeft && live(l):
		edit(0, l, 1)
	case d == editRight && live(r):
		edit(1, r, 1)
	case d == editEqual && live(l) && live(r):
		edit(0, l, 1)
		m.w.edit(1, r, 1, func(int) instep.Value { return l.cur().fields.Get(m.w.side[0].fields[1]) })
	case d == editApart && live(l) && live(r):
		edit(0, l, 1)
		edit(1, r, 1)
	case d == editDisjoint && live(l) && live(r):
		edit(0, l, 1)
		edit(1, r, 2)
	case d == deleteLeft && live(l):
		set(0, l, instep.Deleted)
	case d == deleteRight && live(r):
		set(1, r, instep.Deleted)
	case (d == hideLeft && !m.seen(0)) || (d == hideRight && !m.seen(1)):
		return false // what was never seen cannot be withdrawn from us
	case d == hideLeft && live(l):
		set(0, l, instep.Hidden)
	case d == hideRight && live(r):
		set(1, r, instep.Hidden)
	case d == showAgain && (len(m.w.side[0].rows) > 1 || len(m.w.side[1].rows) > 1):
		return false // two with one key
	case d == showAgain && l != nil && l.cur().status == instep.Hidden:
		set(0, l, instep.Live)
	case d == showAgain && r != nil && r.cur().status == instep.Hidden:
		set(1, r, instep.Live)
	case d == comeBack && l != nil && l.cur().status == instep.Deleted && live(r):
		set(0, l, instep.Live)
	case d == comeBack && r != nil && r.cur().status == instep.Deleted && live(l):
		set(1, r, instep.Live)
	case d == barLeft && live(l) && l.cur().status == instep.Live:
		set(0, l, instep.Inactive)
	default:
		return false
	}
	for i := range m.possible {
		m.look(&m.possible[i])
	}
	return true
}

// seen reports whether the engine surely knows the record of a side.
func (m *small) seen(s instep.Side) bool {
	return !slices.ContainsFunc(m.possible, func(p pairState) bool { return !p.known[s] })
}

// fate says what becomes of a write of the engine.
func (m *small) fate(v *vendor, op *instep.Op) (carryOut, lose, die bool) {
	w := wanted{side: v.side, action: op.Action}
	for f := range 2 {
		if x := op.Fields.Get(v.fields[f+1]); !x.IsAbsent() {
			w.set[f], w.value[f] = true, x.String()
		}
	}
	bad := m.bad
	if len(m.sent) > 0 {
		bad = noMishap
	}
	m.sent = append(m.sent, w)
	m.carried = append(m.carried, bad != loseBefore && bad != killSending)
	return m.carried[len(m.carried)-1], bad == loseBefore || bad == loseAfter, bad == killSending || bad == killSent
}

// run has the engine run once, with a mishap, and compares what it wrote with
// what the reference wants. It returns what differs, empty if nothing does.
func (m *small) run(bad mishap) string {
	w := m.w
	w.clk.pass(1 << 42) // over an hour
	w.dead, w.death = false, death{}
	if bad >= killCommit {
		w.death = death{commit: 1 + int(bad-killCommit)/2, after: (bad-killCommit)%2 == 1}
	}
	m.sent, m.carried, m.bad, w.commits = nil, nil, bad, 0
	_, err := w.pass(true)
	died := w.dead
	w.dead = false
	if err != nil && !died {
		return fmt.Sprintf("the run failed: %v", err)
	}
	review := false
	marks, _ := w.store.marks()
	for _, open := range marks {
		review = review || slices.ContainsFunc(open, func(k instep.Mark) bool { return k.Outcome == instep.Review })
	}
	clean := !died && !slices.Contains(m.carried, false) && bad != loseAfter
	return m.compare(clean, died, review)
}

// compare keeps of what is possible what agrees with what the engine did.
func (m *small) compare(clean, died, review bool) string {
	var next []pairState
	var want []string
	for _, p := range m.possible {
		v := consult(p, m.r)
		want = append(want, fmt.Sprintf("%v review %t", v.writes, v.review))
		if clean && (!equalWrites(m.sent, v.writes) || review != v.review) || !clean && !m.within(v.writes) {
			continue
		}
		next = append(next, m.after(v.noted, true))
		if died || !clean {
			next = append(next, m.after(p, true), m.after(v.noted, false), m.after(p, false))
			for k := range max(len(m.sent), 1) {
				next = append(next, m.doubted(p, v.writes, k), m.doubted(v.noted, v.writes, k))
			}
		}
	}
	if len(next) == 0 {
		return fmt.Sprintf("wrote %v review %t, but the rules say %s", m.sent, review, strings.Join(slices.Compact(want), " or "))
	}
	m.possible = dedupe(next)
	return ""
}

// within reports whether everything that was sent is wanted.
func (m *small) within(want []wanted) bool {
	for _, w := range m.sent {
		if !slices.Contains(want, w) {
			return false
		}
	}
	return true
}

// after is what is known once what was carried out is.
func (m *small) after(p pairState, sure bool) pairState {
	for i, w := range m.sent {
		if m.carried[i] {
			p = carryOut(p, w)
			if w.action == instep.Create && !sure {
				p.unsure, p.known[w.side] = true, false
			}
		}
	}
	m.look(&p)
	return p
}

// doubted is what is known if nobody took down the reply to the k-th write. A
// process that died right before sending does not know that it has not.
func (m *small) doubted(p pairState, wanted []wanted, k int) pairState {
	sent := m.sent
	if len(sent) == 0 {
		sent = wanted[:min(len(wanted), 1)]
	}
	for i, w := range sent {
		if i != k && i < len(m.carried) && m.carried[i] {
			p = carryOut(p, w)
		}
		if i == k && (w.action == instep.Create || w.action == instep.Update) {
			p.doubt = doubt{true, w.action == instep.Create, w.side, w.set, p.value[w.side], w.value}
		}
	}
	m.look(&p)
	return p
}

func dedupe(in []pairState) []pairState {
	var out []pairState
	for _, p := range in {
		if !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

// signature is what a small world looks like to the rules and the state, with
// values named in the order in which they are met.
func (m *small) signature() string {
	names := map[string]int{}
	name := func(x string) int {
		if x == "" {
			return 0
		}
		if _, ok := names[x]; !ok {
			names[x] = len(names) + 1
		}
		return names[x]
	}
	var b strings.Builder
	for _, p := range m.possible {
		fmt.Fprint(&b, p.at, p.linked, p.meeting, p.parted, p.drifted, p.loaded, p.owed, p.known, p.unsure, p.met, p.clash, p.retired, p.asked)
		fmt.Fprint(&b, p.doubt.on, p.doubt.create, p.doubt.side, p.doubt.set)
		for s := range 2 {
			for f := range 2 {
				fmt.Fprint(&b, name(p.value[s][f]), ",", name(p.base[s][f]), ";")
				if p.doubt.on && s == 0 {
					fmt.Fprint(&b, name(p.doubt.was[f]), ",", name(p.doubt.sent[f]), ";")
				}
			}
		}
	}
	marks, units := m.w.store.marks()
	for _, link := range m.w.store.links() {
		_, half := link.Half()
		fmt.Fprint(&b, half, link.Meeting, link.Drift)
		for _, mark := range marks[link.ID] {
			fmt.Fprint(&b, mark.Side, mark.Outcome, mark.Message.Code)
		}
	}
	fmt.Fprint(&b, len(units))
	return b.String()
}

// Disagreement is a small history in which the engine did something else than
// the rules say.
type Disagreement struct {
	Start  string
	Steps  string
	Depth  int
	Detail string
	Trace  []byte
}

// Explored is what came of an exploration.
type Explored struct {
	States        int // different ones that were reached
	Runs          int // of the engine
	Disagreements []Disagreement
}

// explorer walks over all small histories that begin in one way.
type explorer struct {
	start *start
	seen  map[string]bool
	out   Explored
	ctx   context.Context
}

// replay plays steps and says what the last one did. It reports false if a
// step cannot be done.
func (x *explorer) replay(steps []step, mute bool) (m *small, differs string, ok bool) {
	m = newSmall(x.start, mute)
	if x.start.drift || x.start.here[0] && x.start.here[1] && x.start.equal {
		if d := m.run(noMishap); d != "" {
			return m, "at the start: " + d, true
		}
	}
	for _, s := range steps {
		if !m.act(s.do) {
			return nil, "", false
		}
		x.out.Runs++
		if differs = m.run(s.bad); differs != "" {
			return m, differs, true
		}
	}
	return m, "", true
}

// from tries every step after the given ones.
func (x *explorer) from(steps []step, depth int) {
	if depth == 0 || x.ctx.Err() != nil {
		return
	}
	spent := slices.ContainsFunc(steps, func(s step) bool { return s.bad != noMishap })
	for d := range numDoings {
		commits, writes := 0, 0 // of the run without mishap
		for bad := range numMishaps {
			switch {
			case bad != noMishap && spent:
				continue
			case bad != noMishap && bad < killCommit && writes == 0, bad >= killCommit && int(bad-killCommit)/2 >= commits:
				continue // it would not come about
			}
			next := append(slices.Clone(steps), step{d, bad})
			m, differs, ok := x.replay(next, true)
			if !ok {
				break
			}
			if bad == noMishap {
				commits, writes = m.w.commits, len(m.sent)
			}
			if differs != "" {
				m, _, _ = x.replay(next, false)
				x.out.Disagreements = append(x.out.Disagreements, Disagreement{
					fmt.Sprintf("%+v", *x.start), fmt.Sprint(next), len(next), differs, m.w.trace.Bytes(),
				})
				continue
			}
			sig := fmt.Sprint(m.signature(), spent || bad != noMishap, depth)
			if x.seen[sig] {
				continue
			}
			x.seen[sig] = true
			x.out.States++
			x.from(next, depth-1)
		}
	}
}

// Explore plays every small history to a depth that begins in the n-th way,
// and compares the engine with the reference. There are [Starts] ways.
func Explore(ctx context.Context, n, depth int) Explored {
	x := &explorer{start: starts()[n], seen: map[string]bool{}, ctx: ctx}
	x.from(nil, depth)
	return x.out
}

// Starts is how many ways of beginning there are.
func Starts() int { return len(starts()) }

// starts lists the ways in which small histories begin.
func starts() []*start {
	var out []*start
	both := [2]instep.Owner{instep.BothOwn, instep.BothOwn}
	apart := [2]instep.Owner{instep.LeftOwns, instep.RightOwns}
	for _, here := range [][2]bool{{true, false}, {false, true}, {true, true}} {
		for _, owner := range [][2]instep.Owner{both, apart} {
			for k, del := range []reconcile.DeletePolicy{
				reconcile.IgnoreDeleted, reconcile.UnlinkDeleted, reconcile.DeactivateDeleted, reconcile.DeleteDeleted,
			} {
				r := rules{
					owner: owner, deletes: [2]reconcile.DeletePolicy{del, del}, edited: reconcile.EditedGonePolicy(k % 3),
					hidden: reconcile.HiddenPolicy(k % 2), drift: reconcile.DriftPolicy(k / 2), first: instep.Side(k % 2),
					flow: []instep.Direction{instep.BothWays, instep.ToRight}[k/2],
				}
				out = append(out, &start{here: here, rules: r})
				if here[0] && here[1] {
					out = append(out, &start{here: here, equal: true, rules: r})
				}
			}
		}
	}
	return out
}
