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

// counts returns how many records there are by outcome: as planned, or as it
// turned out.
func (r *result) counts() reconcile.Counts {
	switch {
	case len(r.summary.Pairs) > 0 && !r.guarded:
		return r.summary.Pairs[0].Counts
	case r.plan != nil:
		return r.plan.Counts()
	default:
		return reconcile.Counts{}
	}
}

// bring makes a plan of what would bring the two systems into step, shows it,
// and saves it or carries it out if the flags say so.
func (s *session) bring(ctx context.Context) error {
	only, err := refs("-only", s.set.only...)
	if err != nil {
		return err
	}
	if err := s.checkOut(); err != nil {
		return err
	}
	if s.set.changes > 0 {
		left, right, err := s.sys.fakes.change(s.set.changes)
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
// alone, which may be of either system.
func refs(name string, texts ...string) ([]instep.Ref, error) {
	var out []instep.Ref
	for _, text := range texts {
		if text == "" {
			return nil, fmt.Errorf("%s is empty; give a reference such as rackbeat/product/AB-100", name)
		}
		whole := false
		for side, system := range systemIDs {
			if id, ok := strings.CutPrefix(text, system+"/product/"); ok && id != "" {
				out = append(out, ref(instep.Side(side), id))
				whole = true
			}
		}
		if whole {
			continue
		}
		if strings.HasPrefix(text, "rackbeat/") || strings.HasPrefix(text, "netvisor/") {
			return nil, fmt.Errorf("%s %q is no reference; give one such as rackbeat/product/AB-100 or netvisor/product/31", name, text)
		}
		out = append(out, ref(instep.Left, text), ref(instep.Right, text))
	}
	return out, nil
}
