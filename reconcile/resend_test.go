package reconcile_test

import (
	"testing"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// TestResendsEnd has a vendor who answers no create and makes no record. It is
// sent again six times, each time after a longer while, and then a person is
// asked.
func TestResendsEnd(t *testing.T) {
	t.Parallel()
	c := &clock{time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)}
	stock, books := twoSystems()
	stock.put("A", stockRecord("A", "Kahvi", "1")...)
	books.life = time.Minute
	var sent []time.Time
	books.block = func(instep.Op) error {
		sent = append(sent, c.now)
		return &instep.Error{Kind: instep.Lost}
	}
	e := newEngine(t, memory.New(), &reconcile.Options{Clock: c, Serial: true}, pairOf(stock, books))
	for range 100 {
		mustRun(t, e, nil)
		c.now = c.now.Add(6 * time.Hour)
	}
	if len(sent) != 1+6 {
		t.Errorf("it was sent %d times, want once and six times again", len(sent))
	}
	for i := 2; i < len(sent); i++ {
		if before, now := sent[i-1].Sub(sent[i-2]), sent[i].Sub(sent[i-1]); now < before {
			t.Errorf("sent again after %s, and then after %s", before, now)
		}
	}
	onlyReview(t, e, "in_doubt")
}
