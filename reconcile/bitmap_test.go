package reconcile

import (
	"math/rand/v2"
	"testing"

	"github.com/instep-go/instep"
)

func TestBitmap(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(1, 1))
	var b bitmap
	model := map[instep.LinkID]bool{}
	for range 300 {
		id := instep.LinkID(1 + rnd.IntN(400))
		b.set(id)
		model[id] = true
	}
	if b.len() != len(model) {
		t.Errorf("%d ids, want %d", b.len(), len(model))
	}
	for from := instep.LinkID(1); from < 600; from++ {
		if b.has(from) != model[from] {
			t.Fatalf("has(%d) is %t", from, b.has(from))
		}
		want := from
		for model[want] {
			want++
		}
		if got := b.nextUnset(from); got != want {
			t.Fatalf("nextUnset(%d) is %d, want %d", from, got, want)
		}
	}
}
