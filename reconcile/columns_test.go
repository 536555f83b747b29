package reconcile

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSortEntries(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{0, 1, fewEntries - 1, fewEntries, 50_000} {
		for _, spread := range []uint64{1, 100, 1 << 63} { // as many hashes
			list := make([]entry, n)
			for i := range list {
				list[i] = entry{hash: random.Uint64N(spread), node: int32(random.IntN(n)), rank: uint8(random.IntN(4))}
			}
			want := slices.SortedFunc(slices.Values(list), compareEntries)
			if sortEntries(list); !slices.Equal(list, want) {
				t.Errorf("%d entries with %d hashes are not sorted", n, spread)
			}
		}
	}
}

func TestObservationColumns(t *testing.T) {
	t.Parallel()
	o := observations{rules: 3}
	const n = 2*blockSize + 7
	keysFor := func(i int) []key {
		return []key{{uint64(i), 1, false, false, true}, {uint64(2 * i), 2, i%2 == 0, false, false}}[:i%3%2+1]
	}
	id := func(i int) string { return fmt.Sprint("r", i%(n-100)) }          // the last hundred are seen again
	identity := func(i int) uint64 { return uint64(max(0, i-blockSize-5)) } // none in the first block
	for i := range n {
		v := view{vec: vector{uint32(i), 0, uint32(i + 1)}, keys: keysFor(i)}
		o.add(id(i), identity(i), seenRecord{held: nowhere}, v)
	}
	for i := range n {
		if got := o.vec(int32(i)); !slices.Equal(got, vector{uint32(i), 0, uint32(i + 1)}) {
			t.Fatalf("vec(%d) = %v", i, got)
		}
		if diff := cmp.Diff(keysFor(i), o.keysOf(int32(i)), cmp.AllowUnexported(key{})); diff != "" {
			t.Fatalf("keysOf(%d): %s", i, diff)
		}
		if ob := o.ob(int32(i)); ob.id() != id(i) || ob.identity() != identity(i) {
			t.Fatalf("observation %d is %s with identity %d", i, ob.id(), ob.identity())
		}
		want := int32(i)
		if i < 100 {
			want = int32(i + n - 100)
		}
		if at, ok := o.at(id(i)); !ok || at != want {
			t.Fatalf("at(%s) = %d, %v, want %d", id(i), at, ok, want)
		}
	}
	if _, ok := o.at("r"); ok {
		t.Error("a record that was not added is found")
	}
	o.ob(5).own().into = "elsewhere"
	if nothingRare.into != "" || o.ob(5).rare().into != "elsewhere" {
		t.Error("what is rare of one observation is shared with others")
	}
}
