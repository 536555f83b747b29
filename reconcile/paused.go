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
// or hidden, no cursor moves, and the other pairs go on, but for those that
// refer to its records; what it refers to loses none meanwhile. Every run looks
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

// takeRefusals notes what was refused in a further round.
func (ps *pass) takeRefusals(next *pass) {
	for s, err := range next.refused {
		if err != nil {
			ps.refused[s] = err
		}
	}
}

// pausedBy returns how an error of the pass pauses its pair; nil if it does
// not. Of several calls that were refused at once, any may be the one that is
// told.
func (ps *pass) pausedBy(err error) *Paused {
	if err == nil {
		return nil
	}
	kind := instep.KindOf(err)
	for _, s := range sides {
		if was := ps.refused[s]; was != nil && (errors.Is(err, was) || kind == instep.KindOf(was) && kind != instep.Config) {
			return &Paused{ps.pair.Name, s, ps.pair.side[s].traits.System, err}
		}
	}
	return nil
}

// waitsFor returns why a pair is left alone although nobody has refused it
// anything: a pair that it refers to is paused, so that nobody knows what became
// of the records it names.
func waitsFor(p *pair, paused []Paused) *Paused {
	for _, other := range paused {
		if p.joined[other.Pair] != nil {
			return &Paused{p.Name, other.Side, other.System, other.Err}
		}
	}
	return nil
}

// ending is what keeps pairs of a run from being carried out.
type ending struct {
	paused []Paused
	behind map[string]bool // pairs that were not carried out, by name
	left   error           // of pairs that a guard has stopped, or that will be in trouble
}

func newEnding(plan *Plan) *ending {
	en := &ending{paused: slices.Clone(plan.paused), behind: map[string]bool{}}
	for _, p := range plan.paused {
		en.behind[p.Pair] = true
	}
	return en
}

// waits reports whether a pass is left alone because of a paused one.
func (en *ending) waits(ps *pass) bool {
	paused := waitsFor(ps.pair, en.paused)
	if paused != nil {
		en.pause(ps, paused)
	}
	return paused != nil
}

func (en *ending) pause(ps *pass, paused *Paused) {
	en.paused = append(en.paused, *paused)
	en.behind[paused.Pair] = true
	ps.engine.emit(*paused)
}

// take notes how a pass has ended, and reports whether the whole run ends with
// it.
func (en *ending) take(ps *pass, err error) (stop bool) {
	if err != nil {
		en.behind[ps.pair.Name] = true
	}
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

// keepReferred leaves what a pass would take away for a later run if a pair
// that refers to its records was not carried out: it may still name them.
func (en *ending) keepReferred(ps *pass) {
	for _, p := range ps.engine.pairs {
		if en.behind[p.Name] && p.joined[ps.pair.Name] != nil {
			ps.keepRetired()
			return
		}
	}
}

// keepRetired leaves all that takes a record away for a later run.
func (ps *pass) keepRetired() {
	for i := range ps.works {
		w := &ps.works[i]
		if retires := w.outcome == instep.Removed || w.outcome == instep.Deactivated; retires && w.writes() && !w.skipped {
			w.skipped = true
			ps.skipped++
		}
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
