package reconcile_test

import (
	"context"
	"flag"
	"fmt"
	"hash/maphash"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/sqlite"
)

// benchRecords is how many records each side has; see docs/benchmarks.md.
var benchRecords = flag.Int("records", 20_000, "records a side in the benchmarks of the engine")

// stream is a register that is computed, not held: record i of side s.
type stream struct {
	side  instep.Side
	n     int
	order []uint32 // nil: in the order of ids
}

func (s *stream) Traits() instep.Traits {
	return instep.Traits{System: s.side.String(), Entity: "product", Snapshot: true, MaxGet: 1000}
}

func (s *stream) id(i int) string {
	if s.side == instep.Left {
		return fmt.Sprintf("%010d", i)
	}
	return fmt.Sprintf("%010d", uint32(i)*2654435761) // an order of its own
}

func (s *stream) Read(_ context.Context, from instep.Cursor) (instep.Page, error) {
	const size = 1000
	start, _ := strconv.Atoi(string(from))
	end := min(start+size, s.n)
	page := instep.Page{More: end < s.n, Next: instep.Cursor(strconv.Itoa(end))}
	page.Records = make([]instep.Record, 0, size)
	for i := start; i < end; i++ {
		at := i
		if s.order != nil {
			at = int(s.order[i])
		}
		page.Records = append(page.Records, s.record(at))
	}
	if !page.More {
		page.Sweep = instep.Sweep{Complete: true, Total: s.n}
	}
	return page, nil
}

func (s *stream) record(i int) instep.Record {
	name := benchNames[s.side]
	text := strconv.Itoa(i)
	return instep.Record{
		Ref: instep.Ref{System: s.side.String(), Entity: "product", ID: s.id(i)},
		Fields: instep.NewFields(
			instep.Field{Name: name[0], Value: instep.String("C" + text)},
			instep.Field{Name: name[1], Value: instep.String("Kahvipaahtimo tuote " + text)},
			instep.Field{Name: name[2], Value: instep.String("Kuvaus, joka on hieman pidempi: " + text)},
			instep.Field{Name: name[3], Value: instep.Number(instep.MustDecimal(text + ".25"))},
			instep.Field{Name: name[4], Value: instep.Number(instep.MustDecimal(text + ".5"))},
			instep.Field{Name: name[5], Value: instep.String("Kahvi")},
			instep.Field{Name: name[6], Value: instep.String("kpl")},
			instep.Field{Name: name[7], Value: instep.String("64" + text)},
			instep.Field{Name: name[8], Value: instep.Bool(true)},
			instep.Field{Name: name[9], Value: instep.Int(int64(i))},
		),
	}
}

var benchNames = [2][10]string{
	{"l0", "l1", "l2", "l3", "l4", "l5", "l6", "l7", "l8", "l9"},
	{"r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9"},
}

func (s *stream) Write(context.Context, []instep.Op) ([]instep.Result, error) {
	panic("a benchmark of equal registers wrote something")
}

func benchPair(left, right *stream) reconcile.Pair {
	var m instep.Mapping
	for i := range benchNames[0] {
		r := instep.Rule{
			Name: "f" + strconv.Itoa(i), Left: instep.End{Field: benchNames[0][i]}, Right: instep.End{Field: benchNames[1][i]},
			Owner: instep.LeftOwns,
		}
		if i == 0 {
			r.Match = &instep.Match{Rank: 1}
		}
		m.Rules = append(m.Rules, r)
	}
	return reconcile.Pair{Name: "products", Left: left, Right: right, Mapping: m, Flow: instep.ToRight}
}

func shuffled(n int) []uint32 {
	order := make([]uint32, n)
	for i, v := range rand.New(rand.NewPCG(1, 2)).Perm(n) {
		order[i] = uint32(v)
	}
	return order
}

func openBench(b *testing.B, dir string) *sqlite.Store {
	b.Helper()
	store, err := sqlite.Open(b.Context(), dir, nil)
	if err != nil {
		b.Fatal(err)
	}
	return store
}

func runBench(b *testing.B, store instep.Checkpoint, left, right *stream) {
	b.Helper()
	e, err := reconcile.New(store, []reconcile.Pair{benchPair(left, right)}, nil)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := e.Run(b.Context(), nil); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkFirstLoad links two registers of equal records, in any order, and
// writes the state.
func BenchmarkFirstLoad(b *testing.B) {
	n := *benchRecords
	left, right := &stream{side: instep.Left, n: n, order: shuffled(n)}, &stream{side: instep.Right, n: n}
	for b.Loop() {
		b.StopTimer()
		dir := b.TempDir()
		b.StartTimer()
		store := openBench(b, dir)
		runBench(b, store, left, right)
		reportHeap(b)
		if err := store.Close(); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(fileSize(b, filepath.Join(dir, "state.db")))/float64(n), "B/pair")
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "pairs/s")
}

// BenchmarkUnchanged runs over linked registers in which nothing changed.
func BenchmarkUnchanged(b *testing.B) {
	for _, order := range []string{"sorted", "shuffled"} {
		b.Run(order, func(b *testing.B) {
			n := *benchRecords
			left, right := &stream{side: instep.Left, n: n}, &stream{side: instep.Right, n: n}
			store := openBench(b, b.TempDir())
			defer store.Close()
			runBench(b, store, left, right)
			if order == "shuffled" {
				left.order, right.order = shuffled(n), shuffled(n)
			}
			b.ReportAllocs()
			for b.Loop() {
				runBench(b, store, left, right)
			}
			reportHeap(b)
			b.ReportMetric(2*float64(n)*float64(b.N)/b.Elapsed().Seconds(), "records/s")
		})
	}
}

func reportHeap(b *testing.B) {
	b.Helper()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.HeapSys)/(1<<20), "heap-MiB")
}

// BenchmarkFloorUnchanged is the least that finding nothing changed takes:
// hash the fields of each record and compare with a Go map of key and hash.
func BenchmarkFloorUnchanged(b *testing.B) {
	n := *benchRecords
	known := map[string]uint64{}
	seed := maphash.MakeSeed()
	compare := func(s *stream, keep bool) {
		differ := 0
		for cursor := (instep.Cursor)(""); ; {
			page, _ := s.Read(b.Context(), cursor)
			for i := range page.Records {
				key, h := page.Records[i].Ref.System+page.Records[i].Ref.ID, floorHash(seed, page.Records[i].Fields)
				if keep {
					known[key] = h
				} else if known[key] != h {
					differ++
				}
			}
			if cursor = page.Next; !page.More {
				break
			}
		}
		if differ > 0 {
			b.Fatalf("%d records differ", differ)
		}
	}
	sides := []*stream{{side: instep.Left, n: n}, {side: instep.Right, n: n}}
	for _, s := range sides {
		compare(s, true)
	}
	for b.Loop() {
		for _, s := range sides {
			compare(s, false)
		}
	}
	b.ReportMetric(2*float64(n)*float64(b.N)/b.Elapsed().Seconds(), "records/s")
}

func floorHash(seed maphash.Seed, f instep.Fields) uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	var buf []byte
	for _, v := range f.All() {
		buf = v.AppendCanonical(buf[:0])
		h.Write(buf)
	}
	return h.Sum64()
}

// BenchmarkFloorMatch is the least that joining two registers takes, without
// any state: Go maps over the key of one side, hashes of the fields compared.
func BenchmarkFloorMatch(b *testing.B) {
	n := *benchRecords
	left, right := &stream{side: instep.Left, n: n, order: shuffled(n)}, &stream{side: instep.Right, n: n}
	type row struct {
		id   string
		hash uint64
	}
	seed := maphash.MakeSeed()
	for b.Loop() {
		index := make(map[string]row, n)
		walk(b, right, func(r *instep.Record) {
			index[r.Fields.At(0).Value.String()] = row{r.Ref.ID, floorHash(seed, r.Fields)}
		})
		joined := 0
		walk(b, left, func(r *instep.Record) {
			if m, ok := index[r.Fields.At(0).Value.String()]; ok && m.hash == floorHash(seed, r.Fields) {
				joined++
			}
		})
		if joined != n {
			b.Fatalf("%d of %d joined", joined, n)
		}
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "pairs/s")
}

func walk(b *testing.B, s *stream, do func(*instep.Record)) {
	b.Helper()
	for cursor := instep.Cursor(""); ; {
		page, err := s.Read(b.Context(), cursor)
		if err != nil {
			b.Fatal(err)
		}
		for i := range page.Records {
			do(&page.Records[i])
		}
		if cursor = page.Next; !page.More {
			return
		}
	}
}

func fileSize(b *testing.B, path string) int64 {
	b.Helper()
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	return info.Size()
}
