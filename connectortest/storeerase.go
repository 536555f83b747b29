package connectortest

import (
	"slices"

	"github.com/instep-go/instep"
)

// eraseRules are about erased links, and about what a store tells of one link.
var eraseRules = []storeRule{
	{
		name: "erased links",
		text: "an erased link leaves nothing that leads to it or tells of it: no ids, keys, marks and fences; others stay; erasing what is not there does nothing",
		check: func(s *storeTest) {
			key := instep.KeyHash{Hash: 6, Sides: 3}
			s.commit(instep.Batch{Links: []instep.Link{joined(1, 1, "a", "b", key), joined(2, 1, "c", "d", key), joined(3, 1, "e", "f")},
				Marks:     []instep.Mark{fullMark(1, instep.Left), fullMark(1, instep.Right), fullMark(2, instep.Left)},
				Fences:    []instep.Fence{fullFence(1, instep.Left), fullFence(1, instep.Right), fullFence(2, instep.Left)},
				Decisions: []instep.Decision{fullDecision("a", "b", instep.NeverLink)},
			})
			s.keys(6)
			s.commit(instep.Batch{Erased: []instep.LinkID{1, 1, 50}, Dropped: []instep.LinkID{3}})
			s.missing(1)
			s.missing(3)
			s.equal("Lookup", slices.Concat(s.lookup(instep.Left, "a"), s.lookup(instep.Right, "b")), make([]instep.Known, 2))
			s.equal("Keys", s.keys(6), []instep.KeyHit{{Hash: 6, Link: 2, Sides: 3}})
			s.equal("Scan", s.scan(0, 9), []instep.Link{joined(2, 1, "c", "d", key)})
			s.equal("Open", s.open(), []string{show(fullMark(2, instep.Left)), show(fullFence(2, instep.Left)), show(fullDecision("a", "b", instep.NeverLink))})
			s.commit(instep.Batch{Erased: []instep.LinkID{2}, Links: []instep.Link{joined(4, 1, "c", "b", key)}})
			s.equal("Keys of the link that came in the same batch", s.keys(6), []instep.KeyHit{{Hash: 6, Link: 4, Sides: 3}})
		},
	},
	{
		name: "erased intents",
		text: "what is about an erased link goes out of the units; one of which nothing is left goes as a whole, one that had nothing stays",
		check: func(s *storeTest) {
			mine, others := fullUnit(1), fullUnit(2)
			mine.Intents = []instep.Intent{{Link: 2, Target: "x"}, {Link: 2, Target: "y"}}
			s.commit(instep.Batch{Links: []instep.Link{joined(1, 1, "a", ""), joined(2, 1, "b", "")}, Units: []instep.Unit{mine, others, {ID: 3}}})
			s.commit(instep.Batch{Pair: "other", Units: []instep.Unit{mine}})
			rest := others
			rest.Intents = []instep.Intent{others.Intents[0], others.Intents[2]}
			s.commit(instep.Batch{Erased: []instep.LinkID{2}})
			s.equal("Open", s.open(), []string{show(rest), show(instep.Unit{ID: 3})})
			s.commit(instep.Batch{Erased: []instep.LinkID{2}, Units: []instep.Unit{mine}})
			s.equal("Open after a unit came with the batch that erases", s.open(), []string{show(mine), show(rest), show(instep.Unit{ID: 3})})
			s.equal("the other pair", s.everything("other"), show(s.state("other"))+"\n"+show(mine)+"\n")
		},
	},
	{
		name: "erased activity",
		text: "the rows that tell of an erased link go from the log, also of one that was dropped before, but not those of the batch that erases; their numbers are not given out again",
		check: func(s *storeTest) {
			row := func(run string, link instep.LinkID) instep.Activity { return instep.Activity{Run: run, Link: link} }
			s.commit(instep.Batch{Links: []instep.Link{joined(1, 1, "a", ""), joined(2, 1, "b", ""), joined(3, 1, "c", "")},
				Activity: []instep.Activity{row("first", 1), row("many", 0), row("second", 2), row("third", 3), row("first again", 1)}})
			s.commit(instep.Batch{Pair: "other", Activity: []instep.Activity{row("other", 1), row("other", 3)}})
			s.commit(instep.Batch{Dropped: []instep.LinkID{3}})
			before := s.activity("", 0, 99)
			s.commit(instep.Batch{Pair: "other", Erased: []instep.LinkID{3}})
			s.commit(instep.Batch{Erased: []instep.LinkID{1, 3}, Activity: []instep.Activity{row("erased", 1)}})
			after := s.activity("", 0, 99)
			runs := make([]string, 0, len(after))
			for _, a := range after {
				runs = append(runs, a.Run)
			}
			s.equal("runs in the log", runs, []string{"many", "second", "other", "erased"})
			if last := after[len(after)-1].N; last <= before[len(before)-1].N {
				s.Errorf("a new row has number %d, which an erased one may have had", last)
			}
			s.equal("a page", s.activity(pairName, before[1].N, 1), []instep.Activity{before[2]})
			s.commit(instep.Batch{Erased: []instep.LinkID{1}})
			s.commit(instep.Batch{Activity: []instep.Activity{row("last", 2)}})
			if last := s.activity(pairName, before[2].N, 9); len(last) != 1 || last[0].N <= after[len(after)-1].N {
				s.Errorf("after the last row was erased: %s", show(last))
			}
		},
	},
	{
		name: "history",
		text: "History returns the newest rows that tell of one link of the pair, newest first and no more than asked for; rows that tell of many links are not among them",
		check: func(s *storeTest) {
			s.commit(instep.Batch{Links: []instep.Link{joined(3, 1, "a", "")}})
			const n = 7
			for i := range n {
				told := fullActivity(string(rune('a' + i))) // of link 3
				s.commit(instep.Batch{Activity: []instep.Activity{{Run: "many"}, told, {Run: "another", Link: 4}}})
				s.commit(instep.Batch{Pair: "other", Activity: []instep.Activity{told}})
			}
			s.commit(instep.Batch{Dropped: []instep.LinkID{3}})
			var want []instep.Activity
			for _, a := range slices.Backward(s.activity(pairName, 0, 99)) {
				if a.Link == 3 {
					want = append(want, a)
				}
			}
			s.equal("rows in the log", len(want), n)
			s.equal("History", s.history(pairName, 3, 99), want)
			s.equal("History, the newest", s.history(pairName, 3, 2), want[:2])
			s.equal("History, none", s.history(pairName, 3, 0), []instep.Activity{})
			s.equal("History of another link", len(s.history(pairName, 4, 99)), n)
			s.equal("History of no link", s.history(pairName, 0, 99), []instep.Activity{})
			s.equal("History of an unknown link", s.history(pairName, 5, 99), []instep.Activity{})
			s.equal("History in an unknown pair", s.history("unknown", 3, 99), []instep.Activity{})
		},
	},
}
