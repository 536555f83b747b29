package reconcile_test

import (
	"context"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/sqlite"
)

// deltaStream is a stream that can tell what changed: its cursor counts
// changes.
type deltaStream struct {
	stream
	changed []int // places, in the order of their changes
}

func newDeltaStream(s instep.Side, n int) *deltaStream {
	return &deltaStream{stream: stream{side: s, n: n, bump: map[int]int64{}}}
}

func (s *deltaStream) Traits() instep.Traits {
	return instep.Traits{System: s.side.String(), Entity: "product", MaxGet: 1000, MaxBatch: 100}
}

// Read gives all records first, a page after the other, and then what changed.
func (s *deltaStream) Read(ctx context.Context, from instep.Cursor) (instep.Page, error) {
	if from == "" || from[0] != 'd' {
		page, err := s.stream.Read(ctx, from)
		if !page.More {
			page.Next = instep.Cursor("d" + strconv.Itoa(len(s.changed)))
		}
		return page, err
	}
	n, err := strconv.Atoi(string(from[1:]))
	if err != nil {
		return instep.Page{}, err
	}
	page := instep.Page{Next: instep.Cursor("d" + strconv.Itoa(len(s.changed)))}
	for _, at := range s.changed[n:] {
		page.Records = append(page.Records, s.one(at))
	}
	return page, nil
}

// one makes the record at a place, in memory of its own.
func (s *deltaStream) one(at int) instep.Record {
	alone := stream{side: s.side, n: s.n, keep: s.n, bump: s.bump}
	return alone.page(at, at+1)[0]
}

func (s *deltaStream) edit(at int) {
	s.bump[s.content(at)]++
	s.changed = append(s.changed, at)
}

func (s *deltaStream) Get(_ context.Context, refs []instep.Ref) ([]instep.Record, error) {
	recs := make([]instep.Record, len(refs))
	for i, ref := range refs {
		at, err := strconv.Atoi(ref.ID[len(ref.ID)-10:])
		if err != nil {
			return nil, err
		}
		recs[i] = s.one(at)
	}
	return recs, nil
}

func (s *deltaStream) Write(ctx context.Context, ops []instep.Op) ([]instep.Result, error) {
	results := make([]instep.Result, len(ops))
	for i := range ops {
		at, err := strconv.Atoi(ops[i].Ref.ID[len(ops[i].Ref.ID)-10:])
		if err != nil {
			return nil, err
		}
		if n, ok := ops[i].Fields.Get(benchNames[s.side][9]).AsInt(); ok {
			s.bump[s.content(at)] = n - int64(s.content(at))
		}
		after := s.one(at)
		results[i] = instep.Result{Ref: ops[i].Ref, After: &after}
	}
	return results, ctx.Err()
}

// counted is a store that counts what is committed to it.
type counted struct {
	*sqlite.Store
	commits, rows int
}

func (c *counted) Commit(ctx context.Context, b *instep.Batch) error {
	c.commits++
	c.rows += len(b.Links) + len(b.Dropped) + len(b.Marks) + len(b.Cleared) + len(b.Units) + len(b.Settled) + len(b.Activity) +
		len(b.Fences) + len(b.Unfenced)
	if b.State != nil {
		c.rows++
	}
	return c.Store.Commit(ctx, b)
}

// BenchmarkChanged has 100 records of a linked register change and carries
// them over, where both sides can tell what changed.
func BenchmarkChanged(b *testing.B) {
	const changes = 100
	n := *benchRecords
	left, right := newDeltaStream(instep.Left, n), newDeltaStream(instep.Right, n)
	store := &counted{Store: openBench(b, filepath.Join(b.TempDir(), "state"))}
	defer store.Close()
	pair := benchPair(&left.stream, &right.stream, 3)
	pair.Left, pair.Right = left, right
	e, err := reconcile.New(store, []reconcile.Pair{pair}, nil)
	if err != nil {
		b.Fatal(err)
	}
	run := func() reconcile.Summary {
		sum, err := e.Run(b.Context(), nil)
		if err != nil {
			b.Fatal(err)
		}
		return sum
	}
	run()
	store.commits, store.rows = 0, 0
	var took []time.Duration
	cpu := processTime()
	for b.Loop() {
		for i := range changes {
			left.edit((len(left.changed)*7919 + i) % n)
		}
		began := time.Now()
		sum := run()
		took = append(took, time.Since(began))
		if sum.Pairs[0].Writes[instep.Right] != changes {
			b.Fatalf("%d written, want %d", sum.Pairs[0].Writes[instep.Right], changes)
		}
	}
	slices.Sort(took)
	b.ReportMetric(took[len(took)/2].Seconds()*1e3, "ms/run")
	b.ReportMetric((processTime()-cpu).Seconds()*1e3/float64(len(took)), "cpu-ms/run")
	b.ReportMetric(float64(store.commits)/float64(b.N), "commits/run")
	b.ReportMetric(float64(store.rows)/float64(b.N)/changes, "rows/change")
	b.ReportMetric(0, "ns/op")
}
