package matching

import "strings"

// chunk is how many values of a column lie side by side: large enough that
// finding one is cheap, small enough that growing never moves much.
const (
	chunkBits = 15
	chunk     = 1 << chunkBits
)

// column is a slice that grows without moving what it holds. The zero value is
// empty.
type column[T any] struct {
	chunks [][]T
	n      int
}

func (c *column[T]) append(v T) {
	if c.n&(chunk-1) == 0 && c.n>>chunkBits == len(c.chunks) {
		c.grow()
	}
	last := &c.chunks[len(c.chunks)-1]
	*last = append(*last, v)
	c.n++
}

// grow begins a chunk. The first one grows as a slice does: most registers are
// small.
func (c *column[T]) grow() {
	size := chunk
	if c.n == 0 {
		size = 0
	}
	c.chunks = append(c.chunks, make([]T, 0, size))
}

func (c *column[T]) at(i uint32) T { return c.chunks[i>>chunkBits][i&(chunk-1)] }

// names holds the ids of a register, each with its length in front, in blocks
// of text. An id is a part of its block: reading one copies nothing.
type names struct {
	blocks []*strings.Builder
	starts column[uint32] // block and place of each
}

// texts are names that no more are added to.
type texts struct {
	blocks []string
	starts column[uint32]
}

// seal returns the names, which must not be added to any more.
func (ns *names) seal() texts {
	t := texts{make([]string, len(ns.blocks)), ns.starts}
	for i, b := range ns.blocks {
		t.blocks[i] = b.String()
	}
	return t
}

func (t *texts) at(i int) string {
	start := t.starts.at(uint32(i))
	return nameAt(t.blocks[start>>blockBits], start)
}

// nameAt reads the id that begins somewhere in a block.
func nameAt(text string, start uint32) string {
	s := text[start&(block-1):]
	return s[2 : 2+(int(s[0])|int(s[1])<<8)]
}

const (
	blockBits = 16
	block     = 1 << blockBits
	maxBlocks = 1 << (32 - blockBits)

	// maxID is the longest id taken.
	maxID = 4096
)

// full reports whether there may be no room for another id.
func (ns *names) full() bool { return len(ns.blocks) >= maxBlocks }

func appendName[T string | []byte](ns *names, id T) {
	need := len(id) + 2
	if len(ns.blocks) == 0 || ns.blocks[len(ns.blocks)-1].Len()+need > block {
		b := &strings.Builder{}
		if len(ns.blocks) > 0 { // the first one grows by itself: most registers are small
			b.Grow(block)
		}
		ns.blocks = append(ns.blocks, b)
	}
	b := ns.blocks[len(ns.blocks)-1]
	ns.starts.append(uint32(len(ns.blocks)-1)<<blockBits | uint32(b.Len()))
	b.WriteByte(byte(len(id)))
	b.WriteByte(byte(len(id) >> 8))
	switch id := any(id).(type) {
	case string:
		b.WriteString(id)
	case []byte:
		b.Write(id)
	}
}

func (ns *names) at(i int) string {
	start := ns.starts.at(uint32(i))
	return nameAt(ns.blocks[start>>blockBits].String(), start)
}
