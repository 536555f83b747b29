package reconcile

import (
	"errors"
	"testing"
)

// What several pairs have in common is said once, and what one has alone beside it.
func TestPausedText(t *testing.T) {
	t.Parallel()
	key, right := errors.New("the key is refused"), errors.New("no right to orders")
	for _, test := range []struct {
		paused []Paused
		want   string
	}{
		{[]Paused{{Pair: "orders", Err: key}}, "pair orders: the key is refused"},
		{
			[]Paused{{Pair: "orders", Err: key}, {Pair: "products", Err: right}, {Pair: "customers", Err: key}},
			"pairs orders, customers: the key is refused\npair products: no right to orders",
		},
	} {
		if got := pausedError(test.paused).Error(); got != test.want {
			t.Errorf("it says %q, want %q", got, test.want)
		}
	}
	if err := pausedError(nil); err != nil {
		t.Errorf("nothing is paused: %v", err)
	}
}
