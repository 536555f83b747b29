package sim

import (
	"context"
	"fmt"
	"slices"

	"github.com/instep-go/instep"
)

// Each write has its row in the log (I17). That is looked at from both ends:
// what a system answered must be told by the run that asked, and what was
// announced in the state must be told by the commit that takes it off again.

// answer is a write that a system has carried out and answered.
type answer struct {
	pair   string
	side   instep.Side
	action instep.Action
	id     string
	fields string // the rules that were written
	keyed  bool
}

func (a answer) String() string { return fmt.Sprint(a.action, " ", a.side, " ", a.id, " ", a.fields) }

// answeredWrite notes a write that a living process was told of.
func (w *world) answeredWrite(pair string, s instep.Side, op *instep.Op, res *instep.Result) {
	if res.Err != nil || w.small != nil {
		return
	}
	var fields []string
	for _, p := range w.pairs() {
		for _, r := range p.Mapping.Rules {
			if p.Name == pair && !op.Fields.Get(r.End(s).Field).IsAbsent() {
				fields = append(fields, r.Name)
			}
		}
	}
	a := answer{pair, s, op.Action, res.Ref.ID, rulesText(fields), op.Key != ""}
	if a.keyed && slices.Contains(w.untold, a) {
		return // the same request once more
	}
	w.untold = append(w.untold, a)
}

func rulesText(names []string) string { return fmt.Sprint(slices.Sorted(slices.Values(names))) }

// checkLog wants a row for each write of a run that was answered. Where the
// process died before it could note the answer, or nothing could be read after
// it, the write is still announced, and told when it is found again.
func (w *world) checkLog() {
	rows, err := w.store.Activity(context.Background(), "", w.logged, 10_000)
	if err != nil {
		w.violate("world", "%v", err)
		return
	}
	for i := range rows {
		w.logged = rows[i].N
		if at := slices.IndexFunc(w.untold, func(a answer) bool { return a.toldBy(&rows[i]) }); at >= 0 {
			w.untold = slices.Delete(w.untold, at, at+1)
		}
	}
	for _, a := range w.untold {
		// Of what was made and was away when it looked, the engine says that a person must look.
		if !w.store.inDoubt(a) && !(a.keyed && !w.thereAllAlong(a)) {
			w.violate("I17", "the log of %s has no row for %s", a.pair, a)
		}
	}
	w.untold = w.untold[:0]
}

func (a *answer) toldBy(row *instep.Activity) bool {
	id := [2]string{row.LeftID, row.RightID}[a.side]
	return row.Pair == a.pair && row.Action == a.action.String()+" "+a.side.String() && id == a.id && rulesText(row.Fields) == a.fields
}

func (w *world) thereAllAlong(a answer) bool {
	r := w.side[a.side].find(a.id)
	return r != nil && r.live() && !r.wasAway()
}

// inDoubt reports whether what became of a write is still to be found out.
func (s *store) inDoubt(a answer) bool {
	for id, u := range s.units {
		if id.pair == a.pair && u.Side == a.side && slices.ContainsFunc(u.Intents, func(in instep.Intent) bool {
			return in.Action == a.action && (in.Action == instep.Create || in.Target == a.id)
		}) {
			return true
		}
	}
	return false
}

// unitOf is a write call of a pair.
type unitOf struct {
	pair string
	unit instep.UnitID
}

// checkUnits wants a commit that takes a write for done, or lost, to tell of it,
// or to announce it anew. What is refused time and again stands in a mark, and
// is told once.
func (s *store) checkUnits(b *instep.Batch) {
	doubted := map[instep.LinkID]bool{}
	for _, id := range b.Settled {
		for _, in := range s.units[unitOf{b.Pair, id}].Intents {
			doubted[in.Link] = true
			told := slices.ContainsFunc(b.Activity, func(a instep.Activity) bool { return a.Link == in.Link })
			again := slices.ContainsFunc(b.Units, func(u instep.Unit) bool {
				return slices.ContainsFunc(u.Intents, func(x instep.Intent) bool { return x.Link == in.Link })
			})
			refused := slices.ContainsFunc(b.Marks, func(m instep.Mark) bool {
				return m.Link == in.Link && (m.Outcome == instep.Failed || m.Message.Code == "taken")
			})
			if !again {
				s.w.settledKey(in.Token)
			}
			if !told && !again && !refused {
				s.w.violate("I17", "nothing tells what became of the %s of link %d", in.Action, in.Link)
			}
		}
		delete(s.units, unitOf{b.Pair, id})
		delete(s.answered, unitOf{b.Pair, id})
	}
	for _, u := range b.Units {
		_, again := s.units[unitOf{b.Pair, u.ID}]  // a create in doubt is sent once more
		if !again && !doubted[u.Intents[0].Link] { // nor is it what was sent just now
			s.lastUnit, s.fresh = unitOf{b.Pair, u.ID}, true
		}
		s.units[unitOf{b.Pair, u.ID}] = u
	}
}

// notDone takes the write call that was announced last for one that no system
// let us make, so that there is nothing to tell of it. It stays announced: a create
// in it may be sent once more, also by a process that has not seen it refused.
func (s *store) notDone() {
	if s.sending {
		s.units[s.lastUnit] = instep.Unit{ID: s.lastUnit.unit}
	}
}

// unsent takes the last writes out of the call that was announced last, if it is
// that call.
func (s *store) unsent(n int) {
	if !s.sending {
		return
	}
	u := s.units[s.lastUnit]
	u.Intents = u.Intents[:max(len(u.Intents)-n, 0)]
	s.units[s.lastUnit] = u
}

// unsentOp takes the write of an op out of it. Nothing in an intent says which
// create it is, so all of them are taken out with one.
func (s *store) unsentOp(op *instep.Op) {
	u := s.units[s.lastUnit]
	u.Intents = slices.DeleteFunc(slices.Clone(u.Intents), func(in instep.Intent) bool {
		return in.Action == op.Action && (in.Action == instep.Create || in.Target == op.Ref.ID)
	})
	s.units[s.lastUnit] = u
}
