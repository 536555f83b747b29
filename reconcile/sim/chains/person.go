package chains

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
)

// person has somebody answer the questions that wait, one about each thing,
// and returns how many were answered. What is said of values puts the one above
// the other; what is said of who is who is true.
func (w *world) person() (answered int) {
	about := map[int]bool{}
	for _, p := range w.procs {
		p.death, p.faulty = death{}, false
		e, err := p.engine()
		if err != nil {
			w.violate("world", "%v", err)
			return answered
		}
		all, err := e.Reviews(context.Background())
		if err != nil {
			w.violate("answer", "%v", err)
			return answered
		}
		for i := range all {
			if w.ask(e, p.edgeOf(all[i].Pair), &all[i], about) {
				answered++
			}
		}
	}
	return answered
}

// question is a review with the rows it is about.
type question struct {
	*reconcile.Review
	e    *edge
	rows [2]*row
}

// ask has a person answer one question, unless it was about a thing that one
// has been answered of already.
func (w *world) ask(engine *reconcile.Engine, e *edge, r *reconcile.Review, about map[int]bool) bool {
	q := question{Review: r, e: e}
	entity := 0
	for s, ref := range []instep.Ref{r.Left.Ref, r.Right.Ref} {
		if ref.ID == "" {
			continue
		}
		if q.rows[s] = e.port[s].find(ref.ID); q.rows[s] != nil {
			entity = q.rows[s].entity
		}
	}
	if about[entity] {
		return false
	}
	a, tell := w.decide(&q)
	if tell == nil { // nobody has an answer: another question about the thing may have one
		return false
	}
	about[entity] = true
	w.log("a person answers %s %s with %s", r.ID, r.Message.Code, a)
	if err := engine.Answer(context.Background(), r.ID, a); err != nil {
		w.log("  -> %v", err)
		w.tolerateAnswer(e, err)
		return false
	}
	w.hit(Answered, "%s", r.Message.Code)
	w.touched(entity)
	tell()
	return true
}

// tolerateAnswer knows the errors an answer may meet: a system fails, or the
// case is settled meanwhile.
func (w *world) tolerateAnswer(e *edge, err error) {
	for _, k := range []instep.Kind{instep.RateLimited, instep.Unavailable} {
		if e.by.faulty && errors.Is(err, k) {
			return
		}
	}
	for _, k := range []instep.Kind{instep.Conflict, instep.NotFound} {
		if errors.Is(err, k) {
			return
		}
	}
	w.violate("answer", "%v", err)
}

// decide chooses an answer and gives what the world is to know once it has been
// taken; nil if nobody answers.
func (w *world) decide(q *question) (a reconcile.Answer, tell func()) {
	a.By = "ann"
	winner := instep.Side(w.rnd.IntN(2))
	a.Verb = reconcile.AnswerLeft + reconcile.Verb(winner)
	switch q.Message.Code {
	case "conflict":
		return a, func() { w.stands(q, winner) }
	case "edited_gone":
		return a, func() { w.goneOrNot(q, winner) }
	}
	return w.decideDoubt(q, a)
}

// stands puts what one side holds in the fields in question above what the other
// one does.
func (w *world) stands(q *question, winner instep.Side) {
	for i, name := range ruleNames {
		if slices.Contains(strings.Split(q.Message.Arg("fields"), ", "), name) && q.rows[0] != nil && q.rows[1] != nil {
			x, y := q.e.port[winner], q.e.port[winner.Other()]
			w.above(x.editAt(q.rows[winner], i), y.editAt(q.rows[winner.Other()], i))
			w.drop(y.editAt(q.rows[winner.Other()], i)) // whatever the side that stands holds by now
			w.edits[x.editAt(q.rows[winner], i)].unsure = true
		}
	}
}

// goneOrNot lets a deletion stand, or the edit of the other side.
func (w *world) goneOrNot(q *question, winner instep.Side) {
	edited := winner.Other()
	if q.Message.Arg("side") != winner.String() {
		edited = winner
		w.remade[remaking{q.e, q.rows[edited].entity}] = true
		return
	}
	for i := range ruleNames {
		w.drop(q.e.port[edited].editAt(q.rows[edited], i))
	}
}

// entityIn returns the thing a question is about.
func entityIn(q *question) int {
	for _, r := range q.rows {
		if r != nil {
			return r.entity
		}
	}
	return 0
}

// decideDoubt answers questions about what became of a write.
func (w *world) decideDoubt(q *question, a reconcile.Answer) (reconcile.Answer, func()) {
	a.Verb = reconcile.AnswerAgain
	if !slices.Contains(q.Answers, a.Verb) {
		return a, nil
	}
	if q.rows[0] != nil && q.rows[1] != nil {
		return a, func() {}
	}
	own := q.rows[q.Side]
	if own == nil || !own.live() { // it was made from what is gone: there is nothing to make any more
		a.Verb = reconcile.AnswerDrop
		return a, func() { w.excuse(entityIn(q), "a person left it as it is") }
	}
	other := q.e.port[q.Side.Other()]
	made := other.rowOf(own.entity)
	switch {
	case made == nil || made.cur().status == instep.Deleted:
		return a, func() { w.ordered[remaking{q.e, own.entity}] = true }
	case !made.live():
		return a, nil
	}
	a.Ref = other.ref(made.id)
	if a.Verb = reconcile.AnswerMade; slices.Contains(q.Answers, a.Verb) {
		return a, func() { w.madeOf(q, own, made) }
	}
	if a.Verb = reconcile.AnswerLink; slices.Contains(q.Answers, a.Verb) {
		return a, func() {}
	}
	return a, nil
}

// madeOf says that a record was made of another one, whose values stand where
// the two differ, unless the other side alone owns them.
func (w *world) madeOf(q *question, own, made *row) {
	from, to := q.e.port[q.Side], q.e.port[q.Side.Other()]
	for i := range ruleNames {
		x, y := from.editAt(own, i), to.editAt(made, i)
		if !q.e.rule(i).Owner.Owns(q.Side) {
			x, y = y, x
		}
		w.above(x, y)
		w.drop(y) // whatever the side that stands holds by now
	}
}
