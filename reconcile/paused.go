package reconcile

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/instep-go/instep"
)

// Paused tells that a run leaves a pair alone because one of its systems does
// not let us in any more, or not to something that the pair needs. That is a
// state of the connection and says nothing of any record: none counts as gone
// or hidden, no cursor moves, and the other pairs go on. Every run looks
// whether the right is back.
type Paused struct {
	Pair   string
	Side   instep.Side // of the system that refused
	System string      // its name

	// Err says what was refused and what to do: of kind Unauthorized for a
	// whole key, of kind Forbidden for one resource, of kind Config where a
	// probe has found it.
	Err error
}

func (Paused) event() {}

// refuse notes that a side's connection was refused.
func (ps *pass) refuse(s instep.Side, err error) {
	switch instep.KindOf(err) {
	case instep.Unauthorized, instep.Forbidden:
		ps.refused[s] = err
	}
}

// pausedBy returns how an error of the pass pauses its pair; nil if it does
// not.
func (ps *pass) pausedBy(err error) *Paused {
	for _, s := range sides {
		if err != nil && ps.refused[s] != nil && errors.Is(err, ps.refused[s]) {
			return &Paused{ps.pair.Name, s, ps.pair.side[s].traits.System, ps.refused[s]}
		}
	}
	return nil
}

// barred returns why a pair need not be tried: one of its systems has refused
// the whole key to another pair of the run.
func barred(paused []Paused, p *pair) *Paused {
	for _, was := range paused {
		for _, s := range sides {
			if instep.KindOf(was.Err) == instep.Unauthorized && p.side[s].traits.System == was.System {
				return &Paused{p.Name, s, was.System, was.Err}
			}
		}
	}
	return nil
}

// ending is what keeps pairs of a run from being carried out.
type ending struct {
	paused []Paused
	left   error // of pairs that a guard has stopped, or that will be in trouble
}

// bars reports whether a pair is not to be tried.
func (en *ending) bars(ps *pass) bool {
	paused := barred(en.paused, ps.pair)
	if paused != nil {
		en.pause(ps, paused)
	}
	return paused != nil
}

func (en *ending) pause(ps *pass, paused *Paused) {
	en.paused = append(en.paused, *paused)
	ps.engine.emit(*paused)
}

// take notes how a pass has ended, and reports whether the whole run ends with
// it.
func (en *ending) take(ps *pass, err error) (stop bool) {
	paused := ps.pausedBy(err)
	switch {
	case paused != nil:
		en.pause(ps, paused)
	case err != nil && instep.KindOf(err) != instep.Guarded:
		return true
	default:
		en.leave(ps, err)
	}
	return false
}

func (en *ending) leave(ps *pass, err error) {
	if err != nil {
		en.left = errors.Join(en.left, fmt.Errorf("pair %s: %w", ps.pair.Name, err))
	}
}

// err is the error of a run that came to its end.
func (en *ending) err() error { return errors.Join(en.left, pausedError(en.paused)) }

// pausedError is the error of a run that has left pairs alone; nil if it has
// left none. What several have in common is said once.
func pausedError(paused []Paused) error {
	var all error
	for i, p := range paused {
		same := func(other Paused) bool { return other.Err.Error() == p.Err.Error() }
		if slices.ContainsFunc(paused[:i], same) {
			continue
		}
		var names []string
		for _, other := range paused[i:] {
			if same(other) {
				names = append(names, other.Pair)
			}
		}
		what := "pair "
		if len(names) > 1 {
			what = "pairs "
		}
		all = errors.Join(all, fmt.Errorf("%s%s: %w", what, strings.Join(names, ", "), p.Err))
	}
	return all
}
