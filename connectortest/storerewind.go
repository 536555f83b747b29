package connectortest

import "github.com/instep-go/instep"

// rewindRules are about states that are older than what was once committed.
var rewindRules = []storeRule{
	{
		name: "the newest state is not rewound", kept: true,
		text: "a store that is opened again on all that was committed does not set Rewound",
		check: func(s *storeTest) {
			for gen := range uint64(4) {
				s.commit(instep.Batch{State: &instep.PairState{Gen: gen + 1}})
				s.commit(instep.Batch{Links: []instep.Link{joined(instep.LinkID(gen+1), 1, "", "")}})
				s.again()
				s.rewound("after it was opened again", false, pairName, "unknown")
			}
		},
	},
	{
		name: "an older state is rewound", older: true,
		text: "where an older state was put back, Rewound is set for all pairs: those it knows, and those it does not know any more",
		check: func(s *storeTest) {
			s.commit(instep.Batch{State: &instep.PairState{Gen: 1}, Links: []instep.Link{joined(1, 1, "a", "b")}})
			putBack := s.copied()
			s.rewound("after a copy was taken", false, pairName, "unknown")
			before := s.everything(pairName)
			s.commit(instep.Batch{Links: []instep.Link{joined(1, 2, "a", "c")}})
			s.commit(instep.Batch{Pair: "later", State: &instep.PairState{Gen: 1}})
			for range 2 {
				putBack()
				s.rewound("after the copy was put back", true, pairName, "later", "unknown")
				want := s.state(pairName)
				want.Rewound = false
				s.equal("all but that", s.everythingWith(want), before)
			}
		},
	},
	{
		name: "what ends a rewind", older: true,
		text: "Rewound stays set, also of a pair that is new to the store, until a state in which it is not set is committed to the pair; it ends for this pair only",
		check: func(s *storeTest) {
			s.commit(instep.Batch{State: &instep.PairState{Gen: 1}})
			putBack := s.copied()
			s.commit(instep.Batch{State: &instep.PairState{Gen: 2}})
			putBack()
			s.commit(instep.Batch{Links: []instep.Link{joined(1, 1, "a", "b")}})
			s.commit(instep.Batch{Pair: "new", Links: []instep.Link{joined(1, 1, "a", "b")}})
			s.rewound("after commits without a state", true, pairName, "new", "unknown")
			s.commit(instep.Batch{State: &instep.PairState{Gen: 2, Rewound: true}})
			s.rewound("after a commit with a state in which it is set", true, pairName, "new", "unknown")
			s.commit(instep.Batch{Pair: "new", State: &instep.PairState{Gen: 1}})
			s.rewound("the other ones after it has ended for one", true, pairName, "unknown")
			s.rewound("after a commit with a state in which it is not set", false, "new")
			if s.reopen != nil {
				s.again()
				s.rewound("the other ones after the store was opened again", true, pairName, "unknown")
				s.rewound("after the store was opened again", false, "new")
			}
		},
	},
	{
		name: "a rewind is no cover", older: true,
		text: "an older state is noticed again when it is put back again, or a copy of what came after it, also once the first rewind has ended",
		check: func(s *storeTest) {
			gen := uint64(1)
			commit := func() {
				s.commit(instep.Batch{State: &instep.PairState{Gen: gen}})
				gen++
			}
			commit()
			first := s.copied()
			for range 5 {
				commit()
			}
			first()
			gen = 2
			commit()
			s.rewound("after the first one has ended", false, pairName)
			second := s.copied()
			commit()
			second()
			s.rewound("after a copy of the new state was put back", true, pairName)
			gen = 3
			commit()
			first()
			s.rewound("after the first copy was put back again", true, pairName)
		},
	},
}

// rewound checks what the states of pairs say.
func (s *storeTest) rewound(when string, want bool, pairs ...string) {
	s.Helper()
	for _, pair := range pairs {
		if got := s.state(pair).Rewound; got != want {
			s.Errorf("pair %q %s: Rewound is %v, want %v", pair, when, got, want)
		}
	}
}
