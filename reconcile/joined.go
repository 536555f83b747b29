package reconcile

import (
	"cmp"
	"encoding/binary"
	"iter"
	"slices"
	"sync"

	"github.com/instep-go/instep"
)

// joined are two records that met in this pass and are equal: nothing is
// written but the link. In a first load these are nearly all, so that they are
// held as this and not as works.
type joined struct {
	obs  [2]int32
	rank uint8 // of the key they met by
}

// meetEqual notes two records that have no links yet and are equal, and
// reports whether they are.
func (ps *pass) meetEqual(l, r *node, rank uint8) bool {
	for _, n := range [2]*node{l, r} {
		if n.obs < 0 || n.link != nil {
			return false
		}
		if ob := ps.obs[n.side].ob(n.obs); ob.rare().unfit != nil || ob.rare().direct {
			return false
		}
	}
	if !slices.Equal(ps.obs[instep.Left].vec(l.obs), ps.obs[instep.Right].vec(r.obs)) {
		return false
	}
	ps.joined = append(ps.joined, joined{[2]int32{l.obs, r.obs}, rank})
	return true
}

// workOf is what a work would be for two records that met and are equal.
func (ps *pass) workOf(j joined) work {
	how := ps.keyName(j.rank)
	return work{
		outcome: instep.Linked, side: ps.pair.First.Other(), obs: j.obs, meeting: true, how: how, reason: equalKey(how),
	}
}

// sortJoined brings them into the order that their works would have.
func (ps *pass) sortJoined() {
	if len(ps.joined) < 2 {
		return
	}
	l := &ps.obs[instep.Left]
	shared := l.ob(ps.joined[0].obs[0]).id() // what all ids begin with
	for _, j := range ps.joined {
		id, n := l.ob(j.obs[0]).id(), 0
		for n < min(len(shared), len(id)) && shared[n] == id[n] {
			n++
		}
		shared = shared[:n]
	}
	type placed struct {
		joined
		next uint64 // eight bytes of the id after what is shared
	}
	list := make([]placed, len(ps.joined))
	for i, j := range ps.joined {
		var next [8]byte
		copy(next[:], l.ob(j.obs[0]).id()[len(shared):])
		list[i] = placed{j, binary.BigEndian.Uint64(next[:])}
	}
	compare := func(a, b placed) int { // a record meets but one, so that the left ids tell them apart
		if a.next != b.next {
			return cmp.Compare(a.next, b.next)
		}
		return cmp.Compare(l.ob(a.obs[0]).id(), l.ob(b.obs[0]).id())
	}
	one, two := list[:len(list)/2], list[len(list)/2:]
	var wg sync.WaitGroup
	wg.Go(func() { slices.SortFunc(one, compare) })
	slices.SortFunc(two, compare)
	wg.Wait()
	for i := range ps.joined {
		from := &one
		if len(one) == 0 || len(two) > 0 && compare(two[0], one[0]) < 0 {
			from = &two
		}
		ps.joined[i], *from = (*from)[0].joined, (*from)[1:]
	}
}

// all yields the works, creations as works, and those that are only held as joined, in their order.
// What is yielded for the latter is nil and the records that met.
func (ps *pass) all() iter.Seq2[*work, joined] {
	return func(yield func(*work, joined) bool) {
		rest := ps.joined
		for w := range ps.held() {
			for len(rest) > 0 && ps.joinedBefore(rest[0], w) {
				if !yield(nil, rest[0]) {
					return
				}
				rest = rest[1:]
			}
			if !yield(w, joined{}) {
				return
			}
		}
		for _, j := range rest {
			if !yield(nil, j) {
				return
			}
		}
	}
}

// joinedBefore reports whether the work of two that met comes before another.
func (ps *pass) joinedBefore(j joined, w *work) bool {
	if w.outcome != instep.Linked {
		linked := work{outcome: instep.Linked}
		return cmp.Or(cmp.Compare(linked.order(), w.order()), cmp.Compare(linked.outcome, w.outcome)) < 0
	}
	l, r := ps.obs[instep.Left].ob(j.obs[0]).id(), ps.obs[instep.Right].ob(j.obs[1]).id()
	return cmp.Or(cmp.Compare(l, ps.id(w, instep.Left)), cmp.Compare(r, ps.id(w, instep.Right))) < 0
}

// linkJoined returns the link of two records that met and are equal.
func (ps *pass) linkJoined(j joined, how string) instep.Link {
	ps.state.LastLink++
	link := instep.Link{ID: ps.state.LastLink, Gen: 1, Map: ps.state.Mapping, Rule: how}
	o := &ps.obs[instep.Left]
	base := ps.bytes.take(4*len(ps.pair.rules), 1<<16)
	for i, h := range o.vec(j.obs[0]) {
		binary.LittleEndian.PutUint32(base[4*i:], h)
	}
	for s := range link.Sides {
		ob := ps.obs[s].ob(j.obs[s])
		link.Sides[s] = instep.LinkSide{ID: ob.id(), Identity: ob.identity(), Version: ob.rare().version, Sum: ob.sum, Base: base}
	}
	link.Keys = ps.joinedKeys(j)
	return link
}

// joinedKeys returns the match keys of both records, sorted and each once.
func (ps *pass) joinedKeys(j joined) []instep.KeyHash {
	keys := ps.keyScratch[:0]
	for s := range j.obs {
		ob, bit := ps.obs[s].ob(j.obs[s]), uint8(1)<<s
		for _, h := range ob.hashes() {
			keys = addKeyHash(keys, h, bit)
		}
		keys = addKeyHash(keys, ob.identity(), bit)
	}
	ps.keyScratch = keys
	return ps.sortedKeyHashes(keys)
}

// slab gives out memory by the piece.
type slab[T any] []T

// take returns n zero values, of a piece of the given size if a new one is
// needed.
func (s *slab[T]) take(n, size int) []T {
	if cap(*s)-len(*s) < n {
		*s = make([]T, 0, max(size, n))
	}
	from := len(*s)
	*s = (*s)[:from+n]
	return (*s)[from : from+n : from+n]
}
