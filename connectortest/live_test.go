package connectortest

import (
	"slices"
	"testing"
	"time"

	"github.com/instep-go/instep"
)

// A live system is one for all rules: it is not empty, somebody else works in
// it, and what it shows lags behind. No rule may take offence at that, nor
// leave anything behind.
func TestLive(t *testing.T) {
	t.Parallel()
	s := newShelf()
	s.traits.ReadLag = 2 * time.Second
	w := &wrong{page: func(d *desk, _ instep.Cursor, p *instep.Page) {
		drop(p, func(rec *instep.Record) bool {
			return rec.Status == instep.Live && d.s.now.Sub(rec.Modified) < time.Second
		})
	}}
	const others = 5
	for n := range others {
		if _, err := s.make(&instep.Op{Fields: thing(1_000_000_000 + n)}); err != nil {
			t.Fatal(err)
		}
	}
	looked := 0
	for _, r := range slices.Concat(sourceRules(), sinkRules()) {
		got := tryRule(&r, t, func(testing.TB) *System {
			sys := s.system(w)
			sys.LoseReply, sys.Throttle, sys.CutList, sys.During = nil, nil, nil, nil
			return sys
		}, true, &measures{})
		switch got.verdict {
		case broken:
			t.Errorf("rule %q: %q", r.name, got.says)
		case kept:
			looked++
		}
	}
	if looked < 90 {
		t.Errorf("only %d rules were looked at", looked)
	}
	left := slices.DeleteFunc(slices.Clone(s.items), func(it *item) bool { return it.status == instep.Deleted })
	if len(left) != others {
		t.Errorf("%d things are left, %d were there", len(left), others)
		for _, it := range left[others:] {
			t.Logf("%s %s %s", it.id, it.status, it.fields)
		}
	}
}

// The numbers that the project tells of itself.
func TestHowMany(t *testing.T) {
	t.Parallel()
	source, sink, matcher := len(sourceRules()), len(sinkRules()), len(pairRules)
	stores := len(slices.Concat(stateRules, linkRules, workRules, holdRules, eraseRules, commitRules, keptRules, rewindRules))
	t.Logf("%d rules of sources, %d of sinks, %d of matchers, %d of stores", source, sink, matcher, stores)
	if source+sink+matcher < 80 {
		t.Errorf("%d rules of connectors, want 80", source+sink+matcher)
	}
}
