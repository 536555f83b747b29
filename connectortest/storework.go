package connectortest

import (
	"fmt"
	"math"

	"github.com/instep-go/instep"
)

// workRules are about marks, units and the activity log.
var workRules = []storeRule{
	{
		name: "marks",
		text: "a mark comes back as it was set, replaces one of the same link and side, stays when its link is replaced, and goes when it is cleared",
		check: func(s *storeTest) {
			first, second := fullMark(1, instep.Left), fullMark(1, instep.Right)
			third := instep.Mark{Link: 2, Outcome: instep.Unfit}
			s.commit(instep.Batch{Links: []instep.Link{joined(1, 1, "a", "b"), joined(2, 1, "c", "")}, Marks: []instep.Mark{third, second, first}})
			s.equal("Open", s.open(), []string{show(first), show(second), show(third)})
			first.Outcome, first.Tries = instep.Failed, 9
			s.commit(instep.Batch{Links: []instep.Link{joined(1, 2, "a2", "b")}, Marks: []instep.Mark{first}})
			s.equal("Open after a mark was replaced", s.open(), []string{show(first), show(second), show(third)})
			s.commit(instep.Batch{Cleared: []instep.MarkID{{Link: 1, Side: instep.Right}, {Link: 2, Side: instep.Right}, {Link: 9}}})
			s.equal("Open after marks were cleared", s.open(), []string{show(first), show(third)})
			s.commit(instep.Batch{Cleared: []instep.MarkID{{Link: 2}}, Marks: []instep.Mark{{Link: 2, Outcome: instep.Gone}}})
			s.equal("Open after a mark was cleared and set", s.open(), []string{show(first), show(instep.Mark{Link: 2, Outcome: instep.Gone})})
		},
	},
	{
		name: "marks need their link",
		text: "a batch that marks a link which is not there, or which it drops or erases, fails with kind Conflict",
		check: func(s *storeTest) {
			s.commit(instep.Batch{Links: []instep.Link{joined(1, 1, "a", "")}})
			s.refuse(instep.Conflict, instep.Batch{Marks: []instep.Mark{{Link: 1}, {Link: 2}}})
			s.refuse(instep.Conflict, instep.Batch{Dropped: []instep.LinkID{1}, Marks: []instep.Mark{{Link: 1}}})
			s.refuse(instep.Conflict, instep.Batch{Erased: []instep.LinkID{1}, Marks: []instep.Mark{{Link: 1}}})
			s.equal("Open", s.open(), []string{})
		},
	},
	{
		name: "units",
		text: "units come back as they were set, in the order of their ids and before all marks, until they are settled",
		check: func(s *storeTest) {
			mark := instep.Mark{Link: 1, Outcome: instep.Blocked}
			s.commit(instep.Batch{Links: []instep.Link{joined(1, 1, "a", "")}, Marks: []instep.Mark{mark}, Units: []instep.Unit{fullUnit(7), fullUnit(2)}})
			s.commit(instep.Batch{Units: []instep.Unit{{ID: 5}}})
			s.equal("Open", s.open(), []string{show(fullUnit(2)), show(instep.Unit{ID: 5}), show(fullUnit(7)), show(mark)})
			rest := fullUnit(7)
			rest.Intents = rest.Intents[:1]
			s.commit(instep.Batch{Settled: []instep.UnitID{2, 99}, Units: []instep.Unit{rest}})
			s.equal("Open after one was settled and one replaced", s.open(), []string{show(instep.Unit{ID: 5}), show(rest), show(mark)})
		},
	},
	{
		name: "open work by pages",
		text: "Open yields all there is, first units, then marks, fences and decisions, can be stopped, and lets the loop's body call the store and change what it was given",
		check: func(s *storeTest) {
			const n = 1203
			var b instep.Batch
			for i := range n {
				id := i + 1
				b.Links = append(b.Links, joined(instep.LinkID(id), 1, fmt.Sprint("l", id), ""))
				b.Marks = append(b.Marks, instep.Mark{Link: instep.LinkID(id), Side: instep.Left}, instep.Mark{Link: instep.LinkID(id), Side: instep.Right})
				b.Units = append(b.Units, instep.Unit{ID: instep.UnitID(id)})
				b.Fences = append(b.Fences, instep.Fence{Link: instep.LinkID(id), Side: instep.Left}, instep.Fence{Link: instep.LinkID(id), Side: instep.Right})
				b.Decisions = append(b.Decisions, instep.Decision{DecisionID: decisionAt(i)})
			}
			s.commit(b)
			got := 0
			for w, err := range s.Open(s.Context(), pairName) {
				if err != nil {
					s.Fatalf("Open: %v", err)
				}
				if want := openOrder(got, n); showWork(w) != want {
					s.Fatalf("element %d: got %s, want %s", got, showWork(w), want)
				}
				spoilWork(w)
				if got++; got%700 == 0 {
					s.links(1)
					s.commit(instep.Batch{Links: []instep.Link{joined(n+instep.LinkID(got), 1, fmt.Sprint("m", got), "")}})
				}
			}
			if got != 6*n {
				s.Errorf("Open yielded %d elements, want %d", got, 6*n)
			}
			for _, err := range s.Open(s.Context(), pairName) {
				if err != nil {
					s.Errorf("Open: %v", err)
				}
				break
			}
		},
	},
	{
		name: "activity log",
		text: "rows of the log are numbered upwards across all pairs in the order of commits, and come back as they were given, with number and pair",
		check: func(s *storeTest) {
			s.commit(instep.Batch{Activity: []instep.Activity{fullActivity("a"), {Outcome: instep.Created}}})
			s.commit(instep.Batch{Pair: "other", Activity: []instep.Activity{fullActivity("b")}})
			s.commit(instep.Batch{Activity: []instep.Activity{fullActivity("c")}})
			all := s.activity("", 0, 100)
			want := []instep.Activity{fullActivity("a"), {Outcome: instep.Created}, fullActivity("b"), fullActivity("c")}
			for i := range min(len(all), len(want)) {
				if i > 0 && all[i].N <= all[i-1].N {
					s.Errorf("row %d has number %d, after %d", i, all[i].N, all[i-1].N)
				}
				want[i].N, want[i].Pair = all[i].N, pairName
			}
			want[2].Pair = "other"
			s.equal("Activity of all pairs", all, want)
			s.equal("Activity of one pair", s.activity(pairName, 0, 100), []instep.Activity{want[0], want[1], want[3]})
			s.equal("Activity of one pair, a page", s.activity(pairName, want[0].N, 1), want[1:2])
			s.equal("Activity of all pairs, a page", s.activity("", want[1].N, 1), want[2:3])
			s.equal("Activity of an unknown pair", s.activity("unknown", 0, 100), []instep.Activity{})
			s.equal("Activity beyond the end", s.activity("", math.MaxUint64, 100), []instep.Activity{})
		},
	},
}

// decisionAt is the i-th of many decisions that share ids.
func decisionAt(i int) instep.DecisionID {
	return instep.DecisionID{Left: fmt.Sprintf("l%03d", i/9), Right: fmt.Sprintf("r%d", i/3%3), Verdict: instep.Verdict(i % 3)}
}

// openOrder is what Open yields at position i of n units, two marks and two
// fences for each of n links, and n decisions.
func openOrder(i, n int) string {
	id := func(i int) (instep.LinkID, instep.Side) { return instep.LinkID(i/2 + 1), instep.Side(i % 2) }
	switch {
	case i < n:
		return show(instep.Unit{ID: instep.UnitID(i + 1)})
	case i < 3*n:
		link, side := id(i - n)
		return show(instep.Mark{Link: link, Side: side})
	case i < 5*n:
		link, side := id(i - 3*n)
		return show(instep.Fence{Link: link, Side: side})
	default:
		return show(instep.Decision{DecisionID: decisionAt(i - 5*n)})
	}
}
