package matching

import (
	"slices"

	"github.com/instep-go/instep"
)

// resolver finds out how two registers match.
type resolver struct {
	regs  [2]*Register
	left  int32 // how many records the left side has: the nodes from there on are the right side's
	found []finding
	parts parts

	workers []worker
	more    map[int32][]int32 // see Result
	ranks   [256]rank         // of both sides together
	dropped bool              // some records do not count
	careful bool              // there are strong or weak keys
	others  [2]column[uint8]  // by key: how many of the other side have it, up to 2; empty without weak keys
}

// finding is what is known of a node. Its zero value is a record alone.
type finding struct {
	ref     int32 // matched: the other node; in doubt: the group, or list of groups, of the worker
	code    code
	rank    uint8 // that decided
	against uint8 // the rank that spoke against it
	worker  uint8
}

// worker judges groups. What it finds in doubt is kept with it.
type worker struct {
	number  uint8
	table   table
	open    [2][]int32
	taken   [2][]int32
	members []int32  // of all groups in doubt
	ends    []uint32 // of each group's members
}

func resolve(regs [2]*Register) *Result {
	x := &resolver{regs: regs, left: int32(regs[0].first.n)}
	x.found = make([]finding, regs[0].first.n+regs[1].first.n)
	x.workers = make([]worker, maxWorkers())
	for i := range x.workers {
		x.workers[i].number = uint8(i)
	}
	x.dropTwice()
	most := 0 // keys of one rank
	for i := range x.ranks {
		x.ranks[i] = merged(regs[0].ranks[i], regs[1].ranks[i])
		x.careful = x.careful || x.ranks[i].any&(strong|weak) != 0
		most = max(most, x.ranks[i].keys)
	}
	for k := range x.ranks {
		if x.ranks[k].any&weak != 0 {
			x.countOthers(uint8(k))
		}
	}
	x.parts.reserve(most)
	x.more = map[int32][]int32{}
	res := &Result{found: x.found, left: x.left, more: x.more}
	for k := range x.ranks {
		if x.ranks[k].keys > 1 {
			x.judgeRank(uint8(k))
		}
	}
	for i := range regs {
		res.ids[i] = regs[i].ids.seal()
		*regs[i] = Register{side: regs[i].side, seed: regs[i].seed, err: errSpent()}
	}
	for i := range x.workers {
		res.groups = append(res.groups, groups{x.workers[i].members, x.workers[i].ends})
	}
	return res
}

func merged(a, b rank) rank {
	switch {
	case a.keys == 0:
		return b
	case b.keys == 0:
		return a
	default:
		return rank{keys: a.keys + b.keys, many: a.many || b.many, any: a.any | b.any, all: a.all & b.all}
	}
}

// node returns the node of a record.
func (x *resolver) node(s instep.Side, i int32) int32 { return i + int32(s)*x.left }

// sideOf returns the side of a node, and the number of its record there.
func (x *resolver) sideOf(node int32) (instep.Side, int32) {
	if node >= x.left {
		return instep.Right, node - x.left
	}
	return instep.Left, node
}

// spread returns how the hashes of the keys of a rank are spread, by side.
func (x *resolver) spread(k uint8) [2][]uint32 {
	if x.dropped { // then some of them do not count
		return [2][]uint32{}
	}
	return [2][]uint32{x.regs[0].ranks[k].spread, x.regs[1].ranks[k].spread}
}

// withKey visits the nodes that have a key of the rank.
func (x *resolver) withKey(k uint8) visitor {
	return func(s instep.Side, visit func(uint64, int32)) {
		r := x.regs[s]
		if r.ranks[k].keys == 0 {
			return
		}
		node, record, last := x.node(s, 0)-1, 0, r.first.n
		next := uint32(0) // first key of the next record
		for c, kinds := range r.kinds.chunks {
			hashes := r.hashes.chunks[c]
			for i, kind := range kinds {
				for at := uint32(c<<chunkBits + i); at >= next; {
					node++
					if record++; record < last {
						next = r.first.at(uint32(record))
					} else {
						next = ^uint32(0)
					}
				}
				if uint8(kind>>flagBits) == k && (!x.dropped || x.found[node].code != dropped) {
					visit(hashes[i], node)
				}
			}
		}
	}
}

// keys are those of one node.
type keys struct {
	r    *Register
	side instep.Side
	from uint32
	to   uint32
}

func (x *resolver) keysOf(node int32) keys {
	s, i := x.sideOf(node)
	from, to := x.regs[s].keysOf(i)
	return keys{x.regs[s], s, from, to}
}

func (ks keys) kind(i uint32) (k uint8, flags uint8) {
	kind := ks.r.kinds.at(i)
	return uint8(kind >> flagBits), uint8(kind & (1<<flagBits - 1))
}

func (ks keys) hash(i uint32) uint64 { return ks.r.hashes.at(i) }

// has returns the number of the key of the rank with the hash.
func (ks keys) has(k uint8, hash uint64) (at uint32, ok bool) {
	for i := ks.from; i < ks.to; i++ {
		if own, _ := ks.kind(i); own == k && ks.hash(i) == hash {
			return i, true
		}
	}
	return 0, false
}

// countOthers counts for each key of a rank how many records of the other side
// have it.
func (x *resolver) countOthers(k uint8) {
	for s := range x.others {
		if o := &x.others[s]; o.n == 0 {
			for range x.regs[s].hashes.n {
				o.append(0)
			}
		}
	}
	x.parts.split(x.ranks[k].keys, x.spread(k), x.withKey(k))
	x.parts.groups(x.workers, func(_ *worker, hash uint64, nodes []int32) {
		right, _ := slices.BinarySearch(nodes, x.left)
		count := [2]int{right, len(nodes) - right}
		if count[0] == 0 || count[1] == 0 {
			return
		}
		for _, n := range nodes {
			ks := x.keysOf(n)
			other := uint8(min(count[ks.side.Other()], 2))
			for i := ks.from; i < ks.to; i++ {
				if own, _ := ks.kind(i); own == k && ks.hash(i) == hash {
					o := &x.others[ks.side]
					o.chunks[i>>chunkBits][i&(chunk-1)] = other
				}
			}
		}
	})
}
