package sim

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
)

// A person in the world answers what waits for one. What it says of who is who
// is true from then on; of values it chooses any. What it decided is nobody's
// lost edit, and is not asked again while nobody does anything.

// answered is what a person said last about a link.
type answered struct {
	code   string
	verb   reconcile.Verb
	doings int // how much users had done by then
	rows   int // how many records there had been
}

// person has somebody answer one of the cases that wait.
func (w *world) person() {
	w.death, w.denied = death{}, false
	e, err := reconcile.New(w.store, w.pairs(), &w.opt)
	if err != nil {
		w.violate("world", "%v", err)
		return
	}
	all, err := e.Reviews(context.Background())
	all = slices.DeleteFunc(all, func(r reconcile.Review) bool { return r.Pair != pairName })
	if err != nil || len(all) == 0 {
		w.tolerateAnswer(err)
		return
	}
	r, err := e.Review(context.Background(), all[w.rnd.IntN(len(all))].ID)
	if err != nil || len(r.Answers) == 0 {
		w.tolerateAnswer(err)
		return
	}
	a := reconcile.Answer{Verb: r.Answers[w.rnd.IntN(len(r.Answers))], By: "ann"}
	if slices.Contains(r.Answers, reconcile.AnswerMade) && w.rnd.IntN(2) == 0 {
		a.Verb = reconcile.AnswerMade // it is seldom that there is one
	}
	tell := w.decide(&r, &a)
	if tell == nil {
		return
	}
	w.log("a person answers %s %s with %s", r.ID, r.Message.Code, a)
	if err := e.Answer(context.Background(), r.ID, a); err != nil {
		w.log("  -> %v", err)
		w.tolerateAnswer(err)
		return
	}
	w.doings++
	w.hit(Answered, "%s", a.Verb)
	w.res.Answers[a.Verb]++
	tell()
	// What was said of another case may be new evidence, and so may what no run
	// has seen yet.
	if clear(w.answers); w.quiet && w.calm {
		w.answers[r.ID] = answered{r.Message.Code, a.Verb, w.doings, w.rows()}
	}
	w.quiet = false
	w.noteLinks()
}

// tolerateAnswer knows the errors an answer may meet: a system fails, the case
// is settled meanwhile, or something else about it is not known yet.
func (w *world) tolerateAnswer(err error) {
	if w.denied && isDenied(err) {
		return
	}
	for _, k := range []instep.Kind{instep.RateLimited, instep.Unavailable, instep.Conflict, instep.NotFound, instep.Invalid} {
		if err == nil || errors.Is(err, k) {
			return
		}
	}
	w.violate("answer", "%v", err)
}

// decide completes an answer and gives what the world is to know once it has
// been taken; nil if this person would not give it.
func (w *world) decide(r *reconcile.Review, a *reconcile.Answer) (tell func()) {
	own, other := w.shown(r, r.Side), w.shown(r, r.Side.Other())
	switch a.Verb {
	case reconcile.AnswerLeft, reconcile.AnswerRight:
		return w.decideSide(r, instep.Side(a.Verb-reconcile.AnswerLeft))
	case reconcile.AnswerLink:
		return w.decideLink(r, a, own)
	case reconcile.AnswerMade:
		return w.decideMade(r, a, own)
	case reconcile.AnswerNew, reconcile.AnswerNever:
		return w.decideNew(r, own, other)
	case reconcile.AnswerAgain:
		if own == nil || other == nil && w.madeFrom(r.Side, own) != nil {
			return nil
		}
		if other == nil {
			return w.decideNew(r, own, nil)
		}
		return func() {}
	default:
		return w.decideDrop(r, own, other)
	}
}

// decideDrop leaves everything as it is: the fields in question, or a record
// without a counterpart.
func (w *world) decideDrop(r *reconcile.Review, own, other *row) func() {
	fields := strings.Split(r.Message.Arg("fields"), ", ")
	return func() {
		for _, x := range []*row{own, other} {
			switch {
			case x == nil:
			case own == nil || other == nil:
				w.excuse(x.entity, "a person left it as it is")
				w.tellApart(r.Side, x)
			default:
				for i := range w.pair.Mapping.Rules {
					if slices.Contains(fields, w.pair.Mapping.Rules[i].Name) {
						x.from[i].left, x.from[i].carried, x.decided[i] = true, true, true
					}
				}
			}
		}
	}
}

// tellApart takes down that a row of side s is none of those that have a key in
// common with it, so that these may get counterparts of their own.
func (w *world) tellApart(s instep.Side, own *row) {
	v := w.side[s]
	tax := own.cur().fields.Get(v.fields[3])
	for _, o := range w.side {
		for _, x := range o.rows {
			if x == own || o != v && w.hadOneKey(o.side, x, own) || w.hadKey(o, x, v.key(own)) || w.strong && !tax.IsBlank() && x.cur().fields.Get(o.fields[3]) == tax {
				x.forced = true
			}
		}
	}
}

// shown returns the row of one of the two records of a review.
func (w *world) shown(r *reconcile.Review, s instep.Side) *row {
	id := r.Left.Ref.ID
	if s == instep.Right {
		id = r.Right.Ref.ID
	}
	if id == "" {
		return nil
	}
	return w.linkedRow(s, id)
}

// decideSide lets one side's doing stand.
func (w *world) decideSide(r *reconcile.Review, winner instep.Side) func() {
	loser := w.shown(r, winner.Other())
	if loser == nil {
		return nil
	}
	if r.Message.Code == "edited_gone" {
		stays := w.shown(r, winner)
		return func() {
			if gone := r.Message.Arg("side"); gone == winner.String() {
				loser.settle(func(int) bool { return true }) // the deletion stands
				loser.given = &loser.cur().fields
			} else {
				for _, x := range w.side[winner.Other()].rows { // whichever had its id, or its place before
					x.remade = x.remade || w.root(x.entity) == w.root(loser.entity) || x.with[stays]
				}
			}
		}
	}
	fields := strings.Split(r.Message.Arg("fields"), ", ")
	return func() {
		if x := w.shown(r, winner); x != nil {
			x.stands = true
		}
		loser.settle(func(i int) bool {
			return i < len(w.pair.Mapping.Rules) && slices.Contains(fields, w.pair.Mapping.Rules[i].Name)
		})
	}
}

// settle has what a row holds in some fields count as decided.
func (r *row) settle(about func(i int) bool) {
	for i := range r.from {
		if about(i) {
			r.from[i].carried = true
		}
	}
}

// decideLink says that two records are the same thing.
func (w *world) decideLink(r *reconcile.Review, a *reconcile.Answer, own *row) func() {
	if own == nil || len(r.Candidates) == 0 {
		return nil
	}
	a.Ref = r.Candidates[w.rnd.IntN(len(r.Candidates))].Ref
	c := w.linkedRow(r.Side.Other(), a.Ref.ID)
	if c == nil {
		return nil
	}
	return func() {
		w.same(own, c)
		own.told[c], c.told[own] = true, true
	}
}

// same takes down that two rows stand for one thing.
func (w *world) same(a, b *row) {
	if x, y := w.root(a.entity), w.root(b.entity); x != y && x >= 0 && y >= 0 {
		w.inherit(x, y)
		w.parent[x] = y
	}
}

// madeFrom returns the record that was made of a row and joined with nothing
// yet; nil if there is none.
func (w *world) madeFrom(s instep.Side, own *row) *row {
	for _, x := range w.side[s.Other()].rows {
		if x.engine && x.last == nil && w.root(x.entity) == w.root(own.entity) {
			return x
		}
	}
	return nil
}

// decideMade says which record is the one that was made when a reply got lost.
// Where the two differ, the one it was made from stands.
func (w *world) decideMade(r *reconcile.Review, a *reconcile.Answer, own *row) func() {
	if own == nil {
		return nil
	}
	made := w.madeFrom(r.Side, own)
	if made == nil || !made.live() {
		return nil
	}
	a.Ref = w.side[r.Side.Other()].ref(made.cur().id)
	return func() {
		made.settle(func(int) bool { return true })
		own.told[made], made.told[own] = true, true
	}
}

// decideNew says that a record is none of those it might be, and that one is
// to be made for it. The one that it was linked with is left alone then.
func (w *world) decideNew(r *reconcile.Review, own, other *row) func() {
	if own == nil || w.madeFrom(r.Side, own) != nil {
		return nil
	}
	return func() {
		w.excuse(own.entity, "a person had one made for it")
		if other != nil {
			w.excuse(other.entity, "a person left it as it is")
		}
		w.tellApart(r.Side, own)
	}
}

// rows is how many records there ever were.
func (w *world) rows() int { return len(w.side[0].rows) + len(w.side[1].rows) }

// checkAnswered wants a question that was answered not to be asked again
// while nobody has done anything. What is tried again may fail again.
func (w *world) checkAnswered() {
	e, err := reconcile.New(w.store, w.pairs(), &w.opt)
	if err != nil {
		return
	}
	all, err := e.Reviews(context.Background())
	if err != nil {
		return
	}
	for i := range all {
		a, ok := w.answers[all[i].ID]
		made := a.rows != w.rows() && a.code == "linked_elsewhere" // of another that has the key: nobody was asked about that one
		if ok && a.code == all[i].Message.Code && a.doings == w.doings && a.verb != reconcile.AnswerAgain && !made {
			w.violate("answer", "%s is asked again (%s) although it was answered with %s", all[i].ID, a.code, a.verb)
		}
	}
}
