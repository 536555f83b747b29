package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
)

// result is how a run ended.
type result struct {
	set      *settings
	plan     *reconcile.Plan   // nil if it did not come to a plan
	saved    bool              // it was saved to a file
	leftOut  int               // operations of a saved plan that no longer hold
	guarded  bool              // a guard stopped it
	summary  reconcile.Summary // zero if nothing was applied
	err      error             // why it ended early
	requests requests
}

// countsOf returns how many records of a register there are by outcome: as
// planned, or as it turned out.
func (r *result) countsOf(reg *register) reconcile.Counts {
	if r.plan == nil {
		return reconcile.Counts{}
	}
	if pair := r.pair(reg); pair != nil {
		return pair.Counts
	}
	return r.plan.CountsOf(reg.name)
}

// count returns the count of an outcome over all registers.
func (r *result) count(outcomes ...instep.Outcome) int {
	n := 0
	for _, reg := range r.set.registers {
		for _, o := range outcomes {
			n += r.countsOf(reg).Of(o)
		}
	}
	return n
}

// paused returns the registers that one of the systems did not let us at.
func (r *result) paused() []reconcile.Paused {
	if len(r.summary.Paused) > 0 || r.plan == nil {
		return r.summary.Paused
	}
	return r.plan.Paused()
}

// pair returns what was done with a register; nil if nothing was.
func (r *result) pair(reg *register) *reconcile.PairSummary {
	for i := range r.summary.Pairs {
		if r.summary.Pairs[i].Name == reg.name && !r.guarded {
			return &r.summary.Pairs[i]
		}
	}
	return nil
}

// bring makes a plan of what would bring the two systems into step, shows it,
// and saves it or carries it out if the flags say so.
func (s *session) bring(ctx context.Context) error {
	only, err := s.set.refs("-only", s.set.only...)
	if err != nil {
		return err
	}
	if err := s.checkOut(); err != nil {
		return err
	}
	if s.set.changes > 0 {
		left, right, err := s.sys.fakes.change(s.set.registers, s.set.changes)
		if err != nil {
			return err
		}
		s.out.edited(left, right)
	}
	res := &result{set: s.set}
	res.plan, res.err = s.engine.Plan(ctx, &reconcile.Select{
		Sweep: s.set.sweep, Limit: s.set.limit, Only: only,
		// A person looks at a saved plan, so it holds also what is otherwise
		// left out, such as the deletions of a side that looks empty.
		Approved: s.set.out != "",
	})
	if res.err == nil && !s.set.apply { // a person looks at it
		res.err = res.plan.Complete(ctx)
	}
	if res.err == nil {
		s.out.plan(res.plan, nil)
		switch {
		case s.set.apply:
			res.summary, res.err = s.engine.Apply(ctx, res.plan)
		case s.set.out != "":
			res.err = s.savePlan(res.plan)
			res.saved = res.err == nil
		default:
			res.err = res.plan.Err()
		}
	}
	return s.end(res)
}

// end sums a run up and returns why it ended early.
func (s *session) end(res *result) error {
	res.requests = s.sys.requests()
	if res.guarded = errors.Is(res.err, instep.Guarded); res.guarded {
		res.err = fmt.Errorf("nothing was written, because the plan needs your approval: %s; "+
			"save it with -out FILE in place of -apply, look at it, and carry it out with -apply-plan FILE", guardTexts(res.plan))
	}
	s.out.done(res)
	return res.err
}

// refs reads references as people type them: whole ones, or a number or key
// alone, which may be of either system and of any register.
func (st *settings) refs(name string, texts ...string) ([]instep.Ref, error) {
	var out []instep.Ref
	for _, text := range texts {
		if text == "" {
			return nil, fmt.Errorf("%s is empty; give a reference such as %s", name, st.registers[0].sample(instep.Left))
		}
		found := st.wholeRefs(text)
		if found == nil && (strings.HasPrefix(text, "rackbeat/") || strings.HasPrefix(text, "netvisor/")) {
			return nil, fmt.Errorf("%s %q is no reference; give one such as %s or %s", name, text,
				st.registers[0].sample(instep.Left), st.registers[0].sample(instep.Right))
		}
		if found == nil {
			for _, r := range st.registers {
				found = append(found, r.ref(instep.Left, text), r.ref(instep.Right, text))
			}
		}
		out = append(out, found...)
	}
	return out, nil
}

// wholeRefs reads a text such as rackbeat/customer/1001; nil if it is no
// reference to a record of the chosen registers.
func (st *settings) wholeRefs(text string) []instep.Ref {
	for side, system := range systemIDs {
		for _, r := range st.registers {
			if id, ok := strings.CutPrefix(text, system+"/"+r.entity+"/"); ok && id != "" {
				return []instep.Ref{r.ref(instep.Side(side), id)}
			}
		}
	}
	return nil
}
