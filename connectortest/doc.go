// Package connectortest is the conformance kit: it checks that an
// implementation of an interface of package instep keeps what the interface
// promises. It is for tests only.
//
// Each rule is a subtest of its own, whose name says what was looked at and
// whose failure prints the rule. For each rule the kit's own tests have a
// connector, a matcher or a store that breaks it and no other.
//
// # Connectors
//
// [TestSource] and [TestSink] take a function that opens a fresh and empty
// installation, mostly a fake server, with the connector's own values and the
// hands of somebody who works in the system itself:
//
//	func system(t testing.TB) *connectortest.System {
//		s := acmetest.NewServer(t)
//		c := acme.New(s.URL).Products()
//		return &connectortest.System{
//			Source: c, Sink: c, Field: "note",
//			Reopen: func() instep.Source { return acme.New(s.URL).Products() },
//			Sample: func(n int) instep.Fields {
//				return instep.NewFields(
//					instep.Field{Name: "code", Value: instep.String(fmt.Sprintf("A-%04d", n))},
//					instep.Field{Name: "note", Value: instep.String(fmt.Sprintf("note %d", n))})
//			},
//			Edit:   func(id string, f instep.Fields) error { return s.Edit(id, f.Get("note").String()) },
//			Remove: s.Remove,
//		}
//	}
//
//	func TestConformance(t *testing.T) {
//		t.Run("source", func(t *testing.T) { connectortest.TestSource(t, system, nil) })
//		t.Run("sink", func(t *testing.T) { connectortest.TestSink(t, system, nil) })
//	}
//
// What a connector cannot do, it says by its [instep.Traits] and by the
// interfaces that it does not implement: the rules about that are then not in
// question. What is nil in [System] leaves rules that are not looked at. What
// the system behind it cannot keep is opted out of in [Options], by the name
// of the rule and with a reason; an opt-out that is not needed is a failure.
// All of these are counted, and listed with their reasons, in the log of the
// test, which go test -v shows. What is broken stands there too, by what was
// seen: one fault of a connector mostly breaks many rules, whose failures come
// in any order. Begin with the one that most rules share.
//
// The log also says what was measured: for how long a write was not to be
// seen, the step of the times of change, and which fields lose something of
// what is written to them and how. And it says what the engine can promise
// with such a connector: whether a create whose reply was lost is found again,
// whose edits may be overwritten, and how deletions are seen. A trait that
// promises more than what was measured breaks a rule.
//
// # Live systems
//
// With [Options.Live] the same tests run against a real installation, best a
// vendor's sandbox. The kit defines no flag and reads no environment, so that
// it adds nothing to the command line of your tests; bind one:
//
//	var live = flag.Bool("acme.live", false, "test against the sandbox of ACME_URL")
//
// and have it choose both Options.Live and what the System is of. Rules that
// take an empty system, or faults that a real system does not have on demand,
// are then not looked at. All others write to the system.
//
// # Matchers
//
// [TestMatcher] takes a matcher with samples of records as both sides have
// them.
//
// # Stores
//
// [TestStore] knows the rules one by one; [TestStoreModel] compares a store
// with one that is known to be right over random batches:
//
//	func TestConformance(t *testing.T) {
//		t.Parallel()
//		connectortest.TestStore(t, func(*testing.T) instep.Checkpoint { return memory.New() }, nil)
//	}
package connectortest
