package matching

import (
	"hash/maphash"
	"slices"

	"github.com/instep-go/instep"
)

// dropTwice leaves out the records that do not count: those of which a later
// view was added, and those that were removed.
func (x *resolver) dropTwice() {
	for _, s := range sides {
		r := x.regs[s]
		if !r.ordered {
			x.parts.split(r.first.n, [2][]uint32{}, x.each(s, func(i int32) (uint64, bool) {
				return maphash.String(r.seed, r.ids.at(int(i))), true
			}))
			x.parts.groups(x.workers, func(_ *worker, _ uint64, nodes []int32) { x.keepLast(r, nodes) })
		}
		for _, i := range r.away {
			x.found[x.node(s, i)].code = dropped
		}
	}
	for _, s := range sides {
		r := x.regs[s]
		if r.identities.n == 0 {
			continue
		}
		x.parts.split(r.identities.n, [2][]uint32{}, x.each(s, func(i int32) (uint64, bool) {
			if int(i) >= r.identities.n || x.found[x.node(s, i)].code == dropped {
				return 0, false
			}
			h := r.identities.at(uint32(i))
			return h, h != 0
		}))
		x.parts.groups(x.workers, func(_ *worker, _ uint64, nodes []int32) {
			for _, n := range nodes[:len(nodes)-1] { // renamed while it was listed
				x.found[n].code = dropped
			}
		})
	}
	x.dropped = slices.ContainsFunc(x.found, func(f finding) bool { return f.code == dropped })
}

// each visits the nodes of one side that a function gives a hash.
func (x *resolver) each(own instep.Side, hash func(i int32) (uint64, bool)) visitor {
	return func(s instep.Side, visit func(uint64, int32)) {
		if s != own {
			return
		}
		for i := range int32(x.regs[s].first.n) {
			if h, ok := hash(i); ok {
				visit(h, x.node(s, i))
			}
		}
	}
}

// keepLast leaves out all but the last of the nodes that have one id. Equal
// hashes are as good as equal ids, but here the ids are at hand.
func (x *resolver) keepLast(r *Register, nodes []int32) {
	var kept []string
	for _, n := range slices.Backward(nodes) {
		_, i := x.sideOf(n)
		id := r.ids.at(int(i))
		if slices.Contains(kept, id) {
			x.found[n].code = dropped
			continue
		}
		kept = append(kept, id)
	}
}
