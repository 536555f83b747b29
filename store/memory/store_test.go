package memory_test

import (
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/connectortest"
	"github.com/instep-go/instep/store/memory"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	connectortest.TestStore(t, func(*testing.T) instep.Checkpoint { return memory.New() }, nil)
}

// Two stores must not hash alike: hashes of one would say something about
// records of the other.
func TestHashKeysDiffer(t *testing.T) {
	t.Parallel()
	one, other := memory.New(), memory.New()
	if one.HashKey() == other.HashKey() {
		t.Error("two stores have the same hash key")
	}
}
