package connectortest

import (
	"testing"
	"time"

	"github.com/instep-go/instep"
)

// System is an installation as a connector and the kit see it: the connector's
// own values, and the hands of somebody who works in the system itself. Only
// Source or Sink, and Sample, must be set. What else is nil costs rules: each
// one that it would take is skipped, says so, and is counted.
type System struct {
	// Source and Sink are the connector. They may be one value. Either may be
	// nil for a connector that only reads or only writes.
	Source instep.Source
	Sink   instep.Sink

	// Reopen returns the Source as another process would have it: a new value
	// with nothing remembered, on the same installation.
	Reopen func() instep.Source

	// Sample returns the fields of record n as a create gives them, n from 1.
	// Two numbers give two records that differ in whatever must differ. The
	// values are plain ones, which the system keeps as they are; odd ones are
	// tried by the kit. It must have a value for the field Field.
	Sample func(n int) instep.Fields

	// Field is a text field, neither required nor searched for, that people
	// edit: the kit edits this one wherever any would do. Empty: the first
	// text of the samples that fits by its description.
	Field string

	// IDField is the field that shows a record's id, where the id is chosen by
	// whoever makes it (Traits.ChosenID): a sample's value there is its id.
	// Empty: there is none, and the kit chooses "kit-1", "kit-2" and so on.
	IDField string

	// FindBy are the fields that the connector's Finder finds records by, where
	// Sample gives each record another value. Nil: those of the samples that
	// the Finder takes.
	FindBy []string

	// Make, Edit, Remove, Hide and Rename do what somebody does in the system
	// itself, behind the connector's back. Make returns the new record's id;
	// Edit changes what f names, which is only ever Field, and null empties it.
	// Hide withdraws a record from the connector without deleting it; Rename
	// gives it another id and returns that. Nil: the kit makes, edits and
	// removes by way of the Sink, where it can, and rules about the others are
	// skipped.
	Make   func(f instep.Fields) (id string, err error)
	Edit   func(id string, f instep.Fields) error
	Remove func(id string) error
	Hide   func(id string) error
	Rename func(id string) (to string, err error)

	// LoseReply has the reply to the next write request be lost, after it was
	// carried out or before.
	LoseReply func(carriedOut bool)

	// Throttle has the next request be answered that there were too many, and
	// nothing be done. It returns the wait that the answer asks for, 0 if it
	// asks for none. The kit waits as long: a second is enough.
	Throttle func() time.Duration

	// CutList has the next list of records that the connector reads lack some
	// of them, as far as the vendor's lists are known to be cut.
	CutList func()

	// During has f be called while the next write request is under way: after
	// it was sent, and before its reply arrives.
	During func(f func())

	// Secrets are texts that no error and no log may hold: keys, tokens. Log
	// returns what the connector has logged, at its most talkative.
	Secrets []string
	Log     func() string

	// Sleep lets time pass for the system. Nil: time.Sleep. A fake with a clock
	// of its own sets it, so that nobody waits for a read lag.
	Sleep func(time.Duration)
}

// Options of [TestSource] and [TestSink]. The zero value opts out of nothing.
type Options struct {
	// Skip opts out of rules. Each needs a reason. A rule that is not there, or
	// that the connector keeps, is a failure: an opt-out must be needed.
	Skip []Skip

	// Live says that the system is a real one, or a vendor's sandbox: neither
	// empty nor fresh for each rule, slow, and with others at work. Rules then
	// run one after the other, look only at records of their own, wait out the
	// declared read lag, and delete in the end what they made, or put it out of
	// use. What takes an empty system is skipped. Bind it to a flag of your
	// own tests; the kit defines none.
	Live bool
}

// Skip is an opt-out of one rule.
type Skip struct {
	Rule   string // its name, as the subtest has it
	Reason string // why the system cannot keep it; shown with the result
}

// TestSource checks a source against every rule of [instep.Source], and of
// [instep.Getter], [instep.Finder], [instep.Lister], [instep.Prober],
// [instep.Describer] and [instep.Traiter] if it is one. Each rule is a subtest
// and gets a System of its own from open, which cleans up by t.Cleanup. Rules
// run in parallel unless the system is live. In the end it logs how many rules
// were kept, skipped and opted out of, and what was measured. Nil options are
// the zero Options.
func TestSource(t *testing.T, open func(t testing.TB) *System, o *Options) {
	t.Helper()
	runRules(t, sourceRules(), open, o)
}

// TestSink checks a sink as [TestSource] checks a source, against every rule
// of [instep.Sink]. What it wrote it reads by the Getter that the Sink or the
// Source is, else by a walk of the Source.
func TestSink(t *testing.T, open func(t testing.TB) *System, o *Options) {
	t.Helper()
	runRules(t, sinkRules(), open, o)
}
