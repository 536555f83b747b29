package reconcile_test

import (
	"context"
	"crypto/sha256"
	"flag"
	"hash/maphash"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"runtime/metrics"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/sqlite"
)

var (
	// benchRecords is how many records each side has; see docs/benchmarks.md.
	benchRecords = flag.Int("records", 20_000, "records a side in the benchmarks of the engine")

	benchGUID = flag.Bool("guid", false, "give records ids of 36 characters instead of 10 in the benchmarks")
)

// stream is a register in memory: each side lists its records in the order of
// its ids, and the records of the two belong together in an order of their
// own. A page costs next to nothing, so that what is measured is the engine.
type stream struct {
	side  instep.Side
	n     int
	order []uint32 // nil: in the order of ids
	keep  int      // the records up to this one stay as they are; the memory of the others is used again
	pages [2]streamPage
	turn  int
	bump  map[int]int64 // what the last field is more than the others would make it
}

// streamPage is the memory of a page.
type streamPage struct {
	records []instep.Record
	fields  []instep.Field
	text    []byte
}

const streamSize = 1000

func newStream(s instep.Side, n int) *stream { return &stream{side: s, n: n} }

// content is the number that a record has in common with its counterpart. The
// factor has none in common with any size that a benchmark is run with.
func (s *stream) content(i int) int {
	if s.side == instep.Left {
		return i
	}
	return int(uint64(i) * 2654435761 % uint64(s.n))
}

func (s *stream) Traits() instep.Traits {
	return instep.Traits{System: s.side.String(), Entity: "product", Snapshot: true, MaxGet: 1000}
}

func (s *stream) Read(_ context.Context, from instep.Cursor) (instep.Page, error) {
	start, _ := strconv.Atoi(string(from))
	end := min(start+streamSize, s.n)
	page := instep.Page{More: end < s.n, Next: instep.Cursor(strconv.Itoa(end))}
	page.Records = s.page(start, end)
	if !page.More {
		page.Sweep = instep.Sweep{Complete: true, Total: s.n}
	}
	return page, nil
}

// page fills a page with the records at the places from start to end.
func (s *stream) page(start, end int) []instep.Record {
	if start == s.keep {
		s.pages = [2]streamPage{}
	}
	p := &s.pages[s.turn]
	s.turn = 1 - s.turn
	if start < s.keep || p.records == nil {
		size := streamSize
		if start < s.keep {
			size = end - start
		}
		*p = streamPage{make([]instep.Record, size), make([]instep.Field, 10*size), nil}
	}
	p.text = p.text[:0]
	for at := start; at < end; at++ {
		p.text = s.appendText(p.text, s.place(at))
	}
	rest := string(p.text)
	for at := start; at < end; at++ {
		rest = s.fill(&p.records[at-start], p.fields[10*(at-start):10*(at-start)+10:10*(at-start)+10], s.place(at), rest)
	}
	return p.records[:end-start]
}

func (s *stream) place(at int) int {
	if s.order != nil {
		return int(s.order[at])
	}
	return at
}

// appendText appends what texts of the i-th record are made of: its id, and
// the number that it has in common with its counterpart, of ten digits.
func (s *stream) appendText(b []byte, i int) []byte {
	if *benchGUID {
		b = append(appendDigits(b, i, 8), "-3f61-4c02-9b1d-a4"...)
	}
	b = appendDigits(b, i, 10)
	n := s.content(i)
	b = append(appendDigits(append(b, "Kahvipaahtimo tuote "...), n, 10), " C"...)
	b = appendDigits(b, n, 10)
	return appendDigits(append(b, "Kuvaus, joka on hieman pidempi: "...), n, 10)
}

func appendDigits(b []byte, n, width int) []byte {
	b = append(b, "0000000000"[:width]...)
	for at := len(b) - 1; n > 0; at-- {
		b[at] = byte('0' + n%10)
		n /= 10
	}
	return b
}

// fill makes the i-th record from its text, and returns the texts after it.
func (s *stream) fill(rec *instep.Record, fields []instep.Field, i int, text string) (rest string) {
	cut := func(n int) string {
		part := text[:n]
		text = text[n:]
		return part
	}
	id := 10
	if *benchGUID {
		id = 36
	}
	n, name := s.content(i), &benchNames[s.side]
	rec.Ref = instep.Ref{System: s.side.String(), Entity: "product", ID: cut(id)}
	for f, v := range [10]instep.Value{
		1: instep.String(cut(30)), 0: instep.String(cut(12)[1:]), 2: instep.String(cut(42)), 3: benchPrices[n%1000], 4: benchPrices[n%77],
		5: instep.String("Kahvi"), 6: instep.String("kpl"), 7: instep.String("64"), 8: instep.Bool(true), 9: instep.Int(int64(n) + s.bump[n]),
	} {
		fields[f].Name, fields[f].Value = name[f], v
	}
	rec.Fields = instep.NewFields(fields...)
	return text
}

var benchPrices = func() (prices [1000]instep.Value) {
	for i := range prices {
		prices[i] = instep.Number(instep.MustDecimal(strconv.Itoa(7*i) + ".25"))
	}
	return prices
}()

var benchNames = [2][10]string{
	{"l0", "l1", "l2", "l3", "l4", "l5", "l6", "l7", "l8", "l9"},
	{"r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9"},
}

func (s *stream) Get(context.Context, []instep.Ref) ([]instep.Record, error) {
	panic("a benchmark of equal registers read a record again")
}

func (s *stream) Write(context.Context, []instep.Op) ([]instep.Result, error) {
	panic("a benchmark of equal registers wrote something")
}

// benchPair joins two registers with ten fields, by that many of them.
func benchPair(left, right *stream, keys uint8) reconcile.Pair {
	var m instep.Mapping
	for i := range benchNames[0] {
		r := instep.Rule{
			Name: "f" + strconv.Itoa(i), Left: instep.End{Field: benchNames[0][i]}, Right: instep.End{Field: benchNames[1][i]},
			Owner: instep.LeftOwns,
		}
		if rank := [10]uint8{1, 2, 3}[i]; rank > 0 && rank <= keys {
			r.Match = &instep.Match{Rank: rank}
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
	e, err := reconcile.New(store, []reconcile.Pair{benchPair(left, right, 3)}, nil)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := e.Run(b.Context(), nil); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkFirstLoad links two registers of equal records, in any order, by
// three match keys, and writes the state with the keys in their index.
func BenchmarkFirstLoad(b *testing.B) {
	n := *benchRecords
	left, right := newStream(instep.Left, n), newStream(instep.Right, n)
	left.order, left.keep, right.keep = shuffled(n), reconcile.DefaultHold, reconcile.DefaultHold
	var used usage
	for b.Loop() {
		b.StopTimer()
		dir := b.TempDir()
		peak := watchHeap()
		b.StartTimer()
		used.start()
		store := openBench(b, dir)
		runBench(b, store, left, right)
		if _, err := store.Keys(b.Context(), "products", []uint64{1}); err != nil {
			b.Fatal(err)
		}
		if err := store.Close(); err != nil {
			b.Fatal(err)
		}
		used.stop()
		b.ReportMetric(float64(peak()), "peak-MiB")
		b.ReportMetric(float64(fileSize(b, filepath.Join(dir, "state.db")))/float64(n), "B/pair")
	}
	used.report(b, "pairs", n)
}

// BenchmarkUnchanged runs over linked registers in which nothing changed.
func BenchmarkUnchanged(b *testing.B) {
	n := *benchRecords
	left, right := newStream(instep.Left, n), newStream(instep.Right, n)
	store := openBench(b, b.TempDir())
	defer store.Close()
	left.keep, right.keep = reconcile.DefaultHold, reconcile.DefaultHold
	runBench(b, store, left, right)
	left.keep, right.keep = 0, 0
	for _, order := range []string{"sorted", "shuffled"} {
		b.Run(order, func(b *testing.B) {
			if order == "shuffled" {
				left.order, right.order = shuffled(n), shuffled(n)
			}
			runtime.GC()
			var used usage
			peak := watchHeap()
			for b.Loop() {
				used.start()
				runBench(b, store, left, right)
				used.stop()
			}
			b.ReportMetric(float64(peak()), "peak-MiB")
			used.report(b, "records", 2*n)
		})
	}
}

// usage is what a benchmark took, over all its rounds.
type usage struct {
	rounds     int
	wall, cpu  time.Duration
	allocs     uint64
	began      time.Time
	cpuBefore  time.Duration
	freeBefore uint64
}

func (u *usage) start() {
	u.freeBefore, u.cpuBefore, u.began = allocations(), processTime(), time.Now()
}

func (u *usage) stop() {
	u.wall += time.Since(u.began)
	u.cpu += processTime() - u.cpuBefore
	u.allocs += allocations() - u.freeBefore
	u.rounds++
}

// report says how many of n things a second were done, of the clock's and of
// one core's, and how much memory each took.
func (u *usage) report(b *testing.B, what string, n int) {
	b.Helper()
	all := float64(n * u.rounds)
	b.ReportMetric(all/u.wall.Seconds(), what+"/s")
	if u.cpu > 0 {
		b.ReportMetric(all/u.cpu.Seconds(), what+"/s/core")
	}
	b.ReportMetric(float64(u.allocs)/all, "allocs/"+what[:len(what)-1])
	b.ReportMetric(0, "ns/op") // left out: an op is a whole run
}

func allocations() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:objects"}, {Name: "/gc/heap/tiny/allocs:objects"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64() + sample[1].Value.Uint64()
}

// watchHeap looks at the memory in use until the function it returns is
// called, which gives the most that was seen, in MiB.
func watchHeap() func() uint64 {
	stop, result := make(chan struct{}), make(chan uint64)
	go func() {
		var most uint64
		for {
			sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
			metrics.Read(sample)
			most = max(most, sample[0].Value.Uint64()>>20)
			select {
			case <-time.After(20 * time.Millisecond):
			case <-stop:
				result <- most
				return
			}
		}
	}()
	return func() uint64 { close(stop); return <-result }
}

// BenchmarkFixed is a loop of arithmetic, by which figures of two machines
// can be compared: 1,000,000 hashes of 64 bytes.
func BenchmarkFixed(b *testing.B) {
	var data [64]byte
	var sum byte
	for b.Loop() {
		for i := range 1_000_000 {
			data[0] = byte(i)
			h := sha256.Sum256(data[:])
			sum += h[0]
		}
	}
	_ = sum
}

// BenchmarkFloorUnchanged is the least that finding nothing changed takes:
// hash the fields of each record and compare with a Go map of id and hash.
func BenchmarkFloorUnchanged(b *testing.B) {
	n := *benchRecords
	known := [2]map[string]uint64{make(map[string]uint64, n), make(map[string]uint64, n)}
	seed := maphash.MakeSeed()
	var buf []byte
	streams := [2]*stream{newStream(instep.Left, n), newStream(instep.Right, n)}
	for s := range known {
		walk(b, streams[s], func(r *instep.Record) {
			buf = floorBytes(buf, r.Fields)
			known[s][strings.Clone(r.Ref.ID)] = maphash.Bytes(seed, buf)
		})
	}
	for _, order := range []string{"sorted", "shuffled"} {
		b.Run(order, func(b *testing.B) {
			if order == "shuffled" {
				streams[0].order, streams[1].order = shuffled(n), shuffled(n)
			}
			var used usage
			for b.Loop() {
				used.start()
				for s := range known {
					walk(b, streams[s], func(r *instep.Record) {
						if buf = floorBytes(buf, r.Fields); known[s][r.Ref.ID] != maphash.Bytes(seed, buf) {
							b.Fatal("a record differs")
						}
					})
				}
				used.stop()
			}
			used.report(b, "records", 2*n)
		})
	}
}

func floorBytes(buf []byte, f instep.Fields) []byte {
	buf = buf[:0]
	for i := range f.Len() {
		buf = f.At(i).Value.AppendCanonical(buf)
	}
	return buf
}

// BenchmarkFloorMatch is the least that joining two registers takes, without
// any state: Go maps over three keys of one side, hashes of the fields
// compared.
func BenchmarkFloorMatch(b *testing.B) {
	n := *benchRecords
	left, right := newStream(instep.Left, n), newStream(instep.Right, n)
	left.order, left.keep, right.keep = shuffled(n), reconcile.DefaultHold, reconcile.DefaultHold
	seed := maphash.MakeSeed()
	var used usage
	for b.Loop() {
		used.start()
		if joined := floorMatch(b, left, right, seed); joined != n {
			b.Fatalf("%d of %d joined", joined, n)
		}
		used.stop()
	}
	used.report(b, "pairs", n)
}

func floorMatch(b *testing.B, left, right *stream, seed maphash.Seed) (joined int) {
	type row struct {
		id   string
		hash uint64
	}
	var index [3]map[string]int32
	for k := range index {
		index[k] = make(map[string]int32, right.n)
	}
	var rows []row
	var buf []byte
	walk(b, right, func(r *instep.Record) {
		buf = floorBytes(buf, r.Fields)
		for k := range index {
			index[k][r.Fields.At(k).Value.String()] = int32(len(rows))
		}
		rows = append(rows, row{strings.Clone(r.Ref.ID), maphash.Bytes(seed, buf)})
	})
	walk(b, left, func(r *instep.Record) {
		buf = floorBytes(buf, r.Fields)
		for k := range index {
			if at, ok := index[k][r.Fields.At(k).Value.String()]; ok {
				if rows[at].hash == maphash.Bytes(seed, buf) {
					joined++
				}
				break
			}
		}
	})
	return joined
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
