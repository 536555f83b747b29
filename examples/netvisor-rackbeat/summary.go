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
	if r.set.apply {
		s.applied(r)
	} else {
		s.onlyPlanned(r)
	}
	s.printf("Requests: %s read, %s written; %s.\n", number(int(r.requests.Read)), number(int(r.requests.Write)),
		time.Since(s.start).Round(100*time.Millisecond))
}

// onlyPlanned ends a run that only planned.
func (s *screen) onlyPlanned(r *result) {
	c := r.counts()
	switch {
	case r.plan.Empty() && c.Of(instep.Linked) == 0:
		s.printf("Nothing to write: both systems are in step%s.\n", apart(c))
	default:
		s.printf("Nothing was written. To carry this plan out, run the same command with -apply.\n")
	}
}

// applied tells what was done.
func (s *screen) applied(r *result) {
	c := r.counts()
	var pair reconcile.PairSummary
	if len(r.summary.Pairs) > 0 {
		pair = r.summary.Pairs[0]
	}
	for _, side := range []instep.Side{instep.Left, instep.Right} {
		if n := pair.Writes[side]; n > 0 {
			s.printf("Wrote %s to %s.\n", plural(n, "product"), systemNames[side])
		}
	}
	if n := c.Of(instep.Linked); n > 0 {
		s.printf("Linked %s that were equal already.\n", plural(n, "product"))
	}
	if n := c.Of(instep.Drifted); n > 0 {
		s.printf("Drift: %s edited where Rackbeat owns the fields; the edits were left alone and are kept in the log.\n", wasWere(n))
	}
	switch {
	case r.err != nil:
		s.printf("The run ended early: %s not begun; the next run goes on from here.\n", plannedWrites(pair.Left))
	case pair.Left > 0:
		s.printf("%s left for a later run.\n", are(pair.Left, "planned write"))
	case c.Held() > 0:
		s.printf("Both systems are in step%s.\n", apart(c))
	default:
		s.printf("Both systems are in step.\n")
	}
}

func plannedWrites(n int) string {
	if n == 1 {
		return "1 planned write was"
	}
	return number(n) + " planned writes were"
}

func wasWere(n int) string {
	if n == 1 {
		return "1 product was"
	}
	return number(n) + " products were"
}

// apart says what is not in step, and why that is right.
func apart(c reconcile.Counts) string {
	var parts []string
	for _, h := range headlines {
		if n := c.Of(h.outcome); n > 0 && held(h.outcome) {
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
	byTitle := map[string]*section{}
	var sections []*section
	for _, h := range s.late {
		it := reconcile.Item{Outcome: h.Outcome, Left: h.Left, Right: h.Right, Reason: h.Message}
		if h.Left.ID == "" {
			it.Side = instep.Right
		}
		title := titleOf(it)
		sec := byTitle[title]
		if sec == nil {
			sec = &section{title: title}
			byTitle[title] = sec
			sections = append(sections, sec)
		}
		sec.add(it, s.rows(it))
	}
	for _, sec := range sections {
		s.section(sec)
	}
	s.printf("\n")
}
