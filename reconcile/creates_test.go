package reconcile_test

import (
	"container/heap"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/company"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

var (
	// creates is how many records TestCreates makes.
	creates = flag.Int("creates", 100_000, "how many creates TestCreates simulates")

	createsSeed = flag.Uint64("creates-seed", 1, "the seed of TestCreates and TestCreatesTooLate")
)

// What of the creates goes wrong, in thousandths: replies that are lost, half
// of them before the record is made, and records that are made later than the
// request was given up.
const (
	lostShare = 50
	lateShare = 10
)

// What the register declares: Netvisor's connector says about the same.
const (
	ledgerLife = 150 * time.Second
	ledgerLag  = 10 * time.Second
)

// virtualClock passes only where it is moved or slept on.
type virtualClock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *virtualClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *virtualClock) Sleep(ctx context.Context, d time.Duration) error {
	c.advance(max(d, 0))
	return ctx.Err()
}

func (c *virtualClock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// Each customer is a number that no key shows: its name and its code are made
// from it, and only the register below reads it back from them.
func customerCode(who int) string { return strconv.Itoa(10_000_000 + who) }
func customerName(who int) string { return "Asiakas " + strconv.Itoa(10_000_000+who) + " Oy" }

func customerOf(code string) (who int, ok bool) {
	n, err := strconv.Atoi(code)
	return n - 10_000_000, err == nil && n >= 10_000_000
}

// customers is the register that the records are made from. Nothing changes
// in it.
type customers int

func (customers) Traits() instep.Traits {
	return instep.Traits{System: "crm", Entity: "customer", MaxGet: 1000}
}

func (c customers) Read(_ context.Context, from instep.Cursor) (instep.Page, error) {
	const size = 1000
	start, _ := strconv.Atoi(string(from))
	end := min(start+size, int(c))
	page := instep.Page{More: end < int(c), Next: instep.Cursor(strconv.Itoa(end))}
	for who := start; who < end; who++ {
		page.Records = append(page.Records, c.record(who))
	}
	if start == 0 || start < end {
		page.Sweep = instep.Sweep{Complete: !page.More, Total: int(c)}
	}
	return page, nil
}

func (customers) record(who int) instep.Record {
	return instep.Record{
		Ref: instep.Ref{System: "crm", Entity: "customer", ID: strconv.Itoa(who)},
		Fields: instep.NewFields(instep.Field{Name: "code", Value: instep.String(customerCode(who))},
			instep.Field{Name: "name", Value: instep.String(customerName(who))}),
	}
}

func (c customers) Get(_ context.Context, refs []instep.Ref) ([]instep.Record, error) {
	recs := make([]instep.Record, len(refs))
	for i, ref := range refs {
		who, err := strconv.Atoi(ref.ID)
		if err != nil {
			return nil, err
		}
		recs[i] = c.record(who)
	}
	return recs, nil
}

// ledger is the register that the records are made in. It gives ids by itself
// and takes a second record with a code that is there already, so that nothing
// but the engine keeps duplicates out. Its replies get lost, and what it makes
// shows some time after.
type ledger struct {
	clock  *virtualClock
	rnd    *rand.Rand
	late   func(*rand.Rand) time.Duration // how late a late record is made
	rows   []ledgerRow                    // by id, from 1
	of     map[int32][]int32              // ids that can be seen, by customer
	coming comingRows
	shown  []int32 // ids in the order in which they came to be seen; a cursor counts them

	sent, lost, lateRows int
	bad                  error
}

type ledgerRow struct {
	who  int32
	late bool
}

func newLedger(seed uint64, late func(*rand.Rand) time.Duration) *ledger {
	return &ledger{
		clock: &virtualClock{now: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)},
		rnd:   rand.New(rand.NewPCG(seed, 1)), late: late, of: map[int32][]int32{},
	}
}

func (l *ledger) Traits() instep.Traits {
	return instep.Traits{
		System: "erp", Entity: "customer", MaxBatch: 50, MaxGet: 200, Exact: true,
		ReadLag: ledgerLag, RequestLife: ledgerLife,
	}
}

// settle shows what can be seen by now.
func (l *ledger) settle() {
	now := l.clock.Now()
	for len(l.coming) > 0 && !l.coming[0].at.After(now) {
		row := heap.Pop(&l.coming).(comingRow)
		who := l.rows[row.id].who
		l.of[who] = append(l.of[who], row.id)
		l.shown = append(l.shown, row.id)
	}
}

func (l *ledger) Read(_ context.Context, from instep.Cursor) (instep.Page, error) {
	const size = 1000
	l.settle()
	start, _ := strconv.Atoi(string(from))
	end := min(start+size, len(l.shown))
	page := instep.Page{More: end < len(l.shown), Next: instep.Cursor(strconv.Itoa(end)), AsOf: l.clock.Now()}
	for _, id := range l.shown[start:end] {
		page.Records = append(page.Records, l.record(id))
	}
	if !page.More {
		page.Sweep = instep.Sweep{Complete: true, Total: -1}
	}
	return page, nil
}

func (l *ledger) ref(id int32) instep.Ref {
	return instep.Ref{System: "erp", Entity: "customer", ID: strconv.Itoa(int(id))}
}

func (l *ledger) record(id int32) instep.Record {
	rec := customers(0).record(int(l.rows[id].who))
	rec.Ref = l.ref(id)
	return rec
}

func (l *ledger) Get(_ context.Context, refs []instep.Ref) ([]instep.Record, error) {
	l.settle()
	recs := make([]instep.Record, len(refs))
	for i, ref := range refs {
		id, err := strconv.Atoi(ref.ID)
		if err != nil {
			return nil, err
		}
		recs[i] = l.record(int32(id))
	}
	return recs, nil
}

func (l *ledger) Find(_ context.Context, field string, values []instep.Value) ([][]instep.Record, error) {
	l.settle()
	found := make([][]instep.Record, len(values))
	for i, v := range values {
		who, ok := customerOf(v.String())
		if field != "code" || !ok {
			return nil, fmt.Errorf("asked for %s %s", field, v)
		}
		for _, id := range l.of[int32(who)] {
			found[i] = append(found[i], l.record(id))
		}
	}
	return found, nil
}

func (l *ledger) Write(_ context.Context, ops []instep.Op) ([]instep.Result, error) {
	out := make([]instep.Result, len(ops))
	for i := range ops {
		l.clock.advance(20 * time.Millisecond)
		out[i] = l.create(&ops[i])
	}
	return out, nil
}

// create makes a record, or loses the reply, or both.
func (l *ledger) create(op *instep.Op) instep.Result {
	who, ok := customerOf(op.Fields.Get("code").String())
	if op.Action != instep.Create || !ok || op.Fields.Get("name") != instep.String(customerName(who)) {
		l.bad = fmt.Errorf("sent was %s %s", op.Action, op.Fields)
	}
	l.sent++
	lost := instep.Result{Err: &instep.Error{Kind: instep.Lost, Op: "erp"}}
	switch chance := l.rnd.IntN(1000); {
	case chance < lostShare/2:
		l.lost++
		return lost
	case chance < lostShare:
		l.lost++
		l.keep(who, 0, false)
		return lost
	case chance < lostShare+lateShare:
		l.lateRows++
		l.keep(who, l.late(l.rnd), true)
		return lost
	default:
		id := l.keep(who, 0, false)
		rec := l.record(id)
		return instep.Result{Ref: rec.Ref, After: &rec}
	}
}

// keep makes a record after a while, to be seen some time after that.
func (l *ledger) keep(who int, after time.Duration, late bool) int32 {
	if len(l.rows) == 0 {
		l.rows = append(l.rows, ledgerRow{who: -1})
	}
	id := int32(len(l.rows))
	l.rows = append(l.rows, ledgerRow{int32(who), late})
	lag := time.Duration(l.rnd.Int64N(int64(ledgerLag)))
	heap.Push(&l.coming, comingRow{l.clock.Now().Add(after + lag), id})
	return id
}

// comingRow is a record that can be seen from a time on.
type comingRow struct {
	at time.Time
	id int32
}

type comingRows []comingRow

func (h comingRows) Len() int           { return len(h) }
func (h comingRows) Less(i, j int) bool { return h[i].at.Before(h[j].at) }
func (h comingRows) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *comingRows) Push(x any)        { *h = append(*h, x.(comingRow)) }
func (h *comingRows) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}

// playCreates has every customer made in the ledger, by one process after the
// other, until a run sends nothing and nothing is to come any more. It returns
// an engine that looks at the end.
func playCreates(t *testing.T, n int, l *ledger, m instep.Matcher) (*reconcile.Engine, int) {
	t.Helper()
	store := memory.New()
	pair := reconcile.Pair{
		Name: "customers", Left: customers(n), Right: l, Flow: instep.ToRight, Matcher: m,
		Mapping: instep.Mapping{Rules: []instep.Rule{
			{Name: "code", Left: instep.End{Field: "code"}, Right: instep.End{Field: "code"}, Owner: instep.LeftOwns, Match: &instep.Match{Rank: 1}},
			{Name: "name", Left: instep.End{Field: "name"}, Right: instep.End{Field: "name"}, Owner: instep.LeftOwns},
		}},
	}
	options := &reconcile.Options{Clock: l.clock, Serial: true}
	const most = 60
	for round := 1; round <= most; round++ {
		before := l.sent
		e := newEngine(t, store, options, pair)
		sum := mustRun(t, e, nil)
		if l.bad != nil {
			t.Fatal(l.bad)
		}
		c := &sum.Pairs[0].Counts
		if l.sent == before && len(l.coming) == 0 && c.Of(instep.Failed)+c.Of(instep.Pending) == 0 {
			return e, round
		}
		l.clock.advance(15 * time.Minute)
	}
	t.Fatalf("it has not come to rest in %d runs", most)
	return nil, 0
}

// TestCreates has customers created whose replies get lost, and some of which
// are made late, but within the time that the system declares: in the end each
// is there once.
//
//	go test -run 'TestCreates$' -creates 1000000 ./reconcile
func TestCreates(t *testing.T) {
	t.Parallel()
	n := *creates
	if testing.Short() {
		n = min(n, 10_000)
	}
	l := newLedger(*createsSeed, func(rnd *rand.Rand) time.Duration {
		return time.Duration(rnd.Int64N(int64(ledgerLife)))
	})
	e, rounds := playCreates(t, n, l, nil)
	twice, missing := 0, 0
	for who := range int32(n) {
		switch len(l.of[who]) {
		case 0:
			missing++
		case 1:
		default:
			twice++
		}
	}
	t.Logf("%d customers, %d creates sent, %d replies lost, %d made late, %d runs: %d duplicates, %d missing",
		n, l.sent, l.lost, l.lateRows, rounds, twice, missing)
	if twice > 0 || missing > 0 {
		t.Errorf("%d customers are there more than once, %d not at all", twice, missing)
	}
	if l.lost < n*lostShare/1000*9/10 || l.lateRows < n*lateShare/1000*9/10 {
		t.Errorf("only %d replies were lost, and %d records late", l.lost, l.lateRows)
	}
	reviews, err := e.Reviews(t.Context())
	if err != nil || len(reviews) > 0 {
		t.Errorf("%d reviews, %v", len(reviews), err)
	}
}

// TestCreatesTooLate has records made after the time that the system declares,
// when they were sent once more already. Nothing can keep these from being
// there twice; but no duplicate stays unseen: of the records of one customer
// all but one are reviews, each its own, or all and the customer as well.
func TestCreatesTooLate(t *testing.T) {
	t.Parallel()
	fields := company.Fields{Number: "code", Name: "name"}
	for name, m := range map[string]instep.Matcher{
		"code":    nil,
		"cascade": company.Cascade(fields, fields, company.Options{}), // where namesakes may be as they were
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			playTooLate(t, m)
		})
	}
}

func playTooLate(t *testing.T, m instep.Matcher) {
	t.Helper()
	const n = 10_000
	l := newLedger(*createsSeed, func(rnd *rand.Rand) time.Duration {
		const declared = ledgerLife + ledgerLag
		return declared + time.Duration(rnd.Int64N(int64(50*declared)))
	})
	e, rounds := playCreates(t, n, l, m)
	asked := reviewsByID(t, e)
	tooMany, late, reviews := 0, 0, 0
	for who := range int32(n) {
		ids := l.of[who]
		var silent []int32
		for _, id := range ids {
			if asked[l.ref(id)] == "" {
				silent = append(silent, id)
			}
			if l.rows[id].late && len(ids) > 1 {
				late++
			}
		}
		tooMany, reviews = tooMany+max(0, len(ids)-1), reviews+len(ids)-len(silent)
		maker := asked[customers(n).record(int(who)).Ref]
		if maker != "" {
			reviews++
		}
		if settled := len(silent) == 1 && maker == ""; !settled && (len(ids) < 2 || len(silent) > 0 || maker == "") {
			t.Errorf("%s is there as %v, of which nobody is asked about %v; about the customer: %q", customerCode(int(who)), ids, silent, maker)
		}
	}
	t.Logf("%d customers, %d creates sent, %d made too late, %d of them beside another, %d runs; %d records too many, %d reviews",
		n, l.sent, l.lateRows, late, rounds, tooMany, reviews)
	if tooMany < n*lateShare/1000/2 || reviews != len(asked) {
		t.Errorf("only %d records are too many; %d of %d reviews are about customers", tooMany, reviews, len(asked))
	}
}

// reviewsByID returns why a record waits for a person: of a review that names
// both sides it is the right one, which is too many.
func reviewsByID(t *testing.T, e *reconcile.Engine) map[instep.Ref]string {
	t.Helper()
	reviews, err := e.Reviews(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	asked := map[instep.Ref]string{}
	for _, r := range reviews {
		ref := r.Right.Ref
		if ref.ID == "" {
			ref = r.Left.Ref
		}
		if asked[ref] != "" {
			t.Errorf("%s is asked about twice: %s", ref, reconcile.Text(r.Message))
		}
		asked[ref] = r.Message.Code
	}
	return asked
}
