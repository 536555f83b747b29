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
// side: what is committed before each and after it. The memory is that of the
// call before, so that what is measured is the store alone.
type calls struct {
	random           *rand.Rand
	sent             int
	unit             [1]instep.Unit
	announce, settle instep.Batch
}

func newCalls() *calls {
	c := &calls{random: rand.New(rand.NewPCG(1, 2))}
	var rules []uint16
	var fields []string
	for r := range callRules {
		rules, fields = append(rules, uint16(r)), append(fields, fmt.Sprintf("field %d", r))
	}
	c.announce = instep.Batch{Pair: "p", Links: make([]instep.Link, callSize), Units: c.unit[:]}
	c.settle = instep.Batch{Pair: "p", Settled: make([]instep.UnitID, 1), Links: make([]instep.Link, callSize)}
	for i := range callSize {
		base := make([]byte, 4*callRules)
		c.announce.Links[i] = instep.Link{Gen: 1, Map: 1, Keys: []instep.KeyHash{{Sides: 1}}, Sides: [2]instep.LinkSide{{Base: base}}}
		c.settle.Links[i] = instep.Link{Gen: 2, Map: 1, Rule: "created", Keys: []instep.KeyHash{{Sides: 3}},
			Sides: [2]instep.LinkSide{{Base: base}, {Base: base}}}
		c.unit[0].Intents = append(c.unit[0].Intents, instep.Intent{Action: instep.Create, Rules: rules, Hashes: make([]uint32, callRules)})
		c.settle.Activity = append(c.settle.Activity, instep.Activity{
			Run: "0011223344556677", Entity: "product", Actor: "engine", Cause: "first load", Action: "create right", Outcome: instep.Created,
			Fields: fields, Before: make([]instep.Trace, callRules), After: make([]instep.Trace, callRules),
		})
	}
	return c
}

// next returns the batches of the next call. The ids of the right side ascend,
// as those that a system gives do.
func (c *calls) next() (announce, settle *instep.Batch) {
	c.sent++
	id, sent := instep.UnitID(c.sent), time.UnixMicro(int64(c.sent)*1e5)
	c.unit[0].ID, c.unit[0].Side, c.unit[0].Sent = id, instep.Right, sent
	c.settle.Settled[0] = id
	for i := range callSize {
		n := (c.sent-1)*callSize + i
		half, whole, in, row := &c.announce.Links[i], &c.settle.Links[i], &c.unit[0].Intents[i], &c.settle.Activity[i]
		for r := range callRules {
			h := c.random.Uint32()
			binary.LittleEndian.PutUint32(half.Sides[instep.Left].Base[4*r:], h) // which is that of all sides
			in.Hashes[r], row.After[r].Hash = h, h
		}
		half.ID, whole.ID, in.Link, row.Link = instep.LinkID(n+1), instep.LinkID(n+1), instep.LinkID(n+1), instep.LinkID(n+1)
		in.Key = c.random.Uint64()
		half.Keys[0].Hash, whole.Keys[0].Hash = in.Key, in.Key
		left, right, sum := fmt.Sprintf("L%09d", n), fmt.Sprint(1_000_000+n), c.random.Uint64()
		half.Sides[instep.Left].ID, whole.Sides[instep.Left].ID, row.LeftID = left, left, left
		whole.Sides[instep.Right].ID, row.RightID = right, right
		whole.Sides[instep.Left].Sum, whole.Sides[instep.Right].Sum = sum, sum
		row.At = sent.Add(30*time.Millisecond + time.Duration(i)*time.Microsecond)
	}
	return &c.announce, &c.settle
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
			used += commitCall(b, s, c)
			n++
		}
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(used.Seconds()*1e3/float64(n), "cpu-ms/call")
	b.ReportMetric(b.Elapsed().Seconds()*1e3/float64(n), "ms/call")
	b.ReportMetric(closedSize(b, s, dir)/float64(n*callSize), "B/record")
}

// commitCall commits what is before and after the next call, and returns how
// long it has used processors.
func commitCall(b *testing.B, s *sqlite.Store, c *calls) time.Duration {
	b.Helper()
	announce, settle := c.next()
	before := processTime()
	for _, batch := range []*instep.Batch{announce, settle} {
		if err := s.Commit(b.Context(), batch); err != nil {
			b.Fatal(err)
		}
	}
	return processTime() - before
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

// BenchmarkLog reads what such calls have left in the log: all of it by pages
// of 1,000 rows, and what happened to one link after the other.
func BenchmarkLog(b *testing.B) {
	s := openBench(b, b.TempDir())
	c := newCalls()
	for range max(*benchLinks/callSize, 1) {
		commitCall(b, s, c)
	}
	b.Run("pages", func(b *testing.B) {
		n := 0
		for b.Loop() {
			for after := uint64(0); ; {
				rows, err := s.Activity(b.Context(), "p", after, pageSize)
				if err != nil {
					b.Fatal(err)
				}
				if n += len(rows); len(rows) < pageSize {
					break
				}
				after = rows[len(rows)-1].N
			}
		}
		b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "rows/s")
		b.ReportMetric(0, "ns/op")
	})
	b.Run("history", func(b *testing.B) {
		n := 0
		for b.Loop() {
			for range 1000 {
				id := instep.LinkID(1 + c.random.IntN(c.sent*callSize))
				if rows, err := s.History(b.Context(), "p", id, 9); err != nil || len(rows) != 1 {
					b.Fatal(rows, err)
				}
				n++
			}
		}
		b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "links/s")
		b.ReportMetric(0, "ns/op")
	})
}
