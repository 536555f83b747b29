package connectortest

import "github.com/instep-go/instep"

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
			all := func() string {
				return s.everything(pairName) + show(s.log()) + show(s.keys(2, 4)) + show(s.lookup(instep.Left, "l", "l8"))
			}
			for range 3 {
				before := all()
				s.again()
				if after := all(); after != before {
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
