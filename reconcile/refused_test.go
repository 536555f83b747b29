package reconcile_test

import (
	"strings"
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// Two pairs of one name would share what is known of them.
func TestNameUsedTwice(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	_, err := reconcile.New(memory.New(), []reconcile.Pair{pairOf(stock, books), pairOf(stock, books)}, nil)
	if instep.KindOf(err) != instep.Config || !strings.Contains(err.Error(), "the name is used twice") {
		t.Errorf("it says %v", err)
	}
}

// Something may follow from a deletion only where it can be told from a record that
// is not listed: the other side is asked, or tells of deletions by itself.
func TestDeletionsToBeSeen(t *testing.T) {
	t.Parallel()
	for _, sees := range []bool{false, true} {
		for policy, needed := range map[reconcile.DeletePolicy]bool{reconcile.IgnoreDeleted: false, reconcile.UnlinkDeleted: true} {
			stock, books := twoSystems()
			books.traits = func(t *instep.Traits) { t.SeesDeletes = sees }
			p := pairOf(stock, unread{&filed{system: books}})
			p.Deletes[instep.Left] = policy
			_, err := reconcile.New(memory.New(), []reconcile.Pair{p}, nil)
			if refused := instep.KindOf(err) == instep.Config; refused != (needed && !sees) || !refused && err != nil {
				t.Errorf("where deletions are told is %t, to %s says %v", sees, policy, err)
			}
		}
	}
}
