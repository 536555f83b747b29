package reconcile

import (
	"math"
	"strings"
	"testing"
)

// TestArenaFull: an arena says beforehand that it has no room, and does not
// take what it has none for.
func TestArenaFull(t *testing.T) {
	t.Parallel()
	a := make(arena, mostBlocks-2)
	if a.full(1) {
		t.Error("full with two blocks free")
	}
	a = append(a, strings.Builder{})
	a[mostBlocks-2].WriteString(strings.Repeat("x", arenaBlock))
	if !a.full(1) || !a.full(1000) {
		t.Error("not full with one block free")
	}
	long := strings.Repeat("y", 2*arenaBlock)
	at := a.add([]byte(long))
	if a.from(at) != long {
		t.Error("a long text is not what it was")
	}
	if at := a.add([]byte("z")); at != nowhere {
		t.Errorf("placed at %d", at)
	}
	o := observations{ids: a}
	if !o.full(1) || !(&observations{n: math.MaxInt32 / 2}).full(1) || (&observations{}).full(math.MaxInt16) {
		t.Error("observations do not know whether they are full")
	}
}
