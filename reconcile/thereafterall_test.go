package reconcile_test

import (
	"errors"
	"testing"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// A system that cannot be asked for one record says of an update that there is no
// such record. Its next list shows it: the update is sent at once, though nobody has
// edited anything since.
func TestVanishedButListed(t *testing.T) {
	t.Parallel()
	c := &clock{time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)}
	stock, books := twoSystems()
	books.traits = func(t *instep.Traits) { t.Snapshot = true }
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	p := pairOf(stock, onlyListed{books, books, books})
	e := newEngine(t, memory.New(), &reconcile.Options{Clock: c, Serial: true}, p)
	run := func() {
		mustRun(t, e, nil)
		c.now = c.now.Add(time.Hour)
	}
	run()
	books.block = func(instep.Op) error {
		books.block = nil
		return &instep.Error{Kind: instep.NotFound, Op: "books"}
	}
	stock.edit("A", "name", instep.String("Tee"))
	run()
	if got := books.records["b001"].Get("title"); got != instep.String("Kahvi") {
		t.Fatalf("it was not refused: %v", got)
	}
	books.asOf = c.now
	run()
	if got := books.records["b001"].Get("title"); got != instep.String("Tee") {
		t.Errorf("the title is %v", got)
	}
}

// What is known of a record is not told in part: where the state cannot be read,
// that is what is said.
func TestKnownOfAnUnreadableState(t *testing.T) {
	t.Parallel()
	stock, books, store, pairs := filled(t)
	mustRun(t, newEngine(t, store, nil, pairs...), nil)
	ref := stock.ref("A-001")
	if x := explainOne(t, newEngine(t, store, nil, pairs...), ref); x.Other.ID == "" {
		t.Fatalf("%v in the stock, %v in the books", stock.records, books.records)
	}
	for n := 1; ; n++ {
		once := &failsOnce{}
		once.left.Store(int64(n))
		known, err := newEngine(t, failsOnceStore{store, once}, nil, pairs...).Known(t.Context(), ref)
		if failed := once.failed(); failed != errors.Is(err, errOnce) || failed == (len(known) == 1) {
			t.Errorf("call %d failed is %t: %d are known, %v", n, failed, len(known), err)
		}
		if !once.failed() {
			return
		}
	}
}
