package reconcile

import (
	"cmp"
	"slices"

	"github.com/instep-go/instep"
)

// decision returns one about the record of a half link.
func (ps *pass) decision(v instep.Verdict, link *instep.Link, s instep.Side, by string) instep.Decision {
	d := instep.Decision{DecisionID: aboutOne(v, s, link.Sides[s].ID), By: by, At: ps.engine.now()}
	d.Evidence[s] = evidence(link, s)
	return d
}

func aboutOne(v instep.Verdict, s instep.Side, id string) instep.DecisionID {
	if s == instep.Left {
		return instep.DecisionID{Left: id, Verdict: v}
	}
	return instep.DecisionID{Right: id, Verdict: v}
}

// evidence is a hash of the match keys a link's record has, whatever order
// they are in, without those that it may have got.
func evidence(link *instep.Link, s instep.Side) uint64 {
	var sum uint64
	for _, k := range link.Keys {
		if k.Sides&aboutSide(s) == 1<<s && k.Hash != link.Sides[s].Identity {
			sum += k.Hash
		}
	}
	return sum
}

// evidenceOf is the same of a node of the match graph: as observed, or else as
// the state knows it.
func (ps *pass) evidenceOf(n *node) uint64 {
	if n.obs < 0 {
		return evidence(n.link, n.side)
	}
	return sumOf(ps.obs[n.side].keysOf(n.obs))
}

// sumOf is the evidence of a record's keys.
func sumOf(keys []key) uint64 {
	var sum uint64
	for i, k := range keys {
		if !holds(keys[:i], k.hash) {
			sum += k.hash
		}
	}
	return sum
}

func holds(keys []key, hash uint64) bool {
	for _, k := range keys {
		if k.hash == hash {
			return true
		}
	}
	return false
}

// idOf returns the id of a node's record.
func (ps *pass) idOf(n *node) string {
	if n.obs >= 0 {
		return ps.obs[n.side].ob(n.obs).id()
	}
	return n.link.Sides[n.side].ID
}

// keptAlone reports whether a person decided that nothing is made for a
// record, and whether the record still is what they saw; or whether that follows
// from its counterpart's deletion, whatever becomes of its keys.
func (ps *pass) keptAlone(n *node) bool {
	if len(ps.decisions) == 0 {
		return false
	}
	d, ok := ps.decisions[aboutOne(instep.KeepAlone, n.side, ps.idOf(n))]
	return ok && (d.By == ps.engine.opt.Actor || d.Evidence[n.side] == 0 || d.Evidence[n.side] == ps.evidenceOf(n))
}

// whyAlone says why nothing is made for a record that is kept alone. One that was
// let go of for another in its counterpart's place, and has got another key than
// that has, belongs to nobody: a person must say what is to become of it.
func (ps *pass) whyAlone(n *node) (instep.Outcome, *instep.Message) {
	d := ps.decisions[aboutOne(instep.KeepAlone, n.side, ps.idOf(n))]
	switch {
	case d.By != ps.engine.opt.Actor:
		return instep.Unmatched, message("kept_alone")
	case d.Evidence[n.side] != 0 && d.Evidence[n.side] != ps.evidenceOf(n):
		return instep.Review, message("let_go", arg("side", n.side.Other().String()), arg("rule", ps.keyName(1)))
	default:
		return instep.Unmatched, message("left_alone", arg("side", n.side.Other().String()))
	}
}

// droppedByPerson reports whether that was a person's decision, and not only what a
// policy led to.
func (ps *pass) droppedByPerson(n *node) bool {
	d, ok := ps.decisions[aboutOne(instep.KeepAlone, n.side, ps.idOf(n))]
	return ok && d.By != ps.engine.opt.Actor && ps.keptAlone(n)
}

// neverLinked reports whether a person decided that two records are not the
// same, and whether both still are what they saw.
func (ps *pass) neverLinked(l, r *node) bool {
	if len(ps.decisions) == 0 {
		return false
	}
	d, ok := ps.decisions[instep.DecisionID{Left: ps.idOf(l), Right: ps.idOf(r), Verdict: instep.NeverLink}]
	return ok && d.Evidence == [2]uint64{ps.evidenceOf(l), ps.evidenceOf(r)}
}

// saidToBeTwo reports whether a person decided that the record an op is made
// from is not the one of the given id on the target side.
func (ps *pass) saidToBeTwo(o *op, id string) bool {
	ids := instep.DecisionID{Verdict: instep.NeverLink}
	if own := ps.id(o.w, o.target.Other()); o.target == instep.Right {
		ids.Left, ids.Right = own, id
	} else {
		ids.Left, ids.Right = id, own
	}
	_, ok := ps.decisions[ids]
	return ok
}

// moveDecisions has what people decided about a record hold under its new id.
func (ps *pass) moveDecisions(s instep.Side, from, to string) {
	if from == "" || from == to {
		return
	}
	for _, d := range ps.decisionsAbout(s, from) {
		delete(ps.decisions, d.DecisionID)
		ps.revoked = append(ps.revoked, d.DecisionID)
		if s == instep.Left {
			d.Left = to
		} else {
			d.Right = to
		}
		ps.decisions[d.DecisionID] = d
		ps.decided = append(ps.decided, d)
	}
}

// moveDecisionsNow does so in a batch of its own.
func (ps *pass) moveDecisionsNow(b *instep.Batch, s instep.Side, from, to string) {
	decided, revoked := len(ps.decided), len(ps.revoked)
	ps.moveDecisions(s, from, to)
	b.Decisions = append(b.Decisions, ps.decided[decided:]...)
	b.Revoked = append(b.Revoked, ps.revoked[revoked:]...)
}

// renewEvidence has decisions about a record hold on whose match keys the engine
// itself has just changed: the person has seen the same record.
func (ps *pass) renewEvidence(b *instep.Batch, s instep.Side, was, now *instep.Link) {
	if was == nil || len(ps.decisions) == 0 {
		return
	}
	before, after := evidence(was, s), evidence(now, s)
	if before == after {
		return
	}
	for _, d := range ps.decisionsAbout(s, now.Sides[s].ID) {
		if d.Evidence[s] == before {
			d.Evidence[s] = after
			ps.decisions[d.DecisionID] = d
			b.Decisions = append(b.Decisions, d)
		}
	}
}

// decisionsAbout returns what people decided about a record, in the order of
// ids.
func (ps *pass) decisionsAbout(s instep.Side, id string) []instep.Decision {
	var all []instep.Decision
	for _, d := range ps.decisions {
		if s == instep.Left && d.Left == id || s == instep.Right && d.Right == id {
			all = append(all, d)
		}
	}
	slices.SortFunc(all, func(a, b instep.Decision) int {
		return cmp.Or(cmp.Compare(a.Left, b.Left), cmp.Compare(a.Right, b.Right), cmp.Compare(a.Verdict, b.Verdict))
	})
	return all
}
