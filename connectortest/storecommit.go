package connectortest

import (
	"fmt"
	"reflect"
	"slices"
	"sync"

	"github.com/instep-go/instep"
)

// commitRules are about batches as a whole.
var commitRules = []storeRule{
	{
		name: "links keep their generation",
		text: "a link is taken only if its Gen is one above the stored one (1 for a new link), else the commit fails with kind Conflict",
		check: func(s *storeTest) {
			links := []instep.Link{joined(1, 1, "a", "b"), joined(2, 1, "c", "d")}
			s.commit(instep.Batch{Links: links})
			for _, wrong := range []instep.Link{joined(2, 0, "c", "d"), joined(2, 1, "c", "d"), joined(2, 3, "c", "d"), joined(3, 0, "e", ""), joined(3, 2, "e", "")} {
				s.refuse(instep.Conflict, instep.Batch{Links: []instep.Link{wrong}})
			}
			s.equal("Scan", s.scan(0, 9), links)
		},
	},
	{
		name: "all or nothing",
		text: "a commit that is refused for one link changes nothing: nothing else that is in the batch is carried out, and no row of it gets into the log",
		check: func(s *storeTest) {
			links := []instep.Link{joined(1, 1, "a", "b"), joined(2, 1, "c", "d"), joined(3, 1, "e", "")}
			s.commit(instep.Batch{Links: links, Marks: []instep.Mark{{Link: 2}}, Units: []instep.Unit{fullUnit(1)}, Fences: []instep.Fence{{Link: 2}},
				Decisions: []instep.Decision{fullDecision("a", "b", instep.NeverLink)}, Activity: []instep.Activity{fullActivity("first")}})
			all := func() string { return s.everything(pairName) + show(s.log()) }
			before, next := all(), fullState(1)
			for _, gone := range [][2][]instep.LinkID{{{3}, nil}, {nil, {3}}} {
				s.refuse(instep.Conflict, instep.Batch{
					State: &next, Links: []instep.Link{joined(1, 2, "new", "b"), joined(2, 1, "c", "d")}, Dropped: gone[0], Erased: gone[1],
					Marks: []instep.Mark{{Link: 1}}, Cleared: []instep.MarkID{{Link: 2}}, Units: []instep.Unit{{ID: 2}}, Settled: []instep.UnitID{1},
					Fences: []instep.Fence{{Link: 1}}, Unfenced: []instep.MarkID{{Link: 2}}, Activity: []instep.Activity{{Run: "second"}},
					Decisions: []instep.Decision{fullDecision("a", "", instep.KeepAlone)},
					Revoked:   []instep.DecisionID{{Left: "a", Right: "b", Verdict: instep.NeverLink}},
				})
				if after := all(); after != before {
					s.Fatalf("a refused commit changed something:\n%s\nbefore:\n%s", after, before)
				}
			}
			s.equal("Lookup", s.lookup(instep.Left, "new", "a"), []instep.Known{{}, {Link: 1, Sum: 1<<32 | 1}})
		},
	},
	{
		name: "one link for a record",
		text: "a commit after which a record would be in two links of its pair fails with kind Conflict",
		check: func(s *storeTest) {
			s.commit(instep.Batch{Links: []instep.Link{joined(1, 1, "a", "b"), joined(2, 1, "b", "a")}})
			before := s.everything(pairName)
			for _, b := range []instep.Batch{
				{Links: []instep.Link{joined(3, 1, "a", "")}},
				{Links: []instep.Link{joined(3, 1, "", "b")}},
				{Links: []instep.Link{joined(3, 1, "c", ""), joined(4, 1, "c", "")}},
				{Links: []instep.Link{joined(2, 2, "a", "a")}},
				{Links: []instep.Link{joined(1, 2, "c", "b"), joined(2, 2, "c", "a")}},
			} {
				s.refuse(instep.Conflict, b)
			}
			if after := s.everything(pairName); after != before {
				s.Errorf("a refused commit changed something:\n%s\nbefore:\n%s", after, before)
			}
		},
	},
	{
		name: "a link once in a batch",
		text: "a batch that has a link twice, or replaces and drops or erases it, fails with kind Conflict",
		check: func(s *storeTest) {
			s.commit(instep.Batch{Links: []instep.Link{joined(1, 1, "a", "b")}})
			s.refuse(instep.Conflict, instep.Batch{Links: []instep.Link{joined(1, 2, "a", "b"), joined(1, 3, "a", "c")}})
			s.refuse(instep.Conflict, instep.Batch{Links: []instep.Link{joined(2, 1, "c", ""), joined(2, 1, "d", "")}})
			s.refuse(instep.Conflict, instep.Batch{Links: []instep.Link{joined(1, 2, "a", "b")}, Dropped: []instep.LinkID{1}})
			s.refuse(instep.Conflict, instep.Batch{Links: []instep.Link{joined(1, 2, "a", "b")}, Erased: []instep.LinkID{1}})
			s.equal("Scan", s.scan(0, 10), []instep.Link{joined(1, 1, "a", "b")})
		},
	},
	{
		name: "batches that mean nothing",
		text: "a batch without the name of its pair, or with a link without id, also as one to erase, fails with kind Config; an empty batch does nothing",
		check: func(s *storeTest) {
			if err := s.Commit(s.Context(), &instep.Batch{}); instep.KindOf(err) != instep.Config {
				s.Errorf("Commit without a pair: %s", wrongKind(err, instep.Config))
			}
			s.refuse(instep.Config, instep.Batch{Links: []instep.Link{joined(0, 1, "a", "")}})
			s.refuse(instep.Config, instep.Batch{Erased: []instep.LinkID{0}})
			s.commit(instep.Batch{})
			s.equal("Pair", s.state(pairName), instep.PairState{Name: pairName})
		},
	},
	{
		name: "slices are the caller's",
		text: "what a caller does with the slices of a batch, or of an answer, after the call has no effect on the store",
		check: func(s *storeTest) {
			state := fullState(1)
			b := instep.Batch{
				State: &state, Links: variedLinks(), Marks: []instep.Mark{fullMark(1, instep.Left)},
				Units: []instep.Unit{fullUnit(1)}, Activity: []instep.Activity{fullActivity("a")},
				Fences: []instep.Fence{fullFence(1, instep.Left)}, Decisions: []instep.Decision{fullDecision("a", "b", instep.NeverLink)},
			}
			s.commit(b)
			before := s.answers()
			for _, given := range []struct {
				what  string
				spoil func()
			}{
				{"the batch", func() { spoil(&b) }},
				{"what Pair returned", func() { state := s.state(pairName); spoil(&instep.Batch{State: &state}) }},
				{"what Scan returned", func() { spoil(&instep.Batch{Links: s.scan(0, 9)}) }},
				{"what Links returned", func() { spoil(&instep.Batch{Links: s.links(1, 2, 3, 4, 5, 6, 7, 8)}) }},
				{"what Keys returned", func() { clear(s.keys(2, 4)) }},
				{"what Open yielded", func() { s.spoilOpen() }},
				{"what Activity returned", func() { spoil(&instep.Batch{Activity: s.log()}) }},
				{"what History returned", func() { spoil(&instep.Batch{Activity: s.told(3)}) }},
			} {
				given.spoil()
				if after := s.answers(); after != before {
					s.Fatalf("%s was written over, and the store now says\n%s\nwhere it said\n%s", given.what, after, before)
				}
			}
		},
	},
	{
		name: "large batches",
		text: "a batch may have ten thousand links and more",
		check: func(s *storeTest) {
			const n = 10_000
			links := manyLinks(n, 1)
			s.commit(instep.Batch{Links: links})
			s.largeAs(links)
			for i := range links {
				links[i].Gen++
				links[i].Sides[0].Sum++
				if i%2 == 0 {
					links[i].Sides[1].ID += "-renamed"
					links[i].Keys = links[i].Keys[1:]
				}
			}
			s.commit(instep.Batch{Links: links})
			s.largeAs(links)
			var drop []instep.LinkID
			for _, l := range links[n/2:] {
				drop = append(drop, l.ID)
			}
			s.commit(instep.Batch{Dropped: drop})
			s.equal("links left", len(s.scan(0, 2*n)), n/2)
			s.equal("Lookup of dropped ones", s.lookup(instep.Left, links[n/2].Sides[0].ID, links[n-1].Sides[0].ID), make([]instep.Known, 2))
		},
	},
	{
		name: "concurrent use",
		text: "calls may be concurrent, and one that reads sees all of a commit or nothing of it",
		check: func(s *storeTest) {
			const rounds, size, many = 30, 40, 4
			var writer, readers, begun sync.WaitGroup
			stop := make(chan struct{})
			begun.Add(many)
			for range many {
				readers.Go(func() {
					begun.Done()
					for {
						select {
						case <-stop:
							return
						default:
							s.readWhole(rounds, size)
						}
					}
				})
			}
			writer.Go(func() {
				begun.Wait() // or all could be written before anybody reads
				for r := range rounds {
					if err := s.Commit(s.Context(), &instep.Batch{Pair: pairName, Links: manyLinks(size, r+1)}); err != nil {
						s.Errorf("Commit: %v", err)
					}
				}
			})
			writer.Wait()
			close(stop)
			readers.Wait()
		},
	},
}

// largeAs checks that exactly these links are there, and found by ids and keys.
func (s *storeTest) largeAs(links []instep.Link) {
	s.Helper()
	if got := s.scan(0, 2*len(links)); !slices.EqualFunc(got, links, sameLink) {
		s.Fatal("Scan returns other links than were committed")
	}
	for i, k := range s.lookup(instep.Left, leftIDs(links)...) {
		if want := (instep.Known{Link: links[i].ID, Sum: links[i].Sides[0].Sum}); k != want {
			s.Fatalf("Lookup of %q: got %+v, want %+v", links[i].Sides[0].ID, k, want)
		}
	}
	var hashes []uint64
	var want []instep.KeyHit
	for _, l := range links {
		for _, k := range l.Keys {
			hashes = append(hashes, k.Hash)
			want = append(want, instep.KeyHit{Hash: k.Hash, Link: l.ID, Sides: k.Sides})
		}
	}
	if got := s.keys(hashes...); !slices.Equal(got, want) {
		s.Fatal("Keys returns other links than hold the hashes")
	}
}

// sameLink compares as show does, and shows only what differs at first sight.
func sameLink(a, b instep.Link) bool { return reflect.DeepEqual(a, b) || show(a) == show(b) }

// readWhole looks up all links of some rounds and reports a round of which
// only a part is there. It runs beside the test's own goroutine.
func (s *storeTest) readWhole(rounds, size int) {
	for r := range rounds {
		ids := leftIDs(manyLinks(size, r+1))
		out := make([]instep.Known, len(ids))
		if err := s.Lookup(s.Context(), pairName, instep.Left, ids, out); err != nil {
			s.Errorf("Lookup: %v", err)
			return
		}
		there := 0
		for _, k := range out {
			if k.Link != 0 {
				there++
			}
		}
		if there != 0 && there != size {
			s.Errorf("%d of the %d links of one commit were seen", there, size)
		}
	}
}

// manyLinks returns n links whose ids and keys differ from those of other
// rounds.
func manyLinks(n, round int) []instep.Link {
	links := make([]instep.Link, n)
	for i := range links {
		id := instep.LinkID(round*1_000_000 + i)
		mixed := uint64(id) * 0x9e3779b97f4a7c15
		links[i] = joined(id, 1, fmt.Sprintf("%08x", mixed>>32), fmt.Sprintf("r%d", id),
			instep.KeyHash{Hash: mixed, Sides: 3}, instep.KeyHash{Hash: ^mixed, Sides: 1})
	}
	return links
}

func leftIDs(links []instep.Link) []string {
	ids := make([]string, len(links))
	for i := range links {
		ids[i] = links[i].Sides[0].ID
	}
	return ids
}

// answers is all that a store tells in all ways there are of what the rule
// about slices commits.
func (s *storeTest) answers() string {
	s.Helper()
	return s.everything(pairName) + show(s.links(1, 2, 3, 4, 5, 6, 7, 8)) + show(s.keys(2, 4)) + show(s.log()) + show(s.told(3))
}

// spoilOpen overwrites what Open yields.
func (s *storeTest) spoilOpen() {
	s.Helper()
	for w, err := range s.Open(s.Context(), pairName) {
		if err != nil {
			s.Fatalf("Open: %v", err)
		}
		spoilWork(w)
	}
}

// spoilWork overwrites an element of Open.
func spoilWork(w instep.OpenWork) {
	switch {
	case w.Unit != nil:
		spoil(&instep.Batch{Units: []instep.Unit{*w.Unit}})
		*w.Unit = instep.Unit{}
	case w.Mark != nil:
		spoil(&instep.Batch{Marks: []instep.Mark{*w.Mark}})
		*w.Mark = instep.Mark{}
	case w.Fence != nil:
		spoil(&instep.Batch{Fences: []instep.Fence{*w.Fence}})
		*w.Fence = instep.Fence{}
	case w.Decision != nil:
		*w.Decision = instep.Decision{}
	}
}

// spoil overwrites what the slices of a batch hold, and these themselves.
func spoil(b *instep.Batch) {
	if b.State != nil {
		for i := range b.State.Mappings {
			b.State.Mappings[i].Rules[0], b.State.Mappings[i].Prints[0] = "spoilt", "spoilt"
		}
	}
	for _, l := range b.Links {
		for s := range l.Sides {
			clear(l.Sides[s].Base)
		}
		clear(l.Keys)
		clear(l.Drift)
	}
	clear(b.Links)
	for _, m := range b.Marks {
		clear(m.Message.Args)
		clear(m.Waits)
	}
	clear(b.Marks)
	for _, f := range b.Fences {
		clear(f.Fields)
	}
	clear(b.Fences)
	clear(b.Decisions)
	for _, u := range b.Units {
		for _, n := range u.Intents {
			clear(n.Rules)
			clear(n.Hashes)
			clear(n.Before)
		}
		clear(u.Intents)
	}
	clear(b.Units)
	for _, a := range b.Activity {
		clear(a.Fields)
		clear(a.Message.Args)
		for _, t := range append(a.Before, a.After...) {
			clear(t.Sealed)
		}
		clear(a.Before)
		clear(a.After)
	}
	clear(b.Activity)
}
