package memory

import (
	"slices"

	"github.com/instep-go/instep"
)

// What goes in and out is copied, so that a caller who goes on using a slice
// changes no state.

func cloneState(s instep.PairState) instep.PairState {
	s.Mappings = slices.Clone(s.Mappings)
	for i := range s.Mappings {
		m := &s.Mappings[i]
		m.Rules, m.Prints = slices.Clone(m.Rules), slices.Clone(m.Prints)
	}
	return s
}

func cloneLink(l instep.Link) instep.Link {
	for i := range l.Sides {
		l.Sides[i].Base = slices.Clone(l.Sides[i].Base)
	}
	l.Keys, l.Drift = slices.Clone(l.Keys), slices.Clone(l.Drift)
	return l
}

func cloneMark(m instep.Mark) instep.Mark {
	m.Message.Args, m.Waits = slices.Clone(m.Message.Args), slices.Clone(m.Waits)
	return m
}

func cloneFence(f instep.Fence) instep.Fence {
	f.Fields = slices.Clone(f.Fields)
	return f
}

func cloneUnit(u instep.Unit) instep.Unit {
	u.Intents = slices.Clone(u.Intents)
	for i := range u.Intents {
		n := &u.Intents[i]
		n.Rules, n.Hashes, n.Before = slices.Clone(n.Rules), slices.Clone(n.Hashes), slices.Clone(n.Before)
	}
	return u
}

func cloneActivity(a instep.Activity) instep.Activity {
	a.Fields, a.Message.Args = slices.Clone(a.Fields), slices.Clone(a.Message.Args)
	a.Before, a.After = cloneTraces(a.Before), cloneTraces(a.After)
	return a
}

func cloneTraces(traces []instep.Trace) []instep.Trace {
	traces = slices.Clone(traces)
	for i := range traces {
		traces[i].Sealed = slices.Clone(traces[i].Sealed)
	}
	return traces
}
