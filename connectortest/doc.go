// Package connectortest is the conformance kit: it checks that an
// implementation of an interface of package instep keeps what the interface
// promises. It is for tests only.
//
// Each rule is a subtest of its own, whose name says what was looked at and
// whose failure prints the rule. An implementation calls the kit from a test
// of a few lines:
//
//	func TestConformance(t *testing.T) {
//		t.Parallel()
//		connectortest.TestStore(t, func(*testing.T) instep.Checkpoint { return memory.New() }, nil)
//	}
//
// TestStore knows the rules one by one; TestStoreModel compares a store with
// one that is known to be right over random batches.
package connectortest
