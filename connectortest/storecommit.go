package connectortest

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/instep-go/instep"
)

// commitRules are about batches as a whole.
var commitRules = []storeRule{
	{
		name: "links keep their generation",
		text: "a link is taken only if its Gen is one above the stored one (1 for a new link), else the whole commit fails with kind Conflict",
		check: func(s *storeTest) {
			s.commit(instep.Batch{Links: []instep.Link{joined(1, 1, "a", "b"), joined(2, 1, "c", "d")}})
			before := s.everything(pairName)
			for _, wrong := range []instep.Link{joined(2, 0, "c", "d"), joined(2, 1, "c", "d"), joined(2, 3, "c", "d"), joined(3, 0, "e", ""), joined(3, 2, "e", "")} {
				next := fullState(1)
				s.refuse(instep.Conflict, instep.Batch{
					State: &next, Links: []instep.Link{joined(1, 2, "new", "b"), wrong}, Dropped: []instep.LinkID{4},
					Marks: []instep.Mark{{Link: 1}}, Units: []instep.Unit{{ID: 1}}, Activity: []instep.Activity{{Run: "r"}},
					Fences: []instep.Fence{{Link: 1}}, Decisions: []instep.Decision{fullDecision("a", "", instep.KeepAlone)}, Erased: []instep.LinkID{5},
				})
				if after := s.everything(pairName); after != before {
					s.Fatalf("a refused commit changed something:\n%s\nbefore:\n%s", after, before)
				}
			}
			s.equal("Lookup", s.lookup(instep.Left, "new", "a"), []instep.Known{{}, {Link: 1, Sum: 1<<32 | 1}})
			s.equal("Activity", s.activity("", 0, 10), []instep.Activity{})
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
				s.Errorf("Commit without a pair: got error %v, want one of kind %q", err, instep.Config)
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
			before := s.everything(pairName) + show(s.activity("", 0, 9)) + show(s.keys(2, 4))
			spoil(&b)
			got := s.state(pairName)
			spoil(&instep.Batch{State: &got, Links: s.scan(0, 9), Activity: s.activity("", 0, 9)})
			for w, err := range s.Open(s.Context(), pairName) {
				if err != nil {
					s.Fatalf("Open: %v", err)
				}
				spoilWork(w)
			}
			if after := s.everything(pairName) + show(s.activity("", 0, 9)) + show(s.keys(2, 4)); after != before {
				s.Errorf("now:\n%s\nbefore:\n%s", after, before)
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
		name: "canceled calls",
		text: "a call whose context has ended fails with kind Canceled and the context's error, and a commit then writes nothing",
		check: func(s *storeTest) {
			s.commit(instep.Batch{Links: []instep.Link{joined(1, 1, "a", "b", instep.KeyHash{Hash: 1, Sides: 3})}})
			ctx := canceled(s.T)
			for name, call := range s.calls(ctx) {
				err := call()
				if instep.KindOf(err) != instep.Canceled || !errors.Is(err, context.Canceled) {
					s.Errorf("%s: got error %v, want one of kind %q", name, err, instep.Canceled)
				}
			}
			s.missing(2)
			s.links(1)
		},
	},
	{
		name: "canceled at work",
		text: "a commit whose context ends while it works is carried out as a whole or not at all, as its error says",
		check: func(s *storeTest) {
			for round := range 20 {
				links := manyLinks(2000, round+1)
				ctx, cancel := context.WithCancel(s.Context())
				var wg sync.WaitGroup
				wg.Go(func() { // ends after a while that differs from round to round
					for range round * 200 {
						_, _ = s.Pair(s.Context(), "other")
					}
					cancel()
				})
				err := s.Commit(ctx, &instep.Batch{Pair: pairName, Links: links})
				wg.Wait()
				if err != nil && instep.KindOf(err) != instep.Canceled {
					s.Fatalf("Commit: %v", err)
				}
				var there int
				for _, k := range s.lookup(instep.Left, leftIDs(links)...) {
					if k.Link != 0 {
						there++
					}
				}
				if want := map[bool]int{true: len(links), false: 0}[err == nil]; there != want {
					s.Fatalf("round %d: Commit returned %v, and %d of %d links are there", round, err, there, len(links))
				}
			}
		},
	},
	{
		name: "concurrent use",
		text: "calls may be concurrent, and one that reads sees all of a commit or nothing of it",
		check: func(s *storeTest) {
			const rounds, size = 30, 40
			var writer, readers sync.WaitGroup
			stop := make(chan struct{})
			for range 4 {
				readers.Go(func() {
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

// keptRules are about stores that outlive the process.
var keptRules = []storeRule{
	{
		name: "everything is kept", kept: true,
		text: "a store that is opened again tells the same as before",
		check: func(s *storeTest) {
			state := fullState(1)
			s.commit(instep.Batch{
				State: &state, Links: variedLinks(), Marks: []instep.Mark{fullMark(1, instep.Left)},
				Units: []instep.Unit{fullUnit(9), fullUnit(10)}, Activity: []instep.Activity{fullActivity("a"), {Link: 8}},
				Fences:    []instep.Fence{fullFence(1, instep.Left), fullFence(2, instep.Right)},
				Decisions: []instep.Decision{fullDecision("a", "b", instep.NeverLink), fullDecision("", "b", instep.KeepAlone)},
			})
			s.commit(instep.Batch{Dropped: []instep.LinkID{7}, Erased: []instep.LinkID{8}, Settled: []instep.UnitID{9},
				Unfenced: []instep.MarkID{{Link: 1}}, Revoked: []instep.DecisionID{{Left: "a", Right: "b"}}})
			for range 3 {
				before := s.everything(pairName) + show(s.activity("", 0, 9)) + show(s.keys(2, 4)) + show(s.lookup(instep.Left, "l", "l8"))
				s.again()
				if after := s.everything(pairName) + show(s.activity("", 0, 9)) + show(s.keys(2, 4)) + show(s.lookup(instep.Left, "l", "l8")); after != before {
					s.Fatalf("now:\n%s\nbefore:\n%s", after, before)
				}
				s.commit(instep.Batch{Activity: []instep.Activity{fullActivity("b")}})
			}
		},
	},
	{
		name: "refused commits are not kept", kept: true,
		text: "what a commit brought that was refused late has no effect on commits after it, nor on a store that is opened again",
		check: func(s *storeTest) {
			link := joined(1, 1, "a", "b", instep.KeyHash{Hash: 1, Sides: 3})
			link.Rule = "a rule that nothing else has"
			b := instep.Batch{Links: []instep.Link{link}, Activity: []instep.Activity{fullActivity("a run that nothing else has")}}
			bad := b
			bad.Marks = []instep.Mark{{Link: 2}}
			s.refuse(instep.Conflict, bad)
			s.commit(b)
			s.again()
			s.equal("Scan", s.scan(0, 9), []instep.Link{link})
		},
	},
	{
		name: "the hash key is kept", kept: true,
		text: "the hash key of a store never changes, and differs from that of others",
		check: func(s *storeTest) {
			k, ok := instep.As[instep.HashKeyer](s.Checkpoint)
			if !ok {
				s.Skip("the store is no instep.HashKeyer")
			}
			before := k.HashKey()
			s.again()
			k, _ = instep.As[instep.HashKeyer](s.Checkpoint)
			if after := k.HashKey(); after != before || after == [16]byte{} {
				s.Error("the key is another one, or zero")
			}
		},
	},
}

// calls are all calls of a store, with a context.
func (s *storeTest) calls(ctx context.Context) map[string]func() error {
	calls := map[string]func() error{
		"Pair":   func() error { _, err := s.Pair(ctx, pairName); return err },
		"Lookup": func() error { return s.Lookup(ctx, pairName, instep.Left, []string{"a"}, make([]instep.Known, 1)) },
		"Links":  func() error { _, err := s.Links(ctx, pairName, []instep.LinkID{1}); return err },
		"Scan":   func() error { _, err := s.Scan(ctx, pairName, 0, 1); return err },
		"Keys":   func() error { _, err := s.Keys(ctx, pairName, []uint64{1}); return err },
		"Open": func() error {
			for _, err := range s.Open(ctx, pairName) {
				return err
			}
			return nil
		},
		"Commit": func() error {
			return s.Commit(ctx, &instep.Batch{Pair: pairName, Links: []instep.Link{joined(2, 1, "c", "d")}})
		},
		"Commit that erases": func() error { return s.Commit(ctx, &instep.Batch{Pair: pairName, Erased: []instep.LinkID{1}}) },
	}
	if j, ok := instep.As[instep.Journal](s.Checkpoint); ok {
		calls["Activity"] = func() error { _, err := j.Activity(ctx, pairName, 0, 1); return err }
	}
	if h, ok := instep.As[instep.Historian](s.Checkpoint); ok {
		calls["History"] = func() error { _, err := h.History(ctx, pairName, 1, 1); return err }
	}
	return calls
}

// largeAs checks that exactly these links are there, and found by ids and keys.
func (s *storeTest) largeAs(links []instep.Link) {
	s.Helper()
	if got := s.scan(0, 2*len(links)); show(got) != show(links) {
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
	s.equal("Keys", s.keys(hashes...), want)
}

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

// spoil overwrites what the slices of a batch hold.
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
	for _, m := range b.Marks {
		clear(m.Message.Args)
		clear(m.Waits)
	}
	for _, f := range b.Fences {
		clear(f.Fields)
	}
	for _, u := range b.Units {
		for _, n := range u.Intents {
			clear(n.Rules)
			clear(n.Hashes)
			clear(n.Before)
		}
		clear(u.Intents)
	}
	for _, a := range b.Activity {
		clear(a.Fields)
		clear(a.Message.Args)
		for _, t := range append(a.Before, a.After...) {
			clear(t.Sealed)
		}
		clear(a.Before)
		clear(a.After)
	}
}
