package reconcile

import (
	"math/bits"

	"github.com/instep-go/instep"
)

// bitmap is a set of link ids, which are dense.
type bitmap []uint64

func (b *bitmap) set(id instep.LinkID) {
	i := int(id / 64)
	for i >= len(*b) {
		*b = append(*b, 0)
	}
	(*b)[i] |= 1 << (id % 64)
}

func (b bitmap) has(id instep.LinkID) bool {
	i := int(id / 64)
	return i < len(b) && b[i]&(1<<(id%64)) != 0
}

func (b bitmap) len() int {
	n := 0
	for _, word := range b {
		n += bits.OnesCount64(word)
	}
	return n
}

// nextUnset returns the smallest id from on that is not in the set.
func (b bitmap) nextUnset(from instep.LinkID) instep.LinkID {
	for i := int(from / 64); i < len(b); i++ {
		free := ^b[i]
		if i == int(from/64) {
			free &= ^uint64(0) << (from % 64)
		}
		if free != 0 {
			return instep.LinkID(i*64 + bits.TrailingZeros64(free))
		}
	}
	return max(from, instep.LinkID(len(b)*64))
}
