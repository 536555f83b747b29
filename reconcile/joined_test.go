package reconcile

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/instep-go/instep"
)

// TestSortJoined puts records that met into the order of their left ids, also
// where these agree in more than what is compared first.
func TestSortJoined(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(3, 3))
	for n := range 300 {
		ps := &pass{}
		ids := map[string]bool{}
		for len(ids) < n {
			ids[strings.Repeat("same", n%3)+fmt.Sprintf("%0*d", rnd.IntN(20), rnd.IntN(2*n))] = true
		}
		for id := range ids {
			ps.obs[instep.Left].add(id, 0, seenRecord{held: nowhere}, view{})
			ps.joined = append(ps.joined, joined{obs: [2]int32{int32(len(ps.joined)), 0}})
		}
		ps.sortJoined()
		var got []string
		for _, j := range ps.joined {
			got = append(got, ps.obs[instep.Left].ob(j.obs[0]).id())
		}
		if len(slices.Compact(slices.Clone(got))) != n || !slices.IsSorted(got) {
			t.Fatalf("%d ids come as %q", n, got)
		}
	}
}
