package sqlite_test

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/store/sqlite"
)

const (
	callSize  = 100 // records in a call
	callRules = 12
)

// calls are the write calls of a first load that creates records on the right
// side: what is committed before each and after it.
type calls struct {
	random *rand.Rand
	fields []string
	rules  []uint16
	sent   int
}

func newCalls() *calls {
	c := &calls{random: rand.New(rand.NewPCG(1, 2))}
	for r := range callRules {
		c.fields, c.rules = append(c.fields, fmt.Sprintf("field %d", r)), append(c.rules, uint16(r))
	}
	return c
}

// next returns the batches of the next call. The ids of the right side ascend,
// as those that a system gives do.
func (c *calls) next() (announce, settle *instep.Batch) {
	c.sent++
	unit := instep.Unit{ID: instep.UnitID(c.sent), Side: instep.Right, Sent: time.UnixMicro(int64(c.sent) * 1e5)}
	announce, settle = &instep.Batch{Pair: "p"}, &instep.Batch{Pair: "p", Settled: []instep.UnitID{unit.ID}}
	for i := range callSize {
		n := (c.sent-1)*callSize + i
		base, hashes := make([]byte, 0, 4*callRules), make([]uint32, callRules)
		before, after := make([]instep.Trace, callRules), make([]instep.Trace, callRules)
		for r := range callRules {
			hashes[r] = c.random.Uint32()
			base, after[r].Hash = binary.LittleEndian.AppendUint32(base, hashes[r]), hashes[r]
		}
		l := instep.Link{ID: instep.LinkID(n + 1), Gen: 1, Map: 1, Keys: []instep.KeyHash{{Hash: c.random.Uint64(), Sides: 1}}}
		l.Sides[instep.Left] = instep.LinkSide{ID: fmt.Sprintf("L%09d", n), Base: base}
		announce.Links = append(announce.Links, l)
		unit.Intents = append(unit.Intents, instep.Intent{Link: l.ID, Action: instep.Create, Key: l.Keys[0].Hash, Rules: c.rules, Hashes: hashes})

		l.Gen, l.Rule, l.Keys = 2, "created", []instep.KeyHash{{Hash: l.Keys[0].Hash, Sides: 3}}
		sum := c.random.Uint64()
		l.Sides[instep.Left].Sum, l.Sides[instep.Right] = sum, instep.LinkSide{ID: fmt.Sprint(1_000_000 + n), Sum: sum, Base: base}
		settle.Links = append(settle.Links, l)
		settle.Activity = append(settle.Activity, instep.Activity{
			At: time.UnixMicro(int64(c.sent)*1e5 + 3e4 + int64(i)), Run: "0011223344556677", Link: l.ID, Entity: "product",
			LeftID: l.Sides[instep.Left].ID, RightID: l.Sides[instep.Right].ID, Actor: "engine", Cause: "first load", Action: "create right",
			Outcome: instep.Created, Fields: c.fields, Before: before, After: after,
		})
	}
	announce.Units = []instep.Unit{unit}
	return announce, settle
}

// BenchmarkWrites commits what a first load does before and after each of its
// calls, which create 100 records of twelve rules each. An op is a call: two
// commits.
func BenchmarkWrites(b *testing.B) {
	dir := b.TempDir()
	s := openBench(b, dir)
	c := newCalls()
	var used time.Duration
	n := 0
	for b.Loop() {
		for range max(*benchLinks/callSize, 1) {
			announce, settle := c.next()
			before := processTime()
			for _, batch := range []*instep.Batch{announce, settle} {
				if err := s.Commit(b.Context(), batch); err != nil {
					b.Fatal(err)
				}
			}
			used += processTime() - before
			n++
		}
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(used.Seconds()*1e3/float64(n), "cpu-ms/call")
	b.ReportMetric(b.Elapsed().Seconds()*1e3/float64(n), "ms/call")
	b.ReportMetric(closedSize(b, s, dir)/float64(n*callSize), "B/record")
}

// closedSize closes the store and returns the size of its file.
func closedSize(b *testing.B, s *sqlite.Store, dir string) float64 {
	b.Helper()
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(dir, "state.db"))
	if err != nil {
		b.Fatal(err)
	}
	return float64(info.Size())
}
