package connectortest

import (
	"slices"

	"github.com/instep-go/instep"
)

// holdRules are about what holds until further notice: fences and decisions.
var holdRules = []storeRule{
	{
		name: "fences",
		text: "a fence comes back as it was set, times to the microsecond, replaces one of the same link and side, stays when its link is replaced, and goes when it is taken away",
		check: func(s *storeTest) {
			first, second, third := fullFence(1, instep.Left), fullFence(1, instep.Right), instep.Fence{Link: 2}
			s.commit(instep.Batch{Links: []instep.Link{joined(1, 1, "a", "b"), joined(2, 1, "c", "")}, Fences: []instep.Fence{third, second, first}})
			s.equal("Open", s.open(), []string{show(first), show(second), show(third)})
			first.Map, first.Fields = 1, first.Fields[2:]
			s.commit(instep.Batch{Links: []instep.Link{joined(1, 2, "a2", "b")}, Fences: []instep.Fence{{Link: 1, Map: 9}, first}})
			s.equal("Open after a fence was replaced", s.open(), []string{show(first), show(second), show(third)})
			third.Fields = []instep.FencedField{{Rule: 3, At: at(1), Hash: 4}}
			s.commit(instep.Batch{Fences: []instep.Fence{third}, Marks: []instep.Mark{{Link: 2, Side: instep.Right}}})
			s.equal("Open after a fence was replaced without its link", s.open(), []string{show(instep.Mark{Link: 2, Side: instep.Right}), show(first), show(second), show(third)})
			s.commit(instep.Batch{Cleared: []instep.MarkID{{Link: 2, Side: instep.Right}}, Unfenced: []instep.MarkID{{Link: 1, Side: instep.Right}, {Link: 2, Side: instep.Right}, {Link: 9}}})
			s.equal("Open after fences were taken away", s.open(), []string{show(first), show(third)})
			s.commit(instep.Batch{Unfenced: []instep.MarkID{{Link: 2}}, Fences: []instep.Fence{{Link: 2, Map: 5}}})
			s.equal("Open after a fence was taken away and set", s.open(), []string{show(first), show(instep.Fence{Link: 2, Map: 5})})
		},
	},
	{
		name: "fences need their link",
		text: "a batch that fences a link which is not there, or which it drops or erases, fails with kind Conflict",
		check: func(s *storeTest) {
			s.commit(instep.Batch{Links: []instep.Link{joined(1, 1, "a", "")}})
			s.refuse(instep.Conflict, instep.Batch{Fences: []instep.Fence{{Link: 1}, {Link: 2}}})
			s.refuse(instep.Conflict, instep.Batch{Links: []instep.Link{joined(3, 1, "b", "")}, Fences: []instep.Fence{{Link: 3}, {Link: 2}}})
			s.refuse(instep.Conflict, instep.Batch{Dropped: []instep.LinkID{1}, Fences: []instep.Fence{{Link: 1}}})
			s.refuse(instep.Conflict, instep.Batch{Erased: []instep.LinkID{1}, Fences: []instep.Fence{{Link: 1}}})
			s.equal("Open", s.open(), []string{})
		},
	},
	{
		name: "decisions",
		text: "a decision comes back as it was made, replaces one of the same records and verdict, whatever becomes of links, and goes when it is revoked; revoking what is not there does nothing",
		check: func(s *storeTest) {
			first := fullDecision("a", "b", instep.NeverLink)
			second := instep.Decision{DecisionID: instep.DecisionID{Left: "a", Right: "b", Verdict: instep.KeepAlone}}
			third := fullDecision("b", "", instep.Erased)
			s.commit(instep.Batch{Links: []instep.Link{joined(1, 1, "a", "b")}, Decisions: []instep.Decision{third, second, first}})
			s.equal("Open", s.open(), []string{show(first), show(second), show(third)})
			first.Evidence, first.By = [2]uint64{1: 1 << 63}, "somebody else"
			s.commit(instep.Batch{Decisions: []instep.Decision{first}, Dropped: []instep.LinkID{1}})
			s.equal("Open after one was replaced", s.open(), []string{show(first), show(second), show(third)})
			s.commit(instep.Batch{Revoked: []instep.DecisionID{second.DecisionID, {Left: "b", Right: "a"}, {Left: "b"}}})
			s.equal("Open after one was revoked", s.open(), []string{show(first), show(third)})
			first.By = "again"
			s.commit(instep.Batch{Revoked: []instep.DecisionID{first.DecisionID}, Decisions: []instep.Decision{first}})
			s.equal("Open after one was revoked and made", s.open(), []string{show(first), show(third)})
		},
	},
	{
		name: "decisions by bytes",
		text: "decisions are about ids as bytes, and come in the order of their left ids, right ids and verdicts, byte by byte",
		check: func(s *storeTest) {
			var want []instep.DecisionID
			for _, left := range append(slices.Clone(oddIDs), "") {
				for _, right := range []string{"", "\x00", "nul\x00", "\xff"} {
					want = append(want, instep.DecisionID{Left: left, Right: right}, instep.DecisionID{Left: left, Right: right, Verdict: 255})
				}
			}
			var b instep.Batch
			for _, id := range slices.Backward(want) {
				b.Decisions = append(b.Decisions, instep.Decision{DecisionID: id})
			}
			s.commit(b)
			slices.SortFunc(want, compareDecisions)
			got := make([]instep.DecisionID, 0, len(want))
			for w, err := range s.Open(s.Context(), pairName) {
				if err != nil || w.Decision == nil {
					s.Fatalf("Open yields %s, %v", showWork(w), err)
				}
				got = append(got, w.Decision.DecisionID)
			}
			if !slices.Equal(got, want) {
				s.Errorf("Open:\n got %q\nwant %q", got, want)
			}
		},
	},
}
