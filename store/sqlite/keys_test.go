package sqlite

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/instep-go/instep"
)

func TestSortKeyRows(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(5, 6))
	for _, most := range []uint32{1, 50, 1 << 31, 1<<31 + 1, 1<<32 - 1} {
		for _, n := range []int{0, 1, manyLinks - 1, manyLinks, 5000} {
			rows := make([]keyRow, n)
			for i := range rows {
				rows[i] = keyRow{random.Uint32N(most), instep.LinkID(random.IntN(3))}
			}
			want := slices.SortedFunc(slices.Values(rows), compareKeyRows)
			if sortKeyRows(rows); !slices.Equal(rows, want) {
				t.Errorf("%d rows with hashes below %d are not sorted", n, most)
			}
		}
	}
}
