package connectortest

import (
	"maps"
	"slices"
	"testing"
)

// connectorFaults are all faulty connectors, by the one rule that each breaks.
func connectorFaults(t *testing.T) map[string]*wrong {
	t.Helper()
	all := map[string]*wrong{}
	for _, part := range []map[string]*wrong{walkFaults, lookFaults, createFaults, updateFaults, batchFaults} {
		for rule, w := range part {
			if all[rule] != nil {
				t.Errorf("the rule %q has two faults", rule)
			}
			all[rule] = w
		}
	}
	return all
}

// Each rule is the only one that some connector breaks.
func TestEveryConnectorRuleFails(t *testing.T) {
	t.Parallel()
	faults := connectorFaults(t)
	for _, r := range slices.Concat(sourceRules(), sinkRules()) {
		if faults[r.name] == nil {
			t.Errorf("no connector breaks the rule %q", r.name)
		}
	}
	for rule, w := range faults {
		t.Run(rule, func(t *testing.T) {
			t.Parallel()
			got := outcomes(t, func(*shelf) {}, w)
			for _, name := range slices.Sorted(maps.Keys(got)) {
				if is := got[name].verdict == broken; is != (name == rule) {
					t.Errorf("rule %q: broken is %t: %.400q", name, is, got[name].says)
				}
			}
		})
	}
}
