package chains

import (
	"slices"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
)

// The promises are looked at here as an engine sends a write, with what only
// the world knows.

// judge looks at a write before anything becomes of it.
func (p *port) judge(op *instep.Op) {
	if op.Action == instep.Create {
		p.judgeCreate(op)
		return
	}
	r := p.find(op.Ref.ID)
	if r == nil || !r.live() || p.stale(r, op) {
		return // it went while this was on its way, or it will be refused
	}
	c, meeting := p.e.counterpart(p.side, r, p.sent)
	if op.Action != instep.Update {
		p.judgeRetire(r, c, op.Action)
		return
	}
	switch {
	case c == nil:
		p.w.violate("I3", "%s %s is written, but from nothing", p.name, r.id)
		return
	case c.entity != r.entity:
		p.w.violate("I4", "%s %s is written from %s, which is another thing", p.name, r.id, c.id)
		return
	}
	for i, field := range p.fields {
		if x := op.Fields.Get(field); !x.IsAbsent() {
			p.judgeField(r, c, i, x, meeting)
		}
	}
}

// judgeField looks at one field of an update of r from c.
func (p *port) judgeField(r, c *row, i int, x instep.Value, meeting bool) {
	w, from := p.w, p.e.port[p.side.Other()]
	was, is := w.editOf(x), p.editAt(r, i)
	switch {
	case i == keyRule:
		w.violate("I7", "%s %s: its key is written over, though nobody ever changes one", p.name, r.id)
	case p.value(r, i) == x && !w.edits[was].twice: // typed there too meanwhile, it may be
		w.violate("I7", "%s %s: %s is set to %s, which stands there", p.name, r.id, p.fields[i], x)
	case w.echo(was, is) && !w.madeAnew(r.entity):
		w.violate("I7", "%s %s: %s comes back as what another system made of it, %s for %s", p.name, r.id, p.fields[i], x, p.value(r, i))
	case !from.showed(c, i, x):
		w.violate("I16", "%s %s: %s is set to %s, which %s never held", p.name, r.id, p.fields[i], x, c.id)
	default:
		if !meeting && !p.e.rule(i).Owner.Owns(from.side) {
			w.violate("I3", "%s %s: %s is written over from the side that does not own it", p.name, r.id, p.fields[i])
		}
		p.judgeValue(r, c, i, x, meeting)
	}
	if !c.cameBack(from.fields[i], x) { // else it turned there first
		p.judgeTurn(r, i, x)
	}
}

// echo reports whether an edit is what a system made of another one. Where an
// engine does not know what became of its write, or a person has chosen it, it
// counts as an edit like any other.
func (w *world) echo(x, of int) bool {
	for n := w.edits[x].of; n > 0 && !w.edits[x].unsure && !w.edits[of].twice; n = w.edits[n].of {
		if n == of {
			return true
		}
	}
	return false
}

// judgeValue looks at an edit that is written over another one.
func (p *port) judgeValue(r, c *row, i int, x instep.Value, meeting bool) {
	w, e := p.w, p.e
	was, is := w.editOf(x), p.editAt(r, i)
	owner := e.rule(i).Owner
	if meeting && e.pair.First == p.side.Other() {
		r.wrote[i] = nil // the first side's values stand, whatever another pair wrote here
	}
	if p.knewAt(was, r, i) {
		w.over(was, is)
		return
	}
	bent := w.edits[was].passes()
	w.edits[was].unsure = true // what comes over another edit goes on from here like one
	switch {
	case w.dropped(is):
		w.over(was, is)
	case meeting && e.pair.First == p.side.Other():
		w.above(was, is) // the first side's values stand
	case owner.Owns(p.side):
		w.violate("I3", "%s %s: edit %d of %s is overwritten by %d, which did not know of it", p.name, r.id, is, p.fields[i], was)
	case !r.ever(p.fields[i], x) && !r.ever(p.fields[i], p.keep(x)), bent, !w.knew(is, was):
		w.above(was, is) // the owner's edit counts
	case e.pair.Drift == reconcile.RevertDrift, w.edits[was].twice:
		// Who typed what its owner typed too, and then something else, has edited
		// it beside the owner for all that an engine can see.
		w.drop(is)
	case r.doubt[spot{e, i}], c.doubt[spot{e, i}], c.cameBack(e.port[p.side.Other()].fields[i], x): // the engine cannot know that it was here, or it came anew
	case w.edits[is].twice: // likewise, before what the owner had typed first
	default:
		w.violate("I3", "%s %s: edit %d of %s is turned back to %d although drift is only told", p.name, r.id, is, p.fields[i], was)
	}
}

// judgeTurn wants no field to go from one value to another and back while
// nobody does anything (I7), unless a policy turns the other one back or has
// put each above the other in another pair, or a record that was made anew meets
// its counterparts in one pair after the other.
func (p *port) judgeTurn(r *row, i int, x instep.Value) {
	sent := r.wrote[i]
	w, is, was := p.w, p.editAt(r, i), p.w.editOf(x)
	if !slices.Contains(sent, x) || sent[len(sent)-1] == x || r.doubt[spot{p.e, i}] || w.dropped(is) || w.madeAnew(r.entity) {
		return
	}
	if !w.knew(is, was) || !w.knew(was, is) {
		w.violate("I7", "%s %s: %s goes back and forth: %v, %s", p.name, r.id, p.fields[i], sent, x)
	}
}

// judgeCreate looks at a create as it is sent.
func (p *port) judgeCreate(op *instep.Op) {
	w, e := p.w, p.e
	entity := entityOf(op.Fields.Get(p.fields[keyRule]).String())
	c := e.port[p.side.Other()].rowOf(entity)
	if c == nil {
		w.violate("I4", "%s: a record is created that stands for nothing", p.name)
		return
	}
	for _, r := range p.rows {
		if r.entity == entity && r.cur().status == instep.Deleted && r.linked[c] && !p.mayRecreate(r, c) {
			w.violate("I5", "%s: %s is created although %s was deleted", p.name, keyOf(entity), r.id)
		}
	}
	during := e.pair.First != p.side && (e.loaded.IsZero() || !c.hist[0].at.After(e.loaded)) // the first load has its own flow
	if !e.pair.Flow.Allows(p.side) && !during && !w.ordered[remaking{e, entity}] && p.rowOf(entity) == nil {
		w.violate("B3", "%s: %s is created against the flow", p.name, keyOf(entity))
	}
}

// mayRecreate reports whether a deleted row may be made anew from c: a person
// wants it, or the policy does and c was edited by somebody who had not seen
// what the row held last.
func (p *port) mayRecreate(r, c *row) bool {
	w, e := p.w, p.e
	at := remaking{e, r.entity}
	if w.remade[at] {
		return true
	}
	if e.pair.EditedGone == reconcile.RecreateEdited && p.unseenEdit(r, c) {
		w.remade[at] = true
		return true
	}
	return false
}

// unseenEdit reports whether c, of the other side, holds or has held an edit
// that counts and that r never held. What was typed in both counts, and so does
// what the engine does not know to have come there: nobody can look at what a
// deleted record held. What a system has made of a value counts where it passes
// for an edit: in c it has come over the value itself.
func (p *port) unseenEdit(r, c *row) bool {
	from := p.e.port[p.side.Other()]
	for i, field := range from.fields {
		if !p.e.rule(i).Owner.Owns(from.side) {
			continue
		}
		for k := range c.hist {
			x := c.hist[k].fields.Get(field)
			edit := &p.w.edits[p.w.editOf(x)]
			if r.doubt[spot{p.e, i}] || edit.twice || k > 0 && edit.passes() || !r.ever(p.fields[i], x) && !r.ever(p.fields[i], p.keep(x)) {
				return true
			}
		}
	}
	return false
}

// judgeMade looks at a create as it is carried out: whether the thing is there
// already (I4). A record that was withdrawn from us before the pair ever heard
// of it is there for nobody, and so it was as a request was sent that is carried
// out late, or is sent once more under its idempotency key. Such a request makes
// what another pair may have made meanwhile, too: it was not there as that one
// looked; nor was what the request of the other one has made between the look
// and the request of this one.
func (p *port) judgeMade(holder *row, key string, late bool) {
	switch {
	case holder == nil || holder.cur().status == instep.Deleted:
		return
	case holder.withdrawn(late || p.again) && !holder.known[p.e]:
		p.w.excuse(holder.entity, "withdrawn before anybody knew of it")
		return
	case (late || p.again || p.lookedBefore(holder, key)) && holder.maker != nil && holder.maker != p.e:
		p.w.excuse(holder.entity, "made by two pairs, by one while the request of the other was still under way")
		return
	}
	p.w.violate("I4", "%s: %s is created although %s is there", p.name, key, holder.id)
}

// lookedBefore reports whether the pair has looked for a key in its run, and a
// row was made after that.
func (p *port) lookedBefore(r *row, key string) bool {
	at, ok := p.looks[key]
	return ok && r.hist[0].at.After(at)
}

// judgeRetire looks at a deletion, or at a record being set out of use.
func (p *port) judgeRetire(r, c *row, a instep.Action) {
	w, e := p.w, p.e
	policy := e.pair.Deletes[p.side]
	fits := a == instep.Delete && policy == reconcile.DeleteDeleted || a == instep.Deactivate && policy == reconcile.DeactivateDeleted
	switch {
	case c == nil || c.cur().status != instep.Deleted || !fits:
		w.violate("I6", "%s %s: %s, but its counterpart is not deleted, or the policy is another", p.name, r.id, a)
	case a == instep.Delete && e.pair.EditedGone != reconcile.DeleteEdited && p.unknownTo(c, r):
		w.violate("I3", "%s %s is deleted although it was edited since", p.name, r.id)
	}
}

// unknownTo reports whether r holds an edit that c of the other side has never
// known of, and that counts.
func (p *port) unknownTo(c, r *row) bool {
	from := p.e.port[p.side.Other()]
	for i := range p.fields {
		n := p.editAt(r, i)
		kept := p.keep(from.value(c, i)) == p.value(r, i) // whoever typed that too
		if p.e.rule(i).Owner.Owns(p.side) && !kept && !p.w.dropped(n) && !p.knewAt(from.editAt(c, i), r, i) {
			return true
		}
	}
	return false
}
