package matching

import (
	"math/bits"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/instep-go/instep"
)

// parts are nodes with a hash each, brought into parts by the upper bits of
// the hash: equal hashes are in one part, and a part fits into the nearest
// cache. Within a part, nodes stand in their own order.
type parts struct {
	hash  []uint64
	node  []int32
	ends  []uint32 // of each part
	shift uint     // brings a hash down to the number of its part
}

const (
	perPart  = 512 // about so many nodes are in a part
	partBits = 11  // more would be slow to write to
	maxParts = 1 << partBits
	serial   = 1 << 14 // so few nodes are done by one goroutine
)

// visitor calls a function for each node of a side that has a hash.
type visitor func(s instep.Side, visit func(hash uint64, node int32))

// split brings into parts what each visits, at most n nodes. Where it is known
// how the hashes of a side are spread, they need not be counted first.
func (p *parts) split(n int, spread [2][]uint32, each visitor) {
	count := min(1<<bits.Len(uint(n/perPart)), maxParts)
	p.shift = uint(64 - bits.Len(uint(count-1)))
	var at [2][]uint32
	both(n, func(s instep.Side) {
		h := make([]uint32, count)
		if spread[s] == nil {
			each(s, func(hash uint64, _ int32) { h[hash>>p.shift]++ })
		}
		for i, n := range spread[s] {
			h[i*count/maxParts] += n
		}
		at[s] = h
	})
	p.ends = make([]uint32, count)
	sum := uint32(0)
	for i := range count {
		for s := range at {
			at[s][i], sum = sum, sum+at[s][i]
		}
		p.ends[i] = sum
	}
	p.reserve(int(sum))
	p.hash, p.node = p.hash[:sum], p.node[:sum]
	both(n, func(s instep.Side) {
		to := at[s]
		each(s, func(hash uint64, node int32) {
			i := &to[hash>>p.shift]
			p.hash[*i], p.node[*i] = hash, node
			*i++
		})
	})
}

// reserve makes room for n nodes.
func (p *parts) reserve(n int) {
	if n > cap(p.hash) {
		p.hash, p.node = make([]uint64, n), make([]int32, n)
	}
}

// both does something for both sides, at the same time if there is much to do.
func both(n int, do func(s instep.Side)) {
	if n < serial {
		do(instep.Left)
		do(instep.Right)
		return
	}
	var wg sync.WaitGroup
	wg.Go(func() { do(instep.Left) })
	do(instep.Right)
	wg.Wait()
}

// groups calls judge for each group of at least two nodes with one hash, the
// nodes in their own order. The slice is good until the next call. If there
// are several workers, they judge different groups at the same time.
func (p *parts) groups(workers []worker, judge func(w *worker, hash uint64, nodes []int32)) {
	if len(p.hash) < serial {
		workers = workers[:1]
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	for i := range workers {
		work := func() {
			for {
				part := int(next.Add(1) - 1)
				if part >= len(p.ends) {
					return
				}
				from := uint32(0)
				if part > 0 {
					from = p.ends[part-1]
				}
				w := &workers[i]
				w.table.group(p.hash[from:p.ends[part]], p.node[from:p.ends[part]], func(hash uint64, nodes []int32) {
					judge(w, hash, nodes)
				})
			}
		}
		if i == len(workers)-1 {
			work()
		} else {
			wg.Go(work)
		}
	}
	wg.Wait()
}

// maxWorkers is how many goroutines judge groups at most.
func maxWorkers() int { return min(runtime.GOMAXPROCS(0), 16) }

// table finds equal hashes in a part. It is used again and again.
type table struct {
	slots []uint32 // by hash: the first entry with it, counted from 1
	next  []uint32 // by entry: the next one with the same hash, counted from 1; 0 behind the last
	last  []uint32 // by first entry: the last one with the same hash; later ones have none
	nodes []int32
}

const notFirst = ^uint32(0)

// group calls yield for each hash that stands there at least twice, with its
// nodes.
func (t *table) group(hashes []uint64, nodes []int32, yield func(hash uint64, nodes []int32)) {
	t.link(hashes)
	for i, h := range hashes {
		if t.last[i] == notFirst || t.next[i] == 0 {
			continue
		}
		t.nodes = t.nodes[:0]
		for j := uint32(i); ; j = t.next[j] - 1 {
			if k := len(t.nodes); k == 0 || t.nodes[k-1] != nodes[j] { // a record may say a key twice
				t.nodes = append(t.nodes, nodes[j])
			}
			if t.next[j] == 0 {
				break
			}
		}
		if len(t.nodes) > 1 {
			yield(h, t.nodes)
		}
	}
}

// link makes a chain of the entries with one hash.
func (t *table) link(hashes []uint64) {
	size := 1 << bits.Len(uint(2*len(hashes)))
	if size > len(t.slots) {
		t.slots, t.next, t.last = make([]uint32, size), make([]uint32, size), make([]uint32, size)
	}
	slots, next, last := t.slots[:size], t.next[:len(hashes)], t.last[:len(hashes)]
	clear(slots)
	mask := uint64(size - 1)
	for i, h := range hashes {
		next[i] = 0
		for at := h & mask; ; at = (at + 1) & mask {
			first := slots[at]
			if first == 0 {
				slots[at], last[i] = uint32(i)+1, uint32(i)
				break
			}
			if hashes[first-1] == h {
				next[last[first-1]], last[first-1] = uint32(i)+1, uint32(i)
				last[i] = notFirst
				break
			}
		}
	}
}
