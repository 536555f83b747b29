package connectortest

import (
	"testing"

	"github.com/instep-go/instep"
)

// Pairing is a matcher with records to look at.
type Pairing struct {
	Matcher instep.Matcher

	// Sample returns the fields of record n, from 1, as each of the two sides
	// has it: the matcher should link the two. Two numbers give two records
	// that it should not link.
	Sample func(n int) (left, right instep.Fields)
}

// TestMatcher checks a matcher against every rule of [instep.Matcher], as
// [TestSource] checks a source. Nil options are the zero Options.
func TestMatcher(t *testing.T, p *Pairing, o *Options) {
	t.Helper()
	runRules(t, matcherRules(p), func(testing.TB) *System { return &System{Sample: p.sample} }, o)
}

// sample gives both sides' fields of a record in one.
func (p *Pairing) sample(n int) instep.Fields {
	left, right := p.Sample(n)
	return instep.NewFields(instep.Field{Name: "left", Value: instep.Group(left)}, instep.Field{Name: "right", Value: instep.Group(right)})
}

// each calls f with the sides of record n.
func (p *Pairing) each(n int, f func(s instep.Side, fields instep.Fields)) {
	left, right := p.Sample(n)
	f(instep.Left, left)
	f(instep.Right, right)
}

func (p *Pairing) keys(s instep.Side, f instep.Fields) []instep.MatchKey {
	return p.Matcher.Keys(s, f, nil)
}
