package reconcile_test

import (
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

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
