package reconcile_test

import (
	"strings"
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// Two pairs of one name would share what is kept of them.
func TestPairsOfOneName(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	_, err := reconcile.New(memory.New(), []reconcile.Pair{pairOf(stock, books), pairOf(stock, books)}, nil)
	if instep.KindOf(err) != instep.Config || !strings.Contains(err.Error(), "pair products") {
		t.Errorf("got %v", err)
	}
}
