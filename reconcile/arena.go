package reconcile

import "strings"

// arena keeps many short texts in blocks, where the collector sees one text a
// block.
type arena []strings.Builder

// place says where in an arena a text is: the number of its block, and where
// in that.
type place int32

const (
	nowhere place = -1

	// arenaBlock is the size of a block. What is larger has one of its own.
	arenaBlock = 1 << 14
	mostBlocks = 1 << 17
)

// full reports whether there is no room for n more texts of ordinary length.
func (a arena) full(n int) bool { return len(a)+n/64+1 >= mostBlocks }

// add keeps a copy of a text; nowhere if there is no room.
func (a *arena) add(text []byte) place {
	last := len(*a) - 1
	if last < 0 || (*a)[last].Len()+len(text) > arenaBlock {
		if last++; last == mostBlocks {
			return nowhere
		}
		*a = append(*a, strings.Builder{})
		(*a)[last].Grow(max(arenaBlock, len(text)))
	}
	at := place(last*arenaBlock + (*a)[last].Len())
	(*a)[last].Write(text)
	return at
}

// from returns the text at a place and those behind it.
func (a arena) from(at place) string { return a[at/arenaBlock].String()[at%arenaBlock:] }
