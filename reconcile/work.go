package reconcile

import (
	"slices"

	"github.com/instep-go/instep"
)

// work is one thing a pass does: about a pair of records, or about one that
// has no counterpart.
type work struct {
	outcome instep.Outcome
	side    instep.Side // written by a create; else whose record it is about
	obs     [2]int32    // indexes into the observations; -1: not observed
	link    *instep.Link
	drop    *instep.Link // a half link that joins link and ceases
	meeting bool
	how     string // the rule that joins the two
	acts    []act  // aligned with the rules; nil: no fields are touched
	reason  *instep.Message
	rivals  []instep.LinkID
	create  bool // a record is to be made on the other side, if not now then later
	stands  bool
	skipped bool
}

// writesTo reports whether the work writes side s.
func (w *work) writesTo(s instep.Side) bool {
	if w.outcome == instep.Created {
		return w.side == s
	}
	return w.outcome == instep.Updated && slices.Contains(w.acts, writeTo[s])
}

func (w *work) writes() bool { return w.outcome == instep.Created || w.outcome == instep.Updated }

// id returns the id of the record on side s, "" if there is none yet.
func (ps *pass) id(w *work, s instep.Side) string {
	if i := w.obs[s]; i >= 0 {
		return ps.obs[s].list[i].id
	}
	if w.link != nil && w.link.Sides[s].ID != "" {
		return w.link.Sides[s].ID
	}
	if w.drop != nil {
		return w.drop.Sides[s].ID
	}
	return ""
}

// decideAll makes the works from what matching found.
func (ps *pass) decideAll(g *graph) {
	decided := map[instep.LinkID]bool{}
	for i := range g.nodes {
		n, f := &g.nodes[i], &g.found[i]
		switch {
		case n.full:
			if n.obs >= 0 && !decided[n.link.ID] {
				decided[n.link.ID] = true
				ps.decideLinked(n)
			}
		case f.verdict == matched:
			if n.side == instep.Left {
				ps.decideMeeting(n, f)
			}
		case n.obs < 0:
		case f.verdict == doubted:
			ps.addWork(work{outcome: instep.Review, side: n.side, link: n.link, reason: f.message, rivals: f.rivals}, n)
		default:
			ps.decideAlone(n)
		}
	}
	ps.decideVanished()
}

func (ps *pass) addWork(w work, nodes ...*node) {
	w.obs = [2]int32{-1, -1}
	for _, n := range nodes {
		w.obs[n.side] = n.obs
	}
	w.stands = ps.stands(&w)
	ps.works = append(ps.works, w)
}

// stands reports whether the same is already written down for the same link.
func (ps *pass) stands(w *work) bool {
	if w.link == nil || w.reason == nil {
		return false
	}
	m, ok := ps.marks[instep.MarkID{Link: w.link.ID, Side: w.side}]
	return ok && m.Outcome == w.outcome && m.Message.Code == w.reason.Code && slices.Equal(m.Message.Args, w.reason.Args)
}

// decideLinked decides about a linked pair of which at least one side, that
// of the node, was observed.
func (ps *pass) decideLinked(n *node) {
	link := n.link
	nodes := [2]node{{side: instep.Left, obs: -1}, {side: instep.Right, obs: -1}}
	for _, s := range sides {
		i, ok := ps.obs[s].byID[link.Sides[s].ID]
		if ob := &ps.obs[s]; ok && !ob.list[i].gone && !ob.list[i].dropped && ob.list[i].link == link.ID {
			nodes[s].obs = i
		}
	}
	nodes[n.side].obs = n.obs // also where the id changed
	if i, ok := ps.obs[n.side.Other()].byID[link.Sides[n.side.Other()].ID]; ok && ps.obs[n.side.Other()].list[i].gone {
		return // its counterpart is gone: nothing flows, and what was written down stands
	}
	for _, s := range sides {
		i := nodes[s].obs
		switch {
		case i < 0:
		case ps.obs[s].list[i].reused:
			ps.addWork(work{outcome: instep.Review, side: s, link: link, reason: message("reused")})
			return
		case ps.obs[s].list[i].unfit != nil:
			ps.addWork(work{outcome: instep.Unfit, side: s, link: link, reason: ps.obs[s].list[i].unfit}, &nodes[0], &nodes[1])
			return
		}
	}
	w := work{link: link, side: n.side, acts: ps.compare(link, nodes).decide()}
	w.outcome, w.reason = ps.judgeActs(&w, nodes)
	w.obs = [2]int32{nodes[0].obs, nodes[1].obs}
	ps.setUnfit(&w)
	ps.addWork(w, &nodes[0], &nodes[1])
}

// compare puts together what a decision about a pair depends on. The link is
// nil if the two meet for the first time.
func (ps *pass) compare(link *instep.Link, nodes [2]node) *comparison {
	meeting := link == nil
	c := &comparison{
		rules: ps.pair.rules, blank: ps.blank, meeting: meeting || link.Meeting,
		first: ps.pair.First, drift: ps.pair.Drift,
	}
	for _, s := range sides {
		var side instep.LinkSide
		var made *instep.MappingPrint
		source := nodes[s].link
		if !meeting {
			source = link
		}
		if source != nil {
			side, made = source.Sides[s], ps.outdated(source.Map)
			c.base[s] = ps.pair.base(side.Base, made)
		}
		if i := nodes[s].obs; i >= 0 {
			c.now[s] = ps.obs[s].vec(i)
			c.missed[s] = made == nil && !meeting && ps.obs[s].list[i].sum != side.Sum && side.Sum != 0 && slices.Equal(c.now[s], c.base[s])
		} else if meeting {
			c.now[s] = c.base[s]
		}
		if meeting {
			c.base[s] = nil
		}
	}
	return c
}

// outdated returns the print of the mapping a link was made under, nil if
// that is the one in use.
func (ps *pass) outdated(id uint32) *instep.MappingPrint {
	made := ps.made(id)
	if made != nil && equalPrints(made.Prints, ps.pair.prints) {
		return nil
	}
	return made
}

// judgeActs says what the acts amount to, and why.
func (ps *pass) judgeActs(w *work, nodes [2]node) (instep.Outcome, *instep.Message) {
	outcome, side := instep.InStep, w.side
	for _, a := range w.acts {
		if t, ok := a.target(); ok {
			if outcome != instep.Updated {
				outcome, side = instep.Updated, t
			}
		}
		if s, ok := a.drifted(); ok && outcome == instep.InStep {
			outcome, side = instep.Drifted, s
		}
	}
	w.side = side
	names := ps.conflicts(w)
	switch {
	case outcome == instep.Updated:
		return outcome, ps.updateReason(w, nodes, side)
	case len(names) > 0:
		return instep.Review, message("conflict", arg("fields", join(names)))
	case outcome == instep.Drifted:
		return outcome, message("drifted_on", arg("side", side.String()))
	default:
		return outcome, nil
	}
}

// conflicts returns the names of the rules of a work that a person must
// decide about.
func (ps *pass) conflicts(w *work) []string {
	var names []string
	for i, a := range w.acts {
		if a == conflict {
			names = append(names, ps.pair.rules[i].Name)
		}
	}
	return names
}

func (ps *pass) updateReason(w *work, nodes [2]node, target instep.Side) *instep.Message {
	source := target.Other()
	switch {
	case w.meeting, w.link.Meeting:
		return message("first_load", arg("side", ps.pair.First.String()))
	case nodes[source].obs >= 0 && ps.obs[source].list[nodes[source].obs].id != w.link.Sides[source].ID:
		return message("renamed")
	case nodes[source].obs >= 0 && ps.outdated(w.link.Map) != nil:
		return message("newly_mapped")
	case nodes[source].obs >= 0:
		return message("edited_on", arg("side", source.String()))
	default:
		return message("reverted_on", arg("side", target.String()))
	}
}

// decideMeeting decides about two records that were not linked before.
func (ps *pass) decideMeeting(l *node, f *finding) {
	r := &f.partner
	nodes := [2]node{*l, *r}
	for i := range nodes {
		if n := &nodes[i]; n.obs >= 0 && ps.obs[n.side].list[n.obs].unfit != nil {
			ps.keepApart(nodes, n.side, ps.obs[n.side].list[n.obs].unfit)
			return
		}
	}
	w := work{meeting: true, side: ps.pair.First.Other(), how: ps.keyName(f.rule)}
	w.link, w.drop = l.link, r.link
	if w.link == nil {
		w.link, w.drop = r.link, nil
	}
	w.acts = ps.compare(nil, nodes).decide()
	w.outcome, w.reason = ps.judgeActs(&w, nodes)
	if w.outcome == instep.InStep || w.outcome == instep.Drifted {
		w.outcome, w.reason = instep.Linked, equalKey(w.how)
		if !slices.ContainsFunc(w.acts, func(a act) bool { return a != adopt && a != keep }) {
			w.acts = nil
		}
	}
	w.obs = [2]int32{l.obs, r.obs}
	if s, bad := ps.misfit(&w); bad != nil {
		ps.keepApart(nodes, s, bad)
		return
	}
	ps.addWork(w, l, r)
}

// keepApart leaves two records that belong together unlinked, because the one
// of side s breaks a rule of the other side.
func (ps *pass) keepApart(nodes [2]node, s instep.Side, reason *instep.Message) {
	own, other := &nodes[s], &nodes[s.Other()]
	if own.obs >= 0 {
		ps.addWork(work{outcome: setAside(reason), side: s, link: own.link, reason: reason}, own)
	}
	if other.obs >= 0 { // marked as well, so that it is looked at when its counterpart changes
		ps.addWork(work{outcome: setAside(reason), side: other.side, link: other.link, reason: reason}, other)
	}
}

func equalKey(rule string) *instep.Message { return message("equal_key", arg("rule", rule)) }

// decideAlone decides about a record without counterpart.
func (ps *pass) decideAlone(n *node) {
	ob := &ps.obs[n.side].list[n.obs]
	target := n.side.Other()
	w := work{
		outcome: instep.Unmatched, side: n.side, link: n.link, reason: message("not_carried", arg("side", n.side.String())),
		create: ps.pair.creates[target] || ps.firstLoad() && ps.pair.First == n.side || ps.toCreate(n.link),
	}
	switch {
	case ob.unfit != nil:
		w.outcome, w.reason = instep.Unfit, ob.unfit
	case ob.keyCount == 0:
		w.outcome, w.reason = instep.Unfit, message("no_key", arg("rule", ps.keyName(1)))
	case ps.heldInDoubt(n) != nil:
		w.outcome, w.reason = instep.Review, ps.heldInDoubt(n)
	case w.create:
		w.outcome, w.side, w.reason = instep.Created, target, message("new_on", arg("side", n.side.String()))
	}
	w.obs = [2]int32{-1, -1}
	w.obs[n.side] = n.obs
	ps.setUnfit(&w)
	ps.addWork(w, n)
}

// toCreate reports whether an earlier pass meant to make a counterpart for
// the record of a half link, but could not.
func (ps *pass) toCreate(link *instep.Link) bool {
	if link == nil {
		return false
	}
	s, _ := link.Half()
	return ps.marks[instep.MarkID{Link: link.ID, Side: s}].Create
}

// marked returns why the node's link is open on the node's side.
func (ps *pass) marked(n *node) instep.Outcome {
	if n.link == nil {
		return instep.InStep
	}
	return ps.marks[instep.MarkID{Link: n.link.ID, Side: n.side}].Outcome
}

// heldInDoubt returns what is written down of a create of which nobody could
// find out whether it was carried out: it must not be sent again.
func (ps *pass) heldInDoubt(n *node) *instep.Message {
	if ps.marked(n) != instep.Review {
		return nil
	}
	m := ps.marks[instep.MarkID{Link: n.link.ID, Side: n.side}].Message
	switch m.Code {
	case "in_doubt", "found_differs", "found_several":
		return &m
	}
	return nil
}

// firstLoad reports whether one of the sides was never read as a whole.
func (ps *pass) firstLoad() bool {
	return ps.state.Streams[instep.Left].SweptAt.IsZero() || ps.state.Streams[instep.Right].SweptAt.IsZero()
}

// decideVanished reports linked records that were seen to be gone.
func (ps *pass) decideVanished() {
	for _, s := range sides {
		for i := range ps.obs[s].list {
			if ob := &ps.obs[s].list[i]; ob.gone && !ob.dropped && !(s == instep.Right && ps.isGone(instep.Left, ps.links[ob.link])) {
				ps.vanish(s, int32(i), ps.links[ob.link])
			}
		}
	}
}

// isGone reports whether this pass has seen that the link's record is gone.
func (ps *pass) isGone(s instep.Side, link *instep.Link) bool {
	i, ok := ps.obs[s].byID[link.Sides[s].ID]
	return ok && ps.obs[s].list[i].gone && !ps.obs[s].list[i].dropped
}

func (ps *pass) vanish(s instep.Side, obs int32, link *instep.Link) {
	n := &node{side: s, obs: obs, link: link}
	if m := ps.heldInDoubt(n); m != nil {
		ps.addWork(work{outcome: instep.Review, side: s, link: link, reason: m}, n)
		return
	}
	if _, half := link.Half(); half {
		ps.addWork(work{outcome: instep.InStep, side: s, link: link, drop: link}, n)
		return
	}
	ps.addWork(work{outcome: instep.Gone, side: s, link: link, reason: message("gone", arg("side", s.String()))}, n)
}
