package matching_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/matching"
)

// mustJoin joins by keys alone, or by whole records if one has an identity.
func mustJoin(t *testing.T, regs sample) *matching.Result {
	t.Helper()
	for _, rows := range regs {
		if slices.ContainsFunc(rows, func(r row) bool { return r.identity != "" }) {
			return mustMatch(t, regs)
		}
	}
	r, err := join(regs)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestRules compares with the oracle, in every order of arrival.
func TestRules(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	rounds := 2500
	if testing.Short() {
		rounds = 500
	}
	for round := range rounds {
		all := slices.Concat(shapes, several)
		regs := all[round%len(all)].make(rng, 12)
		if round%5 == 0 {
			spoil(rng, regs)
		}
		checkRules(t, regs)
		for s := range regs {
			rng.Shuffle(len(regs[s]), func(i, j int) { regs[s][i], regs[s][j] = regs[s][j], regs[s][i] })
		}
		checkRules(t, regs)
		if t.Failed() {
			t.Fatalf("round %d:\n%s", round, show(regs))
		}
	}
}

// checkRules compares the outcome for the registers with the oracle's.
func checkRules(t *testing.T, regs sample) {
	t.Helper()
	got, want := mustJoin(t, regs), ask(regs)
	if diff := cmp.Diff(want.lines(), lines(got)); diff != "" {
		t.Errorf("differs from the rules (-rules +got):\n%s", diff)
	}
	for _, j := range want.all {
		for f := range got.All(j.side) {
			if f.Record.ID != j.row.id || f.State != matching.InDoubt {
				continue
			}
			others := map[string]bool{}
			for o := range f.Others() {
				others[o.Side.String()+"/"+o.ID] = true
			}
			if want := want.others(j); !maps.Equal(others, want) {
				t.Errorf("%s: others are %v, want %v", f.Record.ID, others, want)
			}
		}
	}
}

func show(regs sample) string {
	var out strings.Builder
	for s, rows := range regs {
		for _, r := range rows {
			out.WriteString(fmt.Sprintf("%s %s %q %v %+v\n", instep.Side(s), r.id, r.identity, r.gone, r.keys))
		}
	}
	return out.String()
}
