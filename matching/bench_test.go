package matching_test

import (
	"bytes"
	"flag"
	"sync"
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/internal/registers"
	"github.com/instep-go/instep/matching"
)

// benchRecords is how many records each side has; see docs/benchmarks.md.
var benchRecords = flag.Int("records", 20_000, "records a side in the benchmarks of matching")

// made returns both registers as CSV.
func made(b *testing.B, n int) (text [2][]byte) {
	b.Helper()
	for s := range text {
		var buf bytes.Buffer
		if err := registers.Write(&buf, instep.Side(s), n); err != nil {
			b.Fatal(err)
		}
		text[s] = buf.Bytes()
	}
	return text
}

// report gives the figures of one side after the other, and checks the
// outcome.
func report(b *testing.B, pairs int) {
	b.Helper()
	n := *benchRecords
	if want := n / 20 * 18; pairs != want {
		b.Fatalf("%d pairs, want %d", pairs, want)
	}
	b.ReportMetric(2*float64(n)*float64(b.N)/b.Elapsed().Seconds(), "records/s")
}

// bothSides does something for both sides at the same time.
func bothSides(do func(s instep.Side)) {
	var wg sync.WaitGroup
	wg.Go(func() { do(instep.Left) })
	do(instep.Right)
	wg.Wait()
}

// BenchmarkFloor splits the text, and matches by Go maps.
func BenchmarkFloor(b *testing.B) {
	text := made(b, *benchRecords)
	b.ReportAllocs()
	pairs := 0
	for b.Loop() {
		var f registers.Floor
		bothSides(func(s instep.Side) {
			f.Grow(s, *benchRecords)
			registers.SplitText(string(text[s]), func(r registers.Row) { f.Add(s, r) })
		})
		f.Match()
		pairs = 0
		f.All(func(_, right string, _ uint8) {
			if right != "" {
				pairs++
			}
		})
	}
	report(b, pairs)
}

// BenchmarkJoin splits the same text, and matches with reasons and all who are
// in doubt: with keys as the floor has them, and with strong and weak ones.
func BenchmarkJoin(b *testing.B) {
	for _, bm := range []struct {
		name  string
		kinds [3]instep.MatchKey
	}{
		{"plain", [3]instep.MatchKey{{Rank: 1}, {Rank: 2}, {Rank: 3}}},
		{"strong", [3]instep.MatchKey{{Rank: 1}, {Rank: 2}, {Rank: 3, Strong: true}}},
		{"weak", [3]instep.MatchKey{{Rank: 1, Weak: true}, {Rank: 2}, {Rank: 3}}},
	} {
		b.Run(bm.name, func(b *testing.B) {
			text := made(b, *benchRecords)
			b.ReportAllocs()
			pairs := 0
			for b.Loop() {
				pairs = benchJoin(b, text, bm.kinds)
			}
			if bm.name == "plain" {
				report(b, pairs)
			}
		})
	}
}

func benchJoin(b *testing.B, text [2][]byte, kinds [3]instep.MatchKey) (pairs int) {
	b.Helper()
	join := matching.New()
	bothSides(func(s instep.Side) {
		side := join.Side(s)
		var buf []byte
		err := registers.Split(bytes.NewReader(text[s]), func(r registers.Bytes) {
			side.Begin(r.ID)
			for i, field := range [...][]byte{r.Code, r.BusinessID, r.Name} {
				buf = registers.AppendKey(buf[:0], field)
				side.Key(kinds[i], buf)
			}
		})
		if err != nil {
			b.Error(err)
		}
	})
	res, err := join.Resolve()
	if err != nil {
		b.Fatal(err)
	}
	for f := range res.All(instep.Left) {
		if f.State == matching.Matched {
			pairs++
		}
		for range f.Others() {
			continue
		}
	}
	return pairs
}
