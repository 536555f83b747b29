package reconcile_test

import (
	"errors"
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
)

// TestEachCallFailsByHand lets every call of the store and of the systems fail
// that linking and unlinking by hand makes, one at a time: whoever does it is
// told, and can do it once more.
func TestEachCallFailsByHand(t *testing.T) {
	t.Parallel()
	for n := 1; ; n++ {
		stock, books, sound, store := linkedPair(t, nil)
		once := &failsOnce{}
		once.left.Store(int64(n))
		failing := newEngine(t, failsOnceStore{store, once}, nil, both(pairOf(failsOnceSystem{stock, once}, failsOnceSystem{books, once})))
		for _, do := range []func(e *reconcile.Engine) error{
			func(e *reconcile.Engine) error { return e.Unlink(t.Context(), stock.ref("A"), "Liisa") },
			func(e *reconcile.Engine) error {
				return e.Link(t.Context(), "products", stock.ref("A"), books.ref("b001"), "Liisa")
			},
		} {
			told := once.failed()
			err := do(failing)
			if failed := once.failed() && !told; failed != errors.Is(err, errOnce) || !failed && err != nil {
				t.Fatalf("call %d failed is %t, and it says %v", n, failed, err)
			}
			if err != nil {
				err = do(sound)
			}
			if err != nil {
				t.Fatalf("once more after call %d failed: %v", n, err)
			}
		}
		stock.edit("A", "name", instep.String("Tee"))
		mustRun(t, sound, nil)
		wantBoth(t, stock, books, "Tee")
		if t.Failed() {
			t.Fatalf("after call %d has failed", n)
		}
		if !once.failed() {
			if n < 8 {
				t.Errorf("only %d calls", n)
			}
			return
		}
	}
}
