package sqlite_test

import (
	"context"
	"database/sql"
	"encoding/binary"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/store/sqlite"
)

// benchLinks is how many links the benchmarks are about. The figures of large
// registers need more: -links 1000000.
var benchLinks = flag.Int("links", 50_000, "links in the benchmarks")

const (
	unitSize = 50_000 // links in a commit
	pageSize = 1000   // ids in a lookup
)

// pairsOf returns links of ten rules and some match keys. The ids of the left
// side ascend; those of the right side do so only if sorted.
func pairsOf(n, keys int, sorted bool) []instep.Link {
	random := rand.New(rand.NewPCG(1, 2))
	right := random.Perm(n)
	if sorted {
		slices.Sort(right)
	}
	links := make([]instep.Link, n)
	for i := range links {
		base := make([]byte, 40)
		for at := 0; at < len(base); at += 8 {
			binary.LittleEndian.PutUint64(base[at:], random.Uint64())
		}
		l := &links[i]
		*l = instep.Link{ID: instep.LinkID(i + 1), Gen: 1, Map: 1, Rule: "code"}
		for s, id := range [2]string{fmt.Sprintf("L%09d", i), fmt.Sprintf("R%09d", right[i])} {
			l.Sides[s] = instep.LinkSide{ID: id, Sum: random.Uint64(), Base: base}
		}
		for range keys {
			l.Keys = append(l.Keys, instep.KeyHash{Hash: random.Uint64(), Sides: 3})
		}
	}
	return links
}

func openBench(b *testing.B, dir string) *sqlite.Store {
	b.Helper()
	s, err := sqlite.Open(b.Context(), dir, nil)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close() })
	return s
}

func load(b *testing.B, s *sqlite.Store, links []instep.Link) {
	b.Helper()
	for unit := range slices.Chunk(links, unitSize) {
		if err := s.Commit(b.Context(), &instep.Batch{Pair: "p", Links: unit}); err != nil {
			b.Fatal(err)
		}
	}
}

func rate(b *testing.B, what string, each int) {
	b.Helper()
	b.ReportMetric(float64(each)*float64(b.N)/b.Elapsed().Seconds(), what+"/s")
	b.ReportMetric(0, "ns/op") // left out: an op is a whole load
}

// BenchmarkInsert loads a register of links, in commits of 50,000. The floor
// is the plain algorithm: a prepared statement for each row of one table with
// one index, 500 rows in a transaction. It keeps half as much.
func BenchmarkInsert(b *testing.B) {
	for _, sorted := range []bool{false, true} {
		order := map[bool]string{false: "shuffled", true: "sorted"}[sorted]
		b.Run("floor/"+order, func(b *testing.B) {
			links := pairsOf(*benchLinks, 0, sorted)
			for b.Loop() {
				floorInsert(b, links)
			}
			rate(b, "links", len(links))
		})
		for _, keys := range []int{0, 3} {
			b.Run(fmt.Sprintf("store/%s/keys=%d", order, keys), func(b *testing.B) {
				links := pairsOf(*benchLinks, keys, sorted)
				for b.Loop() {
					b.StopTimer()
					s := openBench(b, b.TempDir())
					b.StartTimer()
					load(b, s, links)
					b.StopTimer()
					_ = s.Close()
					b.StartTimer()
				}
				rate(b, "links", len(links))
			})
		}
	}
}

// floorInsert loads links keyed by their right ids.
func floorInsert(b *testing.B, links []instep.Link) {
	b.Helper()
	b.StopTimer()
	conn := floorConn(b)
	defer conn.Close()
	b.StartTimer()
	exec := func(query string) {
		if _, err := conn.ExecContext(b.Context(), query); err != nil {
			b.Fatal(err)
		}
	}
	st, err := conn.PrepareContext(b.Context(), `INSERT INTO link (rid, lid, hash, version) VALUES (?,?,?,?)
		ON CONFLICT (rid) DO UPDATE SET lid = excluded.lid, hash = excluded.hash, version = excluded.version`)
	if err != nil {
		b.Fatal(err)
	}
	defer st.Close()
	for unit := range slices.Chunk(links, 500) {
		exec("BEGIN")
		for i := range unit {
			l := &unit[i]
			if _, err := st.ExecContext(b.Context(), l.Sides[1].ID, l.Sides[0].ID, int64(l.Sides[0].Sum), "1"); err != nil {
				b.Fatal(err)
			}
		}
		exec("COMMIT")
	}
}

func floorConn(b *testing.B) *sql.Conn {
	b.Helper()
	pool, err := sql.Open("sqlite", filepath.Join(b.TempDir(), "floor.db"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = pool.Close() })
	conn, err := pool.Conn(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	for _, q := range []string{"PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA cache_size = -65536",
		"CREATE TABLE link (rid TEXT PRIMARY KEY, lid TEXT, hash INTEGER, version TEXT) WITHOUT ROWID"} {
		if _, err := conn.ExecContext(b.Context(), q); err != nil {
			b.Fatal(err)
		}
	}
	return conn
}

// BenchmarkSize loads links with three match keys, in shuffled order, enters
// the keys into their index and closes the store: what is the file's size?
func BenchmarkSize(b *testing.B) {
	for _, keys := range []int{0, 3} {
		b.Run(fmt.Sprintf("keys=%d", keys), func(b *testing.B) {
			links := pairsOf(*benchLinks, keys, false)
			var size float64
			for b.Loop() {
				dir := b.TempDir()
				s := openBench(b, dir)
				load(b, s, links)
				if _, err := s.Keys(b.Context(), "p", []uint64{1}); err != nil {
					b.Fatal(err)
				}
				size = closedSize(b, s, dir)
			}
			b.ReportMetric(size/float64(len(links)), "B/pair")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// BenchmarkIndexKeys is the first call of Keys after a load.
func BenchmarkIndexKeys(b *testing.B) {
	links := pairsOf(*benchLinks, 3, false)
	for b.Loop() {
		b.StopTimer()
		s := openBench(b, b.TempDir())
		load(b, s, links)
		b.StartTimer()
		if _, err := s.Keys(b.Context(), "p", []uint64{1}); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		_ = s.Close()
		b.StartTimer()
	}
	rate(b, "keys", 3*len(links))
}

// BenchmarkRead reads all there is by pages of 1,000. The floor of a lookup is
// a prepared query for each id.
func BenchmarkRead(b *testing.B) {
	links := pairsOf(*benchLinks, 3, false)
	s := openBench(b, b.TempDir())
	load(b, s, links)
	shuffled := make([]string, len(links))
	var hashes []uint64
	var ids []instep.LinkID
	for i := range links {
		shuffled[i] = links[i].Sides[1].ID
		hashes = append(hashes, links[i].Keys[0].Hash)
		ids = append(ids, links[i].ID)
	}
	if _, err := s.Keys(b.Context(), "p", hashes[:1]); err != nil {
		b.Fatal(err)
	}
	sorted := slices.Sorted(slices.Values(shuffled))
	out := make([]instep.Known, pageSize)
	lookup := func(ids []string) error {
		for page := range slices.Chunk(ids, pageSize) {
			if err := s.Lookup(context.Background(), "p", instep.Right, page, out[:len(page)]); err != nil {
				return err
			}
		}
		return nil
	}
	for _, read := range []struct {
		name string
		all  func() error
	}{
		{"lookup/sorted", func() error { return lookup(sorted) }},
		{"lookup/shuffled", func() error { return lookup(shuffled) }},
		{"keys", func() error {
			for page := range slices.Chunk(hashes, pageSize) {
				if _, err := s.Keys(context.Background(), "p", page); err != nil {
					return err
				}
			}
			return nil
		}},
		{"links", func() error {
			for page := range slices.Chunk(ids, pageSize) {
				if _, err := s.Links(context.Background(), "p", page); err != nil {
					return err
				}
			}
			return nil
		}},
		{"scan", func() error {
			for after := range slices.Chunk(ids, pageSize) {
				if _, err := s.Scan(context.Background(), "p", after[0]-1, pageSize); err != nil {
					return err
				}
			}
			return nil
		}},
	} {
		b.Run(read.name, func(b *testing.B) {
			for b.Loop() {
				if err := read.all(); err != nil {
					b.Fatal(err)
				}
			}
			rate(b, "rows", len(links))
		})
	}
	b.Run("floor/shuffled", func(b *testing.B) { floorLookup(b, links, shuffled) })
}

func floorLookup(b *testing.B, links []instep.Link, ids []string) {
	conn := floorConn(b)
	defer conn.Close()
	for _, q := range []string{"BEGIN", "COMMIT"} {
		if _, err := conn.ExecContext(b.Context(), q); err != nil {
			b.Fatal(err)
		}
		if q == "COMMIT" {
			break
		}
		for i := range links {
			_, err := conn.ExecContext(b.Context(), "INSERT INTO link VALUES (?,?,?,?)", links[i].Sides[1].ID, links[i].Sides[0].ID, int64(links[i].ID), "1")
			if err != nil {
				b.Fatal(err)
			}
		}
	}
	st, err := conn.PrepareContext(b.Context(), "SELECT lid, hash FROM link WHERE rid = ?")
	if err != nil {
		b.Fatal(err)
	}
	defer st.Close()
	for b.Loop() {
		for _, id := range ids {
			var lid string
			var hash int64
			if err := st.QueryRowContext(context.Background(), id).Scan(&lid, &hash); err != nil {
				b.Fatal(err)
			}
		}
	}
	rate(b, "rows", len(ids))
}

// BenchmarkUpdate replaces links, 50,000 in a commit: both sides get new sums
// and bases.
func BenchmarkUpdate(b *testing.B) {
	links := pairsOf(*benchLinks, 3, false)
	s := openBench(b, b.TempDir())
	load(b, s, links)
	for b.Loop() {
		for i := range links {
			links[i].Gen++
			links[i].Sides[0].Sum++
		}
		load(b, s, links)
	}
	rate(b, "links", len(links))
}

// BenchmarkCommit is a commit of one record's write, one after the other: of
// its unit before the call, and of its link, mark and log row after it. Marks
// alone are the cheapest commit there is.
func BenchmarkCommit(b *testing.B) {
	links := pairsOf(1000, 3, false)
	batches := map[string]func(n int) *instep.Batch{
		"mark": func(n int) *instep.Batch {
			return &instep.Batch{Marks: []instep.Mark{{Link: links[n%len(links)].ID, Outcome: instep.Review}}}
		},
		"unit": func(n int) *instep.Batch {
			l := &links[n%len(links)]
			return &instep.Batch{Units: []instep.Unit{{ID: instep.UnitID(n + 1), Intents: []instep.Intent{{Link: l.ID, Action: instep.Update, Target: l.Sides[0].ID}}}}}
		},
		"link": func(n int) *instep.Batch {
			l := &links[n%len(links)]
			l.Gen++
			return &instep.Batch{Links: []instep.Link{*l}, Cleared: []instep.MarkID{{Link: l.ID}}, Activity: []instep.Activity{{Run: "run", Link: l.ID}}}
		},
	}
	for _, name := range slices.Sorted(maps.Keys(batches)) {
		b.Run(name, func(b *testing.B) {
			for i := range links {
				links[i].Gen = 1
			}
			s := openBench(b, b.TempDir())
			load(b, s, links)
			n := 0
			for b.Loop() {
				batch := batches[name](n)
				batch.Pair = "p"
				if err := s.Commit(b.Context(), batch); err != nil {
					b.Fatal(err)
				}
				n++
			}
		})
	}
}

// BenchmarkActivity writes the log of a load, 50,000 rows in a commit: rows
// that tell of a link each, and rows that tell of many.
func BenchmarkActivity(b *testing.B) {
	for _, one := range []bool{true, false} {
		b.Run(map[bool]string{true: "one link", false: "many links"}[one], func(b *testing.B) {
			rows := make([]instep.Activity, *benchLinks)
			for i := range rows {
				rows[i] = instep.Activity{Run: "run", Entity: "product", LeftID: fmt.Sprintf("L%09d", i), Actor: "engine", Cause: "first load", Action: "create right"}
				if one {
					rows[i].Link = instep.LinkID(i + 1)
				}
			}
			s := openBench(b, b.TempDir())
			for b.Loop() {
				for unit := range slices.Chunk(rows, unitSize) {
					if err := s.Commit(b.Context(), &instep.Batch{Pair: "p", Activity: unit}); err != nil {
						b.Fatal(err)
					}
				}
			}
			rate(b, "rows", len(rows))
		})
	}
}

// BenchmarkFences writes the fences of a load, ten fields each, with the links
// that they are about, 50,000 in a commit.
func BenchmarkFences(b *testing.B) {
	links := pairsOf(*benchLinks, 0, true)
	fences := make([]instep.Fence, len(links))
	for i := range fences {
		fences[i] = instep.Fence{Link: links[i].ID, Side: instep.Right, Map: 1}
		for r := range uint16(10) {
			fences[i].Fields = append(fences[i].Fields, instep.FencedField{Rule: r, At: time.UnixMicro(int64(i)), Hash: uint32(i), Was: 7, Pending: true})
		}
	}
	s := openBench(b, b.TempDir())
	load(b, s, links)
	for b.Loop() {
		for i := 0; i < len(links); i += unitSize {
			end := min(i+unitSize, len(links))
			for j := range links[i:end] {
				links[i+j].Gen++
			}
			if err := s.Commit(b.Context(), &instep.Batch{Pair: "p", Links: links[i:end], Fences: fences[i:end]}); err != nil {
				b.Fatal(err)
			}
		}
	}
	rate(b, "links", len(links))
}

// BenchmarkErase erases a link of a register, with the file built anew.
func BenchmarkErase(b *testing.B) {
	links := pairsOf(*benchLinks, 3, false)
	s := openBench(b, b.TempDir())
	load(b, s, links)
	if _, err := s.Keys(b.Context(), "p", []uint64{1}); err != nil {
		b.Fatal(err)
	}
	n := instep.LinkID(0)
	for b.Loop() {
		n++
		if err := s.Commit(b.Context(), &instep.Batch{Pair: "p", Erased: []instep.LinkID{n}}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkBackup writes a copy of a register.
func BenchmarkBackup(b *testing.B) {
	s := openBench(b, b.TempDir())
	load(b, s, pairsOf(*benchLinks, 3, false))
	dir := b.TempDir()
	n := 0
	for b.Loop() {
		n++
		if err := s.Backup(b.Context(), filepath.Join(dir, fmt.Sprint(n))); err != nil {
			b.Fatal(err)
		}
	}
}
