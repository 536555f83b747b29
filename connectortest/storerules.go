package connectortest

import (
	"fmt"
	"math"
	"slices"

	"github.com/instep-go/instep"
)

// stateRules are about pairs.
var stateRules = []storeRule{
	{
		name: "empty store",
		text: "a pair that was never committed has a state with its name and nothing else, and there is nothing to be found in it",
		check: func(s *storeTest) {
			s.equal("Pair", s.state(pairName), instep.PairState{Name: pairName})
			s.equal("Lookup", s.lookup(instep.Left, "1", ""), make([]instep.Known, 2))
			s.equal("Keys", s.keys(1, 2), []instep.KeyHit{})
			s.equal("Scan", s.scan(0, 10), []instep.Link{})
			s.equal("Links of none", s.links(), []instep.Link{})
			s.equal("Open", s.open(), []string{})
			s.missing(1)
		},
	},
	{
		name: "state comes back",
		text: "Pair returns what the last commit with a state said, times to the microsecond",
		check: func(s *storeTest) {
			want := fullState(1)
			s.commit(instep.Batch{State: &want})
			s.equal("Pair", s.state(pairName), want)
			want = fullState(2)
			want.Mapping, want.Mappings = 3, []instep.MappingPrint{want.Mappings[1], {ID: 3, Rules: []string{"x"}, Prints: []string{"9"}}}
			s.commit(instep.Batch{State: &want})
			s.equal("Pair after the second commit", s.state(pairName), want)
			want = instep.PairState{Name: pairName, Gen: 3}
			s.commit(instep.Batch{State: &want})
			s.equal("Pair after a state without anything", s.state(pairName), want)
			s.commit(instep.Batch{Links: []instep.Link{joined(1, 1, "a", "")}})
			want.LastLink = 1
			s.equal("Pair after a commit without a state", s.state(pairName), want)
		},
	},
	{
		name: "state keeps its generation",
		text: "a state is taken only if its Gen is one above the stored one, else the commit fails with kind Conflict",
		check: func(s *storeTest) {
			first := fullState(1)
			s.commit(instep.Batch{State: &first})
			for _, gen := range []uint64{0, 1, 3, math.MaxUint64} {
				wrong := fullState(gen)
				wrong.Streams[0].Cursor = "moved"
				s.refuse(instep.Conflict, instep.Batch{State: &wrong, Links: []instep.Link{joined(1, 1, "a", "b")}})
			}
			s.equal("Pair", s.state(pairName), first)
			s.missing(1)
		},
	},
	{
		name: "batches build on a generation",
		text: "a batch without a state that names a generation is taken only if that is the one of the stored state, else the commit fails with kind Conflict; one that names none is",
		check: func(s *storeTest) {
			first, second := fullState(1), fullState(2)
			s.commit(instep.Batch{State: &first})
			s.commit(instep.Batch{Gen: 1, Links: []instep.Link{joined(1, 1, "a", "b")}})
			s.commit(instep.Batch{State: &second})
			for _, gen := range []uint64{1, 3, math.MaxUint64} {
				s.refuse(instep.Conflict, instep.Batch{Gen: gen, Links: []instep.Link{joined(2, 1, "c", "d")}})
			}
			s.missing(2)
			s.commit(instep.Batch{Gen: 2, Links: []instep.Link{joined(2, 1, "c", "d")}})
			s.commit(instep.Batch{Links: []instep.Link{joined(3, 1, "e", "")}})
			second.LastLink = 3
			s.equal("Pair", s.state(pairName), second)
		},
	},
	{
		name: "highest numbers",
		text: "LastLink and LastUnit are the highest numbers ever given out, whatever a batch's state says and whatever was dropped, settled or erased since",
		check: func(s *storeTest) {
			lie := instep.PairState{Gen: 1, LastLink: 77, LastUnit: 88}
			s.commit(instep.Batch{State: &lie, Links: []instep.Link{joined(1, 1, "a", ""), joined(9, 1, "b", "")}})
			s.commit(instep.Batch{Units: []instep.Unit{{ID: 4}, {ID: 2}}})
			s.commit(instep.Batch{Dropped: []instep.LinkID{9}, Settled: []instep.UnitID{4}, Links: []instep.Link{joined(5, 1, "c", "")}})
			s.highest("once some were dropped and settled", 9, 4)
			s.commit(instep.Batch{Links: []instep.Link{joined(12, 1, "d", "")}, Units: []instep.Unit{{ID: 6, Intents: []instep.Intent{{Link: 12}}}}})
			s.commit(instep.Batch{Erased: []instep.LinkID{12}})
			s.highest("once some were erased", 12, 6)
		},
	},
	{
		name: "pairs are apart",
		text: "pairs share nothing but the activity log: the same ids, numbers and keys mean something else in each",
		check: func(s *storeTest) {
			other := instep.PairState{Gen: 1, Streams: [2]instep.Stream{{Cursor: "other"}}}
			s.commit(instep.Batch{Links: []instep.Link{joined(1, 1, "a", "b", instep.KeyHash{Hash: 5, Sides: 3})}})
			s.commit(instep.Batch{Pair: "other", State: &other, Links: []instep.Link{joined(1, 1, "c", "a", instep.KeyHash{Hash: 5, Sides: 3})},
				Units: []instep.Unit{{ID: 3}}, Marks: []instep.Mark{{Link: 1, Outcome: instep.Review}},
				Fences: []instep.Fence{fullFence(1, instep.Left)}, Decisions: []instep.Decision{fullDecision("a", "", instep.KeepAlone)}})
			s.equal("Lookup left", s.lookup(instep.Left, "a", "c"), []instep.Known{{Link: 1, Sum: 1<<32 | 1}, {}})
			s.equal("Lookup right", s.lookup(instep.Right, "a", "b"), []instep.Known{{}, {Link: 1, Sum: 1<<32 | 1}})
			s.equal("Keys", s.keys(5), []instep.KeyHit{{Hash: 5, Link: 1, Sides: 3}})
			s.equal("Open", s.open(), []string{})
			s.equal("Scan", s.scan(0, 10), []instep.Link{joined(1, 1, "a", "b", instep.KeyHash{Hash: 5, Sides: 3})})
			s.commit(instep.Batch{Pair: "other", Dropped: []instep.LinkID{1}})
			s.equal("Keys after a drop in the other pair", s.keys(5), []instep.KeyHit{{Hash: 5, Link: 1, Sides: 3}})
		},
	},
}

// linkRules are about links and what leads to them.
var linkRules = []storeRule{
	{
		name: "links come back",
		text: "Links and Scan return every field of a link as it was committed, whichever sides it has",
		check: func(s *storeTest) {
			want := variedLinks()
			s.commit(instep.Batch{Links: want})
			s.equal("Scan", s.scan(0, 100), want)
			for i := range want {
				s.equal("Links", s.links(want[i].ID), want[i:i+1])
			}
			s.equal("Links in another order", s.links(5, 1, 3, 1), []instep.Link{want[4], want[0], want[2], want[0]})
			s.missing(0)
			s.missing(99)
			s.missing(math.MaxUint64)
		},
	},
	{
		name: "scan by pages",
		text: "Scan returns at most limit links above after, in ascending order",
		check: func(s *storeTest) {
			var links []instep.Link
			for _, id := range []instep.LinkID{40, 10, 30, 20, 50} {
				links = append(links, joined(id, 1, fmt.Sprint("l", id), ""))
			}
			s.commit(instep.Batch{Links: links})
			for _, page := range []struct {
				after instep.LinkID
				limit int
				want  []instep.LinkID
			}{{0, 2, []instep.LinkID{10, 20}}, {20, 2, []instep.LinkID{30, 40}}, {40, 2, []instep.LinkID{50}},
				{50, 2, nil}, {math.MaxUint64, 2, nil}, {15, 1, []instep.LinkID{20}}, {0, 0, nil}} {
				var got []instep.LinkID
				for _, l := range s.scan(page.after, page.limit) {
					got = append(got, l.ID)
				}
				s.equal(fmt.Sprintf("Scan after %d, limit %d", page.after, page.limit), got, page.want)
			}
		},
	},
	{
		name: "odd ids",
		text: "ids are told apart byte by byte, and come back byte by byte",
		check: func(s *storeTest) {
			var links []instep.Link
			for i, id := range oddIDs {
				links = append(links, joined(instep.LinkID(i+1), 1, id, oddIDs[len(oddIDs)-1-i]))
			}
			s.commit(instep.Batch{Links: links})
			s.equal("Scan", s.scan(0, 100), links)
			for i, known := range s.lookup(instep.Left, oddIDs...) {
				s.equal(fmt.Sprintf("Lookup of %.20q", oddIDs[i]), known, instep.Known{Link: links[i].ID, Sum: links[i].Sides[0].Sum})
			}
			s.equal("Lookup of what is not there", s.lookup(instep.Left, "31\x00", "A-1 ", "\xff", "long"), make([]instep.Known, 4))
		},
	},
	{
		name: "lookup is aligned",
		text: "Lookup answers id by id in the order asked: unknown ids and empty ones are zero, one asked for twice is answered twice",
		check: func(s *storeTest) {
			const n = 3000
			var links []instep.Link
			for i := range n {
				links = append(links, joined(instep.LinkID(i+1), 1, fmt.Sprintf("l%05d", 2*i), fmt.Sprintf("r%05d", n-i)))
			}
			s.commit(instep.Batch{Links: links})
			for name, ids := range idPages(n) {
				for i, known := range s.lookup(instep.Left, ids...) {
					var want instep.Known
					var number int
					if _, err := fmt.Sscanf(ids[i], "l%d", &number); err == nil && number%2 == 0 && number < 2*n {
						want = instep.Known{Link: instep.LinkID(number/2 + 1), Sum: links[number/2].Sides[0].Sum}
					}
					if known != want {
						s.Fatalf("%s: id %d, %q: got %+v, want %+v", name, i, ids[i], known, want)
					}
				}
			}
		},
	},
	{
		name: "lookup of differing lengths",
		text: "Lookup panics if there are not as many places as ids",
		check: func(s *storeTest) {
			defer func() {
				if recover() == nil {
					s.Error("Lookup did not panic")
				}
			}()
			_ = s.Lookup(s.Context(), pairName, instep.Left, []string{"1", "2"}, make([]instep.Known, 1))
		},
	},
	{
		name: "match keys",
		text: "Keys returns the links that hold a hash on either side, in the order of the hashes asked for and then of link ids",
		check: func(s *storeTest) {
			const twin = 5<<32 | 7 // shares its upper half with 5<<32
			s.commit(instep.Batch{Links: []instep.Link{
				joined(3, 1, "a", "b", instep.KeyHash{Hash: 5 << 32, Sides: 3}, instep.KeyHash{Hash: 0, Sides: 1}),
				joined(1, 1, "c", "", instep.KeyHash{Hash: 5 << 32, Sides: 1}, instep.KeyHash{Hash: math.MaxUint64, Sides: 1}),
				joined(2, 1, "", "d", instep.KeyHash{Hash: twin, Sides: 2}, instep.KeyHash{Hash: 1 << 63, Sides: 2}),
			}})
			s.equal("Keys", s.keys(1<<63, 5<<32, 42, 0, twin, math.MaxUint64, 5<<32), []instep.KeyHit{
				{Hash: 1 << 63, Link: 2, Sides: 2},
				{Hash: 5 << 32, Link: 1, Sides: 1}, {Hash: 5 << 32, Link: 3, Sides: 3},
				{Hash: 0, Link: 3, Sides: 1},
				{Hash: twin, Link: 2, Sides: 2},
				{Hash: math.MaxUint64, Link: 1, Sides: 1},
				{Hash: 5 << 32, Link: 1, Sides: 1}, {Hash: 5 << 32, Link: 3, Sides: 3},
			})
		},
	},
	{
		name: "replaced links",
		text: "a link is replaced as a whole: ids and keys it no longer has lead nowhere, those it has now lead to it, whether or not Keys was called before",
		check: func(s *storeTest) {
			k := func(hash uint64, sides uint8) instep.KeyHash { return instep.KeyHash{Hash: hash, Sides: sides} }
			for round := range 2 {
				id := instep.LinkID(round + 1)
				s.commit(instep.Batch{Links: []instep.Link{joined(id, 1, "a", "", k(1, 1), k(2, 1))}})
				if round == 1 {
					s.keys(1)
				}
				s.commit(instep.Batch{Links: []instep.Link{joined(id, 2, "a", "b", k(2, 3), k(3, 2))}})
				s.equal("Keys once joined", s.keys(1, 2, 3), []instep.KeyHit{{Hash: 2, Link: id, Sides: 3}, {Hash: 3, Link: id, Sides: 2}})
				s.commit(instep.Batch{Links: []instep.Link{joined(id, 3, "renamed", "b", k(4, 3))}})
				s.equal("Lookup left", s.lookup(instep.Left, "a", "renamed"), []instep.Known{{}, {Link: id, Sum: uint64(id)<<32 | 3}})
				s.equal("Lookup right", s.lookup(instep.Right, "b"), []instep.Known{{Link: id, Sum: uint64(id)<<32 | 3}})
				s.equal("Keys once renamed", s.keys(1, 2, 3, 4), []instep.KeyHit{{Hash: 4, Link: id, Sides: 3}})
				s.equal("Links", s.links(id), []instep.Link{joined(id, 3, "renamed", "b", k(4, 3))})
				s.commit(instep.Batch{Links: []instep.Link{joined(id, 4, "renamed", "")}})
				s.equal("Lookup right once parted", s.lookup(instep.Right, "b"), []instep.Known{{}})
				s.commit(instep.Batch{Dropped: []instep.LinkID{id}})
				s.equal("Keys once dropped", s.keys(1, 2, 3, 4), []instep.KeyHit{})
			}
		},
	},
	{
		name: "ids that change hands",
		text: "records may go from one link to another within a batch",
		check: func(s *storeTest) {
			s.commit(instep.Batch{Links: []instep.Link{joined(1, 1, "a", "x"), joined(2, 1, "b", "y"), joined(3, 1, "", "z")}})
			s.commit(instep.Batch{Dropped: []instep.LinkID{3}, Links: []instep.Link{joined(1, 2, "b", "z"), joined(2, 2, "a", "y"), joined(4, 1, "c", "x")}})
			got := append(s.lookup(instep.Left, "a", "b", "c"), s.lookup(instep.Right, "x", "y", "z")...)
			var links []instep.LinkID
			for _, k := range got {
				links = append(links, k.Link)
			}
			s.equal("links of a b c x y z", links, []instep.LinkID{2, 1, 4, 4, 2, 1})
		},
	},
	{
		name: "dropped links",
		text: "a dropped link takes its ids, keys, marks and fences with it, and its records can be linked anew; dropping what is not there does nothing",
		check: func(s *storeTest) {
			key := instep.KeyHash{Hash: 6, Sides: 3}
			s.commit(instep.Batch{Links: []instep.Link{joined(1, 1, "a", "b", key), joined(2, 1, "c", "d", key)},
				Marks:  []instep.Mark{{Link: 1, Side: instep.Right, Outcome: instep.Review}, {Link: 2, Outcome: instep.Failed}},
				Fences: []instep.Fence{fullFence(1, instep.Left), fullFence(1, instep.Right), fullFence(2, instep.Left)}})
			s.keys(6)
			s.commit(instep.Batch{Dropped: []instep.LinkID{1, 1, 50}})
			s.missing(1)
			s.equal("Lookup", slices.Concat(s.lookup(instep.Left, "a"), s.lookup(instep.Right, "b")), make([]instep.Known, 2))
			s.equal("Keys", s.keys(6), []instep.KeyHit{{Hash: 6, Link: 2, Sides: 3}})
			s.equal("Open", s.open(), []string{show(instep.Mark{Link: 2, Outcome: instep.Failed}), show(fullFence(2, instep.Left))})
			s.commit(instep.Batch{Links: []instep.Link{joined(3, 1, "a", "b", key)}})
			s.equal("Keys of the new link", s.keys(6), []instep.KeyHit{{Hash: 6, Link: 2, Sides: 3}, {Hash: 6, Link: 3, Sides: 3}})
		},
	},
	{
		name: "ids out of order",
		text: "link ids may be committed in any order and with gaps; an id below the highest is as good as another",
		check: func(s *storeTest) {
			key := instep.KeyHash{Hash: 8, Sides: 3}
			s.commit(instep.Batch{Links: []instep.Link{joined(20, 1, "a", "b", key)}})
			s.keys(8)
			s.commit(instep.Batch{Links: []instep.Link{joined(11, 1, "c", "d", key), joined(10, 1, "e", "f", key)}})
			s.equal("Keys", s.keys(8), []instep.KeyHit{{Hash: 8, Link: 10, Sides: 3}, {Hash: 8, Link: 11, Sides: 3}, {Hash: 8, Link: 20, Sides: 3}})
			s.equal("Lookup", s.lookup(instep.Left, "c"), []instep.Known{{Link: 11, Sum: 11<<32 | 1}})
		},
	},
}

// highest checks the highest numbers given out.
func (s *storeTest) highest(when string, link instep.LinkID, unit instep.UnitID) {
	s.Helper()
	got := s.state(pairName)
	s.equal("LastLink "+when, got.LastLink, link)
	s.equal("LastUnit "+when, got.LastUnit, unit)
}

// idPages are pages of ids as sources give them: n of "l00000", "l00002" …
// are there.
func idPages(n int) map[string][]string {
	id := func(i int) string { return fmt.Sprintf("l%05d", i) }
	var every, second, sparse, shuffled []string
	for i := range n {
		every, second = append(every, id(i)), append(second, id(2*i))
		shuffled = append(shuffled, id(i*7919%(3*n)))
		if i%100 == 0 {
			sparse = append(sparse, id(2*i))
		}
	}
	backwards := slices.Clone(second)
	slices.Reverse(backwards)
	return map[string][]string{
		"none": nil, "one": {id(4)}, "every number": every, "every id": second, "few in order": sparse, "in any order": shuffled,
		"backwards": backwards, "twice": {id(4), id(6), id(4), id(4)}, "twice in order": {"", "", id(0), id(0), id(2), id(2)},
		"beyond": {"a", "k", "l", "l99999", "m", ""}, "dense, then far": append(slices.Clone(second[:600]), id(2*n-2), "zz"),
	}
}
