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
// open and model are called once for each. Nil options are the zero
// StoreOptions; with Reopen the store is opened again every now and then.
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
				store:  &storeTest{T: t, Checkpoint: open(t), reopen: o.Reopen},
				model:  &storeTest{T: t, Checkpoint: model(t)},
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
	nextLink     instep.LinkID
}

// modelPairs are the pairs that batches are for.
var modelPairs = []string{pairName, "other"}

func (m *storeModel) step(n int) {
	pair := modelPairs[m.random.IntN(len(modelPairs))]
	b := m.batch(pair)
	got, want := m.store.Commit(m.store.Context(), b), m.model.Commit(m.model.Context(), b)
	if g, w := instep.KindOf(got), instep.KindOf(want); g != w || (got == nil) != (want == nil) {
		m.store.Fatalf("step %d: Commit returns %v, the model %v; the batch: %+v", n, got, want, *b)
	}
	if m.store.reopen != nil && m.random.IntN(6) == 0 {
		m.store.again()
	}
	if m.random.IntN(3) > 0 {
		m.compareKeys(n)
	}
	for _, p := range modelPairs {
		if g, w := m.store.everything(p), m.model.everything(p); g != w {
			m.store.Fatalf("step %d: pair %s:\n%s\nthe model:\n%s", n, p, g, w)
		}
	}
	m.compareLookups(n)
	if g, w := show(m.store.activity("", 0, 1<<20)), show(m.model.activity("", 0, 1<<20)); g != w {
		m.store.Fatalf("step %d: activity:\n%s\nthe model:\n%s", n, g, w)
	}
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
	for range m.random.IntN(3) {
		b.Activity = append(b.Activity, fullActivity(fmt.Sprint(m.random.IntN(5))))
	}
	return b
}

// changeLinks drops some of the links, replaces some, and adds some.
func (m *storeModel) changeLinks(b *instep.Batch, links []instep.Link) {
	used := [2]map[string]bool{{}, {}} // by links that stay as they are
	var replace []instep.Link
	for _, l := range links {
		switch m.random.IntN(8) {
		case 0:
			b.Dropped = append(b.Dropped, l.ID)
		case 1, 2:
			l.Gen++
			replace = append(replace, l)
		default:
			for s := range l.Sides {
				used[s][l.Sides[s].ID] = true
			}
		}
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

// addWork sets and clears marks and units.
func (m *storeModel) addWork(b *instep.Batch, links []instep.Link) {
	dropped := map[instep.LinkID]bool{}
	for _, id := range b.Dropped {
		dropped[id] = true
	}
	for _, l := range links {
		switch m.random.IntN(10) {
		case 0:
			if !dropped[l.ID] || m.random.IntN(20) == 0 {
				b.Marks = append(b.Marks, fullMark(l.ID, instep.Side(m.random.IntN(2))))
			}
		case 1:
			b.Cleared = append(b.Cleared, instep.MarkID{Link: l.ID, Side: instep.Side(m.random.IntN(2))})
		}
	}
	for range m.random.IntN(3) {
		b.Units = append(b.Units, fullUnit(instep.UnitID(1+m.random.IntN(20))))
		b.Settled = append(b.Settled, instep.UnitID(1+m.random.IntN(20)))
	}
}
