package main

import (
	"strings"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
)

func (s *screen) done(r *result) {
	s.progress.stop()
	if r.plan == nil {
		return // the error says it all
	}
	s.lateTable()
	switch {
	case r.guarded:
		s.printf("Nothing was written.\n")
	case r.set.writes():
		s.applied(r)
	default:
		s.onlyPlanned(r)
	}
	s.printf("Requests: %s read, %s written; %s.\n", number(int(r.requests.Read)), number(int(r.requests.Write)),
		time.Since(s.start).Round(100*time.Millisecond))
}

// onlyPlanned ends a run that only planned.
func (s *screen) onlyPlanned(r *result) {
	switch {
	case r.err != nil: // it could not be saved, or lacks a register
		s.printf("Nothing was written.\n")
	case r.saved:
		s.printf("Nothing was written to either system. The plan is in %s%s; carry it out with -apply-plan.\n",
			clean(r.set.out), sealedOrNot(r.set.values))
	case s.set.applyPlan != "":
		s.printf("Nothing was written. To carry this plan out, run the same command without -plan.\n")
	case len(r.plan.Guards()) > 0:
		s.printf("Nothing was written.\n")
	case r.plan.Empty() && r.count(instep.Linked, instep.Unlinked) == 0:
		s.printf("Nothing to write: both systems are in step%s.\n", apart(r))
	default:
		s.printf("Nothing was written. To carry this plan out, run the same command with -apply.\n")
	}
}

func sealedOrNot(values bool) string {
	if values {
		return ", with the values, which PLAN_KEY opens"
	}
	return ", without values"
}

// applied tells what was done.
func (s *screen) applied(r *result) {
	left := 0
	for _, reg := range r.set.registers {
		if pair := r.pair(reg); pair != nil {
			s.appliedTo(reg, pair)
			left += pair.Left
		}
	}
	switch {
	case r.err != nil && len(r.paused()) > 0:
		s.printf("%s paused and wait for the right that is missing; the rest is done.\n", capital(pausedNames(r)))
	case r.err != nil:
		s.printf("The run ended early: %s not begun; the next run goes on from here.\n", plannedWrites(left))
	case r.set.applyPlan != "" && r.leftOut > 0:
		s.printf("The saved plan is carried out, except for what is listed as left out.\n")
	case r.set.applyPlan != "":
		s.printf("The saved plan is carried out.\n")
	case left > 0:
		s.printf("%s left for a later run.\n", are(left, "planned write"))
	default:
		s.printf("Both systems are in step%s.\n", apart(r))
	}
}

// appliedTo tells what was done with one register.
func (s *screen) appliedTo(reg *register, pair *reconcile.PairSummary) {
	c, noun := pair.Counts, reg.entity
	for _, side := range []instep.Side{instep.Left, instep.Right} {
		if n := pair.Writes[side]; n > 0 {
			s.printf("Wrote %s to %s.\n", plural(n, noun), systemNames[side])
		}
	}
	if n := c.Of(instep.Linked); n > 0 {
		s.printf("Linked %s that were equal already.\n", plural(n, noun))
	}
	if n := c.Of(instep.Unlinked); n > 0 {
		s.printf("Took %s apart; the %s that is left stays on its own.\n", plural(n, "pair"), noun)
	}
	if n := c.Of(instep.Drifted); n > 0 {
		s.printf("Drift: %s edited where Rackbeat owns the fields; the edits were left alone and are kept in the log.\n", wasWere(n, noun))
	}
}

func plannedWrites(n int) string {
	if n == 1 {
		return "1 planned write was"
	}
	return number(n) + " planned writes were"
}

func wasWere(n int, noun string) string {
	if n == 1 {
		return "1 " + noun + " was"
	}
	return number(n) + " " + noun + "s were"
}

// apart says what is not in step, and why that is right.
func apart(r *result) string {
	var parts []string
	for _, h := range headlines {
		if n := r.count(h.outcome); n > 0 && held(h.outcome) {
			parts = append(parts, number(n)+" "+h.text)
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return ", apart from what is listed above with what to do about it: " + strings.Join(parts, ", ")
}

// lateTable lists what was set aside while the plan was carried out.
func (s *screen) lateTable() {
	if len(s.late) == 0 {
		return
	}
	v := &view{byTitle: map[string]*section{}}
	for _, h := range s.late {
		it := reconcile.Item{Pair: h.Pair, Outcome: h.Outcome, Left: h.Left, Right: h.Right, Reason: h.Message}
		if h.Left.ID == "" {
			it.Side = instep.Right
		}
		v.section(titleOf(it)).add(it, s.rows(it))
	}
	for _, sec := range v.sections {
		s.section(sec)
	}
	s.printf("\n")
}

// answered says which answers were taken.
func (s *screen) answered(taken []answer) {
	for _, a := range taken {
		s.printf("%s is settled: %s.\n", clean(a.id), clean(a.String()))
	}
	if len(taken) > 0 && !s.set.apply {
		s.printf("Nothing is written to either system before the next run with -apply.\n")
	}
}

func (s *screen) exported(links int) {
	s.printf("Wrote %s to %s.\n", plural(links, "pair"), clean(s.set.linksFile))
}

func (s *screen) imported(sum reconcile.Imported) {
	s.printf("Linked %s; %s linked before.\n", plural(sum.Linked, "pair"), wereLinked(sum.Already))
	s.printf("Nothing is written to either system before the next run with -apply.\n")
}

func wereLinked(n int) string {
	if n == 1 {
		return "1 was"
	}
	return number(n) + " were"
}
