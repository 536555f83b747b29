package reconcile

import (
	"slices"
	"time"

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
	create  bool          // a record is to be made on the other side, if not now then later
	buried  bool          // both records are gone
	apart   bool          // the link becomes that of the one record that is left
	alone   bool          // and that one is not to have another made for it
	wipe    bool          // fields are emptied, because the counterpart is hidden
	aside   bool          // it is only written down: the link stays as it is
	due     time.Time     // when to look at it again; zero: when something changes
	proof   uint64        // the sum it was decided on; see instep.Mark.Evidence
	waits   []instep.Wait // references that cannot be translated yet
	stands  bool
	skipped bool
	held    bool    // it stands for a creation
	fenced  bool    // what was read of its records by their ids is kept; see fenceRead
	closed  bool    // it was carried out, and leaves nothing to be looked at again
	written [2]bool // by side: what was observed there is older than what was written since
}

// writesTo reports whether the work writes side s.
func (w *work) writesTo(s instep.Side) bool {
	switch w.outcome {
	case instep.Created:
		return w.side == s
	case instep.Removed, instep.Deactivated:
		return w.writes() && w.side == s
	default:
		return w.outcome == instep.Updated && slices.Contains(w.acts, writeTo[s])
	}
}

func (w *work) writes() bool {
	switch w.outcome {
	case instep.Created, instep.Updated:
		return true
	case instep.Removed, instep.Deactivated:
		return !w.buried && !w.stands
	default:
		return false
	}
}

// retired reports whether a work only says that an earlier run has deleted a
// record or set it out of use.
func (w *work) retired() bool {
	return w.stands && (w.outcome == instep.Removed || w.outcome == instep.Deactivated)
}

// changes reports whether a work does something that a person may want to
// approve: it writes, or takes a link apart.
func (w *work) changes() bool {
	return w.writes() || !w.stands && !w.aside && w.apart
}

// count is how many writes a work takes.
func (w *work) count() int {
	n := 0
	for _, s := range sides {
		if w.writesTo(s) {
			n++
		}
	}
	return n
}

// action returns what a work that writes does.
func (w *work) action() instep.Action {
	switch w.outcome {
	case instep.Created:
		return instep.Create
	case instep.Removed:
		return instep.Delete
	case instep.Deactivated:
		return instep.Deactivate
	default:
		return instep.Update
	}
}

// id returns the id of the record on side s, "" if there is none yet.
func (ps *pass) id(w *work, s instep.Side) string {
	if i := w.obs[s]; i >= 0 {
		return ps.obs[s].ob(i).id()
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
	for i := range g.nodes {
		n, f := &g.nodes[i], &g.found[i]
		switch {
		case n.full:
		case f.verdict == matched:
			if n.side == instep.Left {
				ps.decideMeeting(n, &g.nodes[f.partner], f.rule)
			}
		case n.obs < 0:
		case f.verdict == awaits:
			ps.addWork(work{outcome: instep.Pending, side: n.side, link: n.link, reason: f.message}, n)
		case f.verdict == doubted && ps.droppedByPerson(n):
			ps.addWork(work{outcome: instep.Unmatched, side: n.side, link: n.link, reason: message("kept_alone")}, n)
		case f.verdict == doubted:
			w := work{outcome: instep.Review, side: n.side, link: n.link, reason: f.message}
			if held := ps.heldInDoubt(n); held != nil {
				w.reason = held
			}
			ps.addWork(w, n)
		default:
			ps.decideAlone(n)
		}
	}
	ps.decidePairs(g.replaced)
	ps.decideStanding()
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
	return ok && m.Outcome == w.outcome && w.due.IsZero() && m.Message.Code == w.reason.Code && slices.Equal(m.Message.Args, w.reason.Args)
}

// compare puts together what a decision about a pair depends on. The link is
// nil if the two meet for the first time.
func (ps *pass) compare(link *instep.Link, nodes [2]node) *comparison {
	meeting := link == nil
	c := &comparison{
		rules: ps.pair.rules, blank: ps.blank, meeting: meeting || link.Meeting,
		first: ps.pair.First, drift: ps.pair.Drift,
	}
	if !meeting {
		c.back, c.drifted = ps.backAgain(link), ps.driftNow(link.Drift, ps.outdated(link.Map))
	}
	for _, s := range sides {
		var side instep.LinkSide
		var made *instep.MappingPrint
		c.readable[s] = ps.pair.side[s].getter != nil
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
			sum := ps.obs[s].ob(i).sum
			c.missed[s] = made == nil && !meeting && sum != 0 && side.Sum != 0 && sum != side.Sum && slices.Equal(c.now[s], c.base[s])
			c.inert[s] = ps.inert(link, s, c.now[s])
		} else if meeting {
			c.now[s] = c.base[s]
		}
		if meeting {
			c.base[s] = nil
		}
	}
	if !meeting {
		ps.forgetDrift(c, link)
	}
	return c
}

// forgetDrift has nothing be known of fields whose rule has other terms since,
// as another owner, where the two sides differ though nobody has edited them: the
// owner's value goes over, as it does with a new rule. An edit that is still to be
// seen to is one by the new terms.
func (ps *pass) forgetDrift(c *comparison, link *instep.Link) {
	made := ps.outdated(link.Map)
	if made == nil || c.base[0] == nil || c.base[1] == nil {
		return
	}
	for i, mark := range ps.pair.prints {
		if slices.Contains(made.Prints, mark) || c.base[0][i] == c.base[1][i] || c.isChanged(instep.Left, i) || c.isChanged(instep.Right, i) {
			continue
		}
		for s := range sides {
			if c.now[s].at(i) == 0 { // not looked at: it is as it was
				c.now[s] = withField(c.now[s], c.base[s], i)
			}
			c.base[s][i] = 0
		}
	}
}

// withField returns a vector with a field of another one.
func withField(v, from vector, i int) vector {
	out := make(vector, len(from))
	copy(out, v)
	out[i] = from[i]
	return out
}

// outdated returns the print of the mapping a link was made under, nil if
// that is the one in use.
func (ps *pass) outdated(id uint32) *instep.MappingPrint {
	if id != 0 && id == ps.inUse {
		return nil
	}
	made := ps.made(id)
	if made != nil && equalPrints(made.Prints, ps.pair.prints) {
		ps.inUse = id
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
	inert := ps.inertNames(w, nodes)
	switch {
	case outcome == instep.Updated:
		return outcome, ps.updateReason(w, nodes, side)
	case len(names) > 0:
		return instep.Review, message("conflict", arg("fields", join(names)))
	case outcome == instep.Drifted && len(inert) > 0:
		return outcome, message("not_taken", arg("fields", join(inert)), arg("side", side.String()))
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
	case nodes[source].obs >= 0 && ps.obs[source].ob(nodes[source].obs).id() != w.link.Sides[source].ID:
		return message("renamed")
	case nodes[source].obs >= 0 && ps.outdated(w.link.Map) != nil:
		return message("newly_mapped")
	case nodes[source].obs >= 0 && !ps.reverts(w, nodes, target):
		return message("edited_on", arg("side", source.String()))
	default:
		return message("reverted_on", arg("side", target.String()))
	}
}

// reverts reports whether all that is written to a side was edited there, and
// not on the other.
func (ps *pass) reverts(w *work, nodes [2]node, target instep.Side) bool {
	edited := func(s instep.Side, i int) bool {
		base := ps.pair.base(w.link.Sides[s].Base, nil)
		return nodes[s].obs >= 0 && ps.obs[s].vec(nodes[s].obs).at(i) != base.at(i)
	}
	for i, a := range w.acts {
		if a == writeTo[target] && (edited(target.Other(), i) || !edited(target, i)) {
			return false
		}
	}
	return true
}

// decideMeeting decides about two records that were not linked before.
func (ps *pass) decideMeeting(l, r *node, rank uint8) {
	if ps.meetEqual(l, r, rank) {
		return
	}
	nodes := [2]node{*l, *r}
	for i := range nodes {
		if n := &nodes[i]; n.obs >= 0 && ps.obs[n.side].ob(n.obs).rare().unfit != nil {
			ps.keepApart(nodes, n.side, ps.obs[n.side].ob(n.obs).rare().unfit, nil)
			return
		}
	}
	if ps.meetsInFlight(nodes) || ps.meetsBehindFence(nodes) || ps.meetsUnread(nodes) {
		return
	}
	w := work{meeting: true, side: ps.pair.First.Other(), how: ps.keyName(rank)}
	w.link, w.drop = l.link, r.link
	if w.link == nil {
		w.link, w.drop = r.link, nil
	}
	w.acts = ps.compare(nil, nodes).decide()
	w.outcome, w.reason = ps.judgeActs(&w, nodes)
	if w.outcome == instep.Updated && ps.tookTheKey(nodes) {
		for i := range nodes {
			if nodes[i].obs >= 0 {
				ps.addWork(work{outcome: instep.Review, side: nodes[i].side, link: nodes[i].link, reason: message("found_differs")}, &nodes[i])
			}
		}
		return
	}
	if w.outcome == instep.InStep || w.outcome == instep.Drifted {
		w.outcome, w.reason = instep.Linked, equalKey(w.how)
		if !slices.ContainsFunc(w.acts, func(a act) bool { return a != adopt && a != keep }) {
			w.acts = nil
		}
	}
	w.obs = [2]int32{l.obs, r.obs}
	if s, bad := ps.misfit(&w); bad != nil {
		ps.keepApart(nodes, s, bad, w.waits)
		return
	}
	if ps.park(&w) {
		w.drop, w.meeting, w.how = nil, false, ""
	}
	ps.addWork(w, l, r)
}

// meetsInFlight puts two records off of which one is what a create in doubt was
// made from: the other one may be what it made.
func (ps *pass) meetsInFlight(nodes [2]node) bool {
	at := slices.IndexFunc(nodes[:], func(n node) bool { return n.link != nil && ps.inFlight(n.link.ID) })
	if at < 0 {
		return false
	}
	for i := range nodes {
		n := &nodes[i]
		w := work{outcome: instep.Pending, side: n.side, link: n.link, reason: message("in_doubt")}
		if n.link != nil && ps.inFlight(n.link.ID) {
			w.outcome, w.aside = instep.Unknown, true
		}
		ps.addWork(w, n)
	}
	return true
}

// meetsUnread puts two records off of which one is only known from the state
// and cannot be read: neither its values nor its other keys are at hand. Both
// are marked, so that the next list is kept where it shows them.
func (ps *pass) meetsUnread(nodes [2]node) bool {
	at := slices.IndexFunc(nodes[:], func(n node) bool { return n.obs < 0 && ps.pair.side[n.side].getter == nil })
	if at < 0 {
		return false
	}
	reason := message("not_listed", arg("side", nodes[at].side.String()))
	for i := range nodes {
		n := &nodes[i]
		ps.addWork(work{outcome: instep.Pending, side: n.side, link: n.link, aside: n.obs < 0, reason: reason}, n)
	}
	return true
}

// meetsBehindFence puts two records off of which one was seen as it was before
// our own last write to it.
func (ps *pass) meetsBehindFence(nodes [2]node) bool {
	for i := range nodes {
		if n := &nodes[i]; n.obs >= 0 && ps.obs[n.side].ob(n.obs).behind() {
			due := ps.obs[n.side].ob(n.obs).rare().due
			ps.addWork(work{outcome: instep.Pending, side: n.side, link: n.link, reason: message("read_lags"), due: later(due, ps.now)}, n)
			return true
		}
	}
	return false
}

// tookTheKey reports whether one of two records is what a create of ours was to
// become, which was not carried out, or not sent yet, or was refused because the
// key is taken: then the other has the key, but is not what we were to make.
func (ps *pass) tookTheKey(nodes [2]node) bool {
	for i := range nodes {
		if n := &nodes[i]; n.link != nil {
			switch ps.marks[instep.MarkID{Link: n.link.ID, Side: n.side}].Message.Code {
			case "resend", "taken", "made_anew", "back":
				return true
			}
		}
	}
	return false
}

// keepApart leaves two records that belong together unlinked, because the one
// of side s breaks a rule of the other side.
func (ps *pass) keepApart(nodes [2]node, s instep.Side, reason *instep.Message, waits []instep.Wait) {
	own, other := &nodes[s], &nodes[s.Other()]
	if own.obs >= 0 {
		ps.addWork(work{outcome: setAside(reason), side: s, link: own.link, reason: reason, waits: waits}, own)
	}
	if other.obs >= 0 { // marked as well, so that it is looked at when its counterpart changes
		ps.addWork(work{outcome: setAside(reason), side: other.side, link: other.link, reason: reason, waits: waits}, other)
	}
}

func equalKey(rule string) *instep.Message { return message("equal_key", arg("rule", rule)) }

// decideAlone decides about a record without counterpart.
func (ps *pass) decideAlone(n *node) {
	ob := ps.obs[n.side].ob(n.obs)
	target := n.side.Other()
	w := work{
		outcome: instep.Unmatched, side: n.side, link: n.link,
		create: ps.pair.creates[target] || ps.firstLoad() && ps.pair.First == n.side || ps.toCreate(n.link),
	}
	switch {
	case n.link != nil && ps.inFlight(n.link.ID):
		w.outcome, w.reason, w.aside = instep.Unknown, message("in_doubt"), true
	case ob.rare().unfit != nil:
		w.outcome, w.reason = instep.Unfit, ob.rare().unfit
	case len(ob.hashes()) == 0:
		w.outcome, w.reason = instep.Unfit, message("no_key", arg("rule", ps.keyName(1)))
	case ps.heldInDoubt(n) != nil:
		w.outcome, w.reason = instep.Review, ps.heldInDoubt(n)
	case w.create && ps.cannotSee(target):
		w.outcome, w.reason = instep.Pending, message("list_incomplete", arg("side", target.String()))
	case w.create && ps.keptAlone(n):
		w.create = false
		w.outcome, w.reason = ps.whyAlone(n)
	case w.create:
		w.outcome, w.side, w.reason = instep.Created, target, ps.newOn(n.side)
	default:
		w.reason = message("not_carried", arg("side", n.side.String()))
	}
	w.obs = [2]int32{-1, -1}
	w.obs[n.side] = n.obs
	ps.setUnfit(&w)
	ps.park(&w)
	if !ps.addCreation(&w) {
		ps.addWork(w, n)
	}
}

// cannotSee reports whether nobody can tell what is on a side: its list was cut
// short, and it cannot be asked for a key.
func (ps *pass) cannotSee(s instep.Side) bool {
	return ps.pair.side[s].finder == nil && ps.cut[s]
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
