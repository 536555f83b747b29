package connectortest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/instep-go/instep"
)

// TestStoreModel compares a store with a model, a store that is known to be
// right: both get the same random batches, good ones and ones to be refused,
// and must tell the same after each. Seeds are part of the subtests' names.
// open is called once for each, model more often where the options let the
// store go back to an older state. Nil options are the zero StoreOptions; with
// Reopen and Copy the store is opened again, and an older state put back, every
// now and then.
func TestStoreModel(t *testing.T, open, model func(t *testing.T) instep.Checkpoint, o *StoreOptions) {
	t.Helper()
	if o == nil {
		o = &StoreOptions{}
	}
	seeds, steps := 8, 60
	if testing.Short() {
		seeds, steps = 2, 30
	}
	for seed := range seeds {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			m := &storeModel{
				random: rand.New(rand.NewPCG(uint64(seed), 1)),
				store:  &storeTest{TB: t, Checkpoint: open(t), t: t, reopen: o.Reopen, copyState: o.Copy},
				model:  &storeTest{TB: t, Checkpoint: model(t), t: t},
				fresh:  model,
				ended:  map[string]bool{},
			}
			for step := range steps {
				m.step(step)
				if t.Failed() {
					break
				}
			}
		})
	}
}

// storeModel is a comparison under way.
type storeModel struct {
	random       *rand.Rand
	store, model *storeTest
	fresh        func(t *testing.T) instep.Checkpoint
	nextLink     instep.LinkID

	done    []*instep.Batch // that made the model what it is
	putBack func()          // puts back a copy of the store; nil: there is none
	copied  int             // how many of done are in the copy
	rewound bool            // an older state was put back
	ended   map[string]bool // pairs for which that is over
}

// modelPairs are the pairs that batches are for.
var modelPairs = []string{pairName, "other"}

func (m *storeModel) step(n int) {
	b := m.batch(modelPairs[m.random.IntN(len(modelPairs))])
	got, want := m.store.Commit(m.store.Context(), b), m.model.Commit(m.model.Context(), b)
	if g, w := instep.KindOf(got), instep.KindOf(want); g != w || (got == nil) != (want == nil) {
		m.store.Fatalf("step %d: Commit returns %v, the model %v; the batch: %+v", n, got, want, *b)
	}
	if got == nil {
		m.done = append(m.done, b)
		if b.State != nil {
			m.ended[b.Pair] = true
		}
	}
	m.disturb()
	if m.random.IntN(3) > 0 {
		m.compareKeys(n)
	}
	for _, p := range append([]string{"unknown"}, modelPairs...) {
		if g, w := m.store.everything(p), m.model.everythingWith(m.wantState(p)); g != w {
			m.store.Fatalf("step %d: pair %s:\n%s\nthe model:\n%s", n, p, g, w)
		}
	}
	m.compareLookups(n)
	if g, w := show(m.store.activity("", 0, 1<<20)), show(m.model.activity("", 0, 1<<20)); g != w {
		m.store.Fatalf("step %d: activity:\n%s\nthe model:\n%s", n, g, w)
	}
	for range 5 {
		p, link, limit := modelPairs[m.random.IntN(len(modelPairs))], m.anyLink(), m.random.IntN(4)
		m.store.equal(fmt.Sprintf("step %d: History", n), m.store.history(p, link, limit), m.model.history(p, link, limit))
	}
}

// disturb opens the store again, takes a copy of it, or puts that back, every
// now and then.
func (m *storeModel) disturb() {
	if m.store.reopen != nil && m.random.IntN(6) == 0 {
		m.store.again()
	}
	if m.store.copyState == nil {
		return
	}
	switch m.random.IntN(8) {
	case 0:
		m.putBack, m.copied = m.store.copied(), len(m.done)
	case 1:
		if m.putBack != nil && m.copied < len(m.done) {
			m.goBack()
		}
	}
}

// goBack puts the copy back, and makes the model what it was when the copy was
// taken. It does not notice that it is an older one.
func (m *storeModel) goBack() {
	m.putBack()
	m.model.Checkpoint = m.fresh(m.model.t)
	m.done = m.done[:m.copied]
	for _, b := range m.done {
		m.model.commit(*b)
	}
	m.rewound, m.ended = true, map[string]bool{}
}

// wantState is what the store should say of a pair.
func (m *storeModel) wantState(pair string) instep.PairState {
	state := m.model.state(pair)
	if m.rewound && !m.ended[pair] {
		state.Rewound = true
	}
	return state
}

// anyLink is the number of a link that is, was, or may be there, or 0.
func (m *storeModel) anyLink() instep.LinkID {
	return instep.LinkID(m.random.IntN(int(m.nextLink) + 2))
}

// compareLookups asks for every id that a batch may have, in random order and
// sorted.
func (m *storeModel) compareLookups(n int) {
	for _, sorted := range []bool{false, true} {
		var ids []string
		for range 300 {
			ids = append(ids, m.recordID())
		}
		if sorted {
			slices.Sort(ids)
		}
		for s := range instep.Side(2) {
			m.store.equal(fmt.Sprintf("step %d: Lookup", n), m.store.lookup(s, ids...), m.model.lookup(s, ids...))
		}
	}
}

func (m *storeModel) compareKeys(n int) {
	var hashes []uint64
	for range 50 {
		hashes = append(hashes, m.hash())
	}
	m.store.equal(fmt.Sprintf("step %d: Keys", n), m.store.keys(hashes...), m.model.keys(hashes...))
}

// recordID returns one of a few ids, so that they meet.
func (m *storeModel) recordID() string {
	if n := m.random.IntN(200); n < len(oddIDs) {
		return oddIDs[n]
	}
	return fmt.Sprintf("%d", m.random.IntN(150))
}

// hash returns one of a few hashes, some of which share their upper half.
func (m *storeModel) hash() uint64 {
	return uint64(m.random.IntN(30))<<59 | uint64(m.random.IntN(2))
}

// batch makes a batch that is good in most cases.
func (m *storeModel) batch(pair string) *instep.Batch {
	b := &instep.Batch{Pair: pair}
	if m.random.IntN(2) == 0 {
		state := fullState(m.model.state(pair).Gen + 1)
		state.Rewound = m.random.IntN(3) == 0
		if m.random.IntN(20) == 0 {
			state.Gen += 3
		}
		b.State = &state
	}
	links, err := m.model.Scan(m.model.Context(), pair, 0, 1<<30)
	if err != nil {
		m.model.Fatalf("Scan: %v", err)
	}
	m.changeLinks(b, links)
	m.addWork(b, links)
	m.addDecisions(b)
	for range m.random.IntN(3) {
		a := fullActivity(fmt.Sprint(m.random.IntN(5)))
		a.Link = m.anyLink()
		b.Activity = append(b.Activity, a)
	}
	return b
}

// changeLinks drops and erases some of the links, replaces some, and adds some.
func (m *storeModel) changeLinks(b *instep.Batch, links []instep.Link) {
	used := [2]map[string]bool{{}, {}} // by links that stay as they are
	var replace []instep.Link
	erase := m.random.IntN(5) == 0 // a store may take its time for it
	for _, l := range links {
		switch m.random.IntN(8) {
		case 0:
			if erase && m.random.IntN(2) == 0 {
				b.Erased = append(b.Erased, l.ID)
			} else {
				b.Dropped = append(b.Dropped, l.ID)
			}
		case 1, 2:
			l.Gen++
			replace = append(replace, l)
		default:
			for s := range l.Sides {
				used[s][l.Sides[s].ID] = true
			}
		}
	}
	if erase && m.random.IntN(3) == 0 && m.nextLink > 0 {
		b.Erased = append(b.Erased, 1+instep.LinkID(m.random.IntN(int(m.nextLink)))) // which may be in the batch too
	}
	for range m.random.IntN(12) {
		m.nextLink += instep.LinkID(1 + m.random.IntN(3))
		replace = append(replace, instep.Link{ID: m.nextLink, Gen: 1})
	}
	m.random.Shuffle(len(replace), func(i, j int) { replace[i], replace[j] = replace[j], replace[i] })
	clash := m.random.IntN(15) == 0 // records may then be in two links
	for _, l := range replace {
		m.fillLink(&l)
		for s := range l.Sides {
			if used[s][l.Sides[s].ID] && !clash {
				l.Sides[s] = instep.LinkSide{}
			}
			used[s][l.Sides[s].ID] = true
		}
		if m.random.IntN(150) == 0 {
			l.Gen += 2
		}
		b.Links = append(b.Links, l)
	}
}

func (m *storeModel) fillLink(l *instep.Link) {
	gen, id := l.Gen, l.ID
	*l = variedLinks()[m.random.IntN(8)]
	l.ID, l.Gen, l.Keys = id, gen, nil
	for s := range l.Sides {
		if l.Sides[s].ID != "" {
			l.Sides[s].ID = m.recordID()
		}
	}
	seen := map[uint64]bool{}
	for range m.random.IntN(4) {
		if h := m.hash(); !seen[h] {
			seen[h] = true
			l.Keys = append(l.Keys, instep.KeyHash{Hash: h, Sides: uint8(1 + m.random.IntN(3))})
		}
	}
}

// addWork sets and takes away marks, fences and units.
func (m *storeModel) addWork(b *instep.Batch, links []instep.Link) {
	gone := map[instep.LinkID]bool{}
	for _, id := range slices.Concat(b.Dropped, b.Erased) {
		gone[id] = true
	}
	for _, l := range links {
		side := instep.Side(m.random.IntN(2))
		there := !gone[l.ID] || m.random.IntN(20) == 0
		switch m.random.IntN(16) {
		case 0:
			if there {
				b.Marks = append(b.Marks, fullMark(l.ID, side))
			}
		case 1:
			b.Cleared = append(b.Cleared, instep.MarkID{Link: l.ID, Side: side})
		case 2, 3:
			if there {
				f := fullFence(l.ID, side)
				m.random.Shuffle(len(f.Fields), func(i, j int) { f.Fields[i], f.Fields[j] = f.Fields[j], f.Fields[i] })
				b.Fences = append(b.Fences, f)
			}
		case 4:
			b.Unfenced = append(b.Unfenced, instep.MarkID{Link: l.ID, Side: side})
		}
	}
	for i := range b.Links {
		if m.random.IntN(4) == 0 {
			b.Fences = append(b.Fences, instep.Fence{Link: b.Links[i].ID, Map: m.random.Uint32()})
		}
	}
	for range m.random.IntN(3) {
		u := fullUnit(instep.UnitID(1 + m.random.IntN(20)))
		for i := range u.Intents {
			u.Intents[i].Link = m.anyLink()
		}
		b.Units = append(b.Units, u)
		b.Settled = append(b.Settled, instep.UnitID(1+m.random.IntN(20)))
	}
}

// addDecisions makes and revokes decisions about a few records.
func (m *storeModel) addDecisions(b *instep.Batch) {
	id := func() instep.DecisionID {
		v := instep.Verdict(m.random.IntN(3))
		return instep.DecisionID{Left: oddIDs[m.random.IntN(6)], Right: []string{"", "\xff", "31"}[m.random.IntN(3)], Verdict: v}
	}
	for range m.random.IntN(3) {
		i := id()
		d := fullDecision(i.Left, i.Right, i.Verdict)
		d.Evidence[0] = m.random.Uint64()
		b.Decisions, b.Revoked = append(b.Decisions, d), append(b.Revoked, id())
	}
}
