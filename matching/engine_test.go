package matching_test

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/matching"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// source is a register in memory as the engine reads it. The keys of a record
// lie in a field, written down as text.
type source struct {
	side instep.Side
	rows []row
}

func (s *source) Traits() instep.Traits {
	return instep.Traits{System: s.side.String(), Entity: "customer", Snapshot: true}
}

func (s *source) Read(context.Context, instep.Cursor) (instep.Page, error) {
	p := instep.Page{Next: "end", Sweep: instep.Sweep{Complete: true, Total: -1}}
	for _, r := range s.rows {
		p.Records = append(p.Records, s.record(r))
	}
	return p, nil
}

func (s *source) record(r row) instep.Record {
	keys := make([]string, len(r.keys))
	for i, k := range r.keys {
		keys[i] = fmt.Sprintf("%d %t %t %t %s", k.Rank, k.Strong, k.Propose, k.Weak, k.Value)
	}
	rec := instep.Record{
		Ref: instep.Ref{System: s.side.String(), Entity: "customer", ID: r.id}, Identity: r.identity,
		Fields: instep.NewFields(
			instep.Field{Name: "keys", Value: instep.String(strings.Join(keys, "\n"))},
			instep.Field{Name: "same", Value: instep.String("same")},
		),
	}
	if r.gone {
		rec.Status = instep.Deleted
	}
	return rec
}

func (s *source) Write(context.Context, []instep.Op) ([]instep.Result, error) {
	panic("a plan wrote something")
}

// asKeys reads the keys of a record back.
func asKeys(_ instep.Side, f instep.Fields, dst []instep.MatchKey) []instep.MatchKey {
	text, _ := f.Get("keys").AsString()
	for line := range strings.Lines(text) {
		var k instep.MatchKey
		if _, err := fmt.Sscan(line, &k.Rank, &k.Strong, &k.Propose, &k.Weak, &k.Value); err != nil {
			panic(err)
		}
		dst = append(dst, k)
	}
	return dst
}

func ruleName(rank uint8) string { return "key " + string('0'+rank%10) } // as the engine says

// engineSays returns what the engine plans for the registers, by id: the
// message of each record that is matched or in doubt.
func engineSays(t *testing.T, regs sample, key [16]byte) [2]map[string]string {
	t.Helper()
	var s [2]*source
	for i := range s {
		s[i] = &source{instep.Side(i), regs[i]}
	}
	engine, err := reconcile.New(memory.New(), []reconcile.Pair{{
		Name: "customers", Left: s[0], Right: s[1], Matcher: instep.MatcherFunc(asKeys),
		Mapping: instep.Mapping{Rules: []instep.Rule{{Name: "same", Left: instep.End{Field: "same"}, Right: instep.End{Field: "same"}}}},
	}}, &reconcile.Options{Key: &key})
	if err != nil {
		t.Fatal(err)
	}
	plan, err := engine.Plan(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	out := [2]map[string]string{{}, {}}
	for it := range plan.Items() {
		ids := [2]string{it.Left.ID, it.Right.ID}
		for s, id := range ids {
			switch {
			case id == "":
			case it.Outcome == instep.Linked:
				out[s][id] = fmt.Sprintf("%s with %s", reconcile.Text(it.Reason), ids[1-s])
			case it.Outcome == instep.Review:
				out[s][id] = reconcile.Text(it.Reason)
			default:
				out[s][id] = "alone"
			}
		}
	}
	return out
}

// mustMatch joins whole records.
func mustMatch(t *testing.T, regs sample) *matching.Result {
	t.Helper()
	var in [2]iter.Seq2[instep.Record, error]
	for s := range in {
		in[s] = matching.Walk(t.Context(), &source{instep.Side(s), regs[s]})
	}
	res, err := matching.Records(t.Context(), instep.MatcherFunc(asKeys), in[0], in[1])
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// weSay is the same as this package finds it. The ids in either are of records
// whose key is that of two that an earlier key settled, one matched and one in
// doubt: of these the engine tells about the one that came first, this package
// about the one that is matched.
func weSay(t *testing.T, regs sample) (out [2]map[string]string, either [2][]string) {
	t.Helper()
	res := mustMatch(t, regs)
	out = [2]map[string]string{{}, {}}
	for s := range out {
		for f := range res.All(instep.Side(s)) {
			if f.Code == "linked_elsewhere" && doubted(res, f) {
				either[s] = append(either[s], f.Record.ID)
			}
			text := reconcile.Text(f.Message(ruleName))
			switch f.State {
			case matching.Alone:
				text = "alone"
			case matching.Matched:
				text += " with " + f.Partner.ID
			}
			out[s][f.Record.ID] = text
		}
	}
	return out, either
}

// doubted reports whether one of the other side's records with the same key is
// in doubt by an earlier one.
func doubted(res *matching.Result, f matching.Finding) bool {
	for o := range f.Others() {
		other, _ := res.Of(o.Side, o.Index)
		if o.Side != f.Record.Side && other.State == matching.InDoubt && other.Rank < f.Rank {
			return true
		}
	}
	return false
}

// TestEngine has the engine judge random registers as well: it must say the
// same of every record.
func TestEngine(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(3, 4))
	rounds := 900
	if testing.Short() {
		rounds = 300
	}
	for round := range rounds {
		regs := shapes[round%len(shapes)].make(rng, 14)
		if round%3 == 0 {
			spoil(rng, regs)
		}
		want := engineSays(t, regs, [16]byte{byte(round)})
		got, either := weSay(t, regs)
		for s, ids := range either {
			for _, id := range ids {
				if strings.HasPrefix(want[s][id], "several records on both sides") {
					want[s][id] = got[s][id]
				}
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("round %d: differs from the engine (-engine +got):\n%s\n%s", round, diff, show(regs))
		}
	}
}

// spoil has ids and identities come twice, and records go away.
func spoil(rng *rand.Rand, regs sample) {
	for s := range regs {
		for i := range regs[s] {
			r := &regs[s][i]
			switch rng.IntN(6) {
			case 0:
				r.id = regs[s][rng.IntN(len(regs[s]))].id
			case 1:
				r.identity = "i" + strconv.Itoa(rng.IntN(3))
			case 2:
				r.gone = true
			}
		}
	}
}
