package reconcile

import (
	"maps"
	"slices"
	"time"

	"github.com/instep-go/instep"
)

// keepBuried is how long a pair of which both records are gone is remembered,
// so that neither a view that lags nor a backup of a vendor's brings one back.
const keepBuried = 30 * 24 * time.Hour

// decidePairs decides about all linked pairs of which something was seen.
func (ps *pass) decidePairs(replaced map[instep.LinkID]bool) {
	pairs := ps.sightings()
	for id := range replaced {
		if _, ok := pairs[id]; !ok {
			pairs[id] = [2]int32{-1, -1}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(pairs)) {
		link := ps.links[id]
		if s, half := link.Half(); half {
			ps.decideHalfGone(link, s, pairs[id][s])
			continue
		}
		if replaced[id] {
			ps.letGo(link, pairs[id])
			continue
		}
		ps.decidePair(link, pairs[id])
	}
}

// sightings returns, by link, the observations of its two records; -1 where
// there is none. Of links without counterpart only those whose record is not
// there are among them.
func (ps *pass) sightings() map[instep.LinkID][2]int32 {
	pairs := map[instep.LinkID][2]int32{}
	for _, s := range sides {
		for i := range ps.obs[s].len() {
			ob := ps.obs[s].ob(i)
			if ob.dropped || ob.link == 0 || ob.half && ob.is == there {
				continue
			}
			pair, ok := pairs[ob.link]
			if !ok {
				pair = [2]int32{-1, -1}
			}
			pair[s] = i
			pairs[ob.link] = pair
		}
	}
	return pairs
}

// decideHalfGone decides about a record without counterpart that is not there
// any more, or is hidden.
func (ps *pass) decideHalfGone(link *instep.Link, s instep.Side, obs int32) {
	n := &node{side: s, obs: obs, link: link}
	switch m := ps.heldInDoubt(n); {
	case m != nil:
		ps.addWork(work{outcome: instep.Review, side: s, link: link, reason: m, aside: true}, n)
	case ps.presenceOf(link, n) == unsure:
		ps.addWork(work{outcome: instep.Pending, side: s, link: link, reason: ps.maybeRenamedSince(link, s), aside: true}, n)
	case ps.presenceOf(link, n) == hidden:
		ps.addWork(work{outcome: instep.Frozen, side: s, link: link, reason: message("hidden", arg("side", s.String())), aside: true}, n)
	default:
		ps.addWork(work{outcome: instep.InStep, side: s, link: link, drop: link}, n)
	}
}

// decidePair decides about a linked pair.
func (ps *pass) decidePair(link *instep.Link, obs [2]int32) {
	nodes := [2]node{{side: instep.Left, obs: obs[0], link: link}, {side: instep.Right, obs: obs[1], link: link}}
	for _, s := range sides {
		if obs[s] >= 0 && ps.obs[s].ob(obs[s]).rare().merged {
			ps.addWork(work{outcome: instep.Review, side: s, link: link, reason: message("merged_linked", arg("side", s.String())), aside: true}, &nodes[0], &nodes[1])
			return
		}
	}
	sit := ps.situation(link, nodes)
	do, side := sit.decide()
	switch {
	case do == flow:
		ps.decideFlow(link, nodes)
	case do == wipe:
		ps.decideWipe(link, nodes, side)
	case do == entomb && sit.buried:
		ps.forget(link)
	default:
		w := work{link: link, side: side, aside: do == freeze || do == report || do == askEdited || do == wait || do == unlink}
		w.apart = do == recreate || do == undelete
		ps.express(&w, do, sit)
		ps.addWork(w, &nodes[0], &nodes[1])
	}
}

// express says in a work what is done about a pair.
func (ps *pass) express(w *work, do course, sit *situation) {
	side := w.side
	away := arg("side", side.Other().String())
	switch do {
	case wait:
		w.outcome, w.reason = instep.Pending, ps.maybeRenamedSince(w.link, side)
	case freeze:
		w.outcome, w.side, w.reason = instep.Frozen, side.Other(), message("hidden", away)
		if sit.barred[side] {
			w.outcome, w.reason = instep.Deactivated, message("barred_hidden", away)
		}
		if sit.wiped[side] {
			w.reason = ps.erasedHidden(side)
		}
	case report:
		w.outcome, w.side, w.reason = instep.Gone, side.Other(), message("gone", away)
		if sit.barred[side] {
			w.outcome, w.reason = instep.Deactivated, message("barred", away)
		}
	case unlink:
		w.outcome, w.side, w.reason = instep.Unlinked, side.Other(), message("left_alone", away)
	case bar:
		w.outcome, w.reason = instep.Deactivated, message("barred", away)
		if sit.is[side.Other()] == hidden {
			w.reason = message("barred_hidden", away)
		}
	case remove:
		w.outcome, w.reason = instep.Removed, message("removed", away)
	case entomb:
		w.outcome, w.reason, w.buried = instep.Removed, message("both_gone"), true
	case recreate:
		w.outcome, w.reason, w.create = instep.Pending, message("made_anew", away), true
	case undelete:
		w.outcome, w.reason, w.create = instep.Pending, message("back", away), true
	case askEdited:
		w.outcome, w.reason = instep.Review, message("edited_gone", away, arg("edited", side.String()))
	}
}

// forget drops a link of which both records have been gone for long enough.
func (ps *pass) forget(link *instep.Link) {
	for _, s := range sides {
		if m, ok := ps.marks[instep.MarkID{Link: link.ID, Side: s}]; ok && m.Outcome == instep.Removed && !m.Due.After(ps.now) {
			ps.addWork(work{outcome: instep.InStep, link: link, drop: link})
		}
	}
}

// letGo frees a record whose counterpart is gone for the one that has taken
// the counterpart's place.
func (ps *pass) letGo(link *instep.Link, obs [2]int32) {
	nodes := [2]node{{side: instep.Left, obs: obs[0], link: link}, {side: instep.Right, obs: obs[1], link: link}}
	away := instep.Left
	if ps.seenGone(&nodes[instep.Right]) {
		away = instep.Right
	}
	reason := message("replaced", arg("side", away.String()))
	ps.addWork(work{outcome: instep.Pending, side: away, link: link, reason: reason, apart: true, alone: true}, &nodes[0], &nodes[1])
}

// situation puts together what a decision about existences depends on.
func (ps *pass) situation(link *instep.Link, nodes [2]node) *situation {
	sit := &situation{meeting: link.Meeting, deletes: ps.pair.Deletes, hides: ps.pair.Hidden, editedGone: ps.pair.EditedGone}
	c := ps.compare(link, nodes)
	for _, s := range sides {
		sit.is[s] = ps.presenceOf(link, &nodes[s])
	}
	if sit.is != [2]presence{there, there} {
		ps.renameRefs(c)
	}
	for _, s := range sides {
		seen := nodes[s].obs >= 0 && sit.is[s] == there
		sit.edited[s], sit.owes[s] = seen && c.edited(s), seen && c.owes(s)
		m := ps.marks[instep.MarkID{Link: link.ID, Side: s}]
		// Under another mapping nobody can tell any more what a person is asked about.
		sit.edited[s] = sit.edited[s] || seen && m.Message.Code == "edited_gone" && ps.outdated(link.Map) != nil
		sit.wiped[s.Other()] = m.Message.Code == "erased_hidden" && m.Outcome == instep.Frozen
		switch m.Outcome {
		case instep.Removed:
			sit.buried = true
		case instep.Deactivated:
			sit.barred[s.Other()] = true
		case instep.Unlinked:
			sit.parted = true
		}
		if sit.is[s] == gone && !ps.knownGone(link, s) {
			ps.spent.gone[s][link.ID] = true
		}
	}
	return sit
}

// presenceOf is what was seen of a record, or else what is written down.
func (ps *pass) presenceOf(link *instep.Link, n *node) presence {
	if n.obs < 0 {
		return ps.knownPresence(link, n.side)
	}
	is := ps.obs[n.side].ob(n.obs).is
	if is != unsure {
		return is
	}
	if known := ps.knownPresence(link, n.side); known != there {
		return known
	}
	switch {
	case !ps.outlived(link, n.side):
		return unsure
	case ps.pair.side[n.side].traits.HidesMissing:
		return hidden
	default:
		return gone
	}
}

// knownPresence is what an earlier pass has written down of a record.
func (ps *pass) knownPresence(link *instep.Link, s instep.Side) presence {
	m := ps.marks[instep.MarkID{Link: link.ID, Side: s}]
	switch {
	case m.Outcome == instep.Frozen, m.Message.Code == "barred_hidden":
		return hidden
	case ps.knownGone(link, s):
		return gone
	default:
		return there
	}
}

// outlived reports whether a whole list is younger than the pass that first
// missed a record's id: it would show the record under another id by now.
func (ps *pass) outlived(link *instep.Link, s instep.Side) bool {
	m, missed := ps.missedBefore(link, s)
	since, err := time.Parse(time.RFC3339Nano, m.Arg("since"))
	if !missed || err != nil || !ps.streams[s].complete {
		return false
	}
	if t := &ps.pair.side[s].traits; !t.Snapshot || ps.streams[s].asOf.IsZero() {
		return ps.now.Add(-t.ReadLag).After(since)
	}
	return ps.streams[s].asOf.After(since.Add(fileSkew))
}

// missedBefore returns what is written down of a record whose id an earlier pass has
// missed. A link is marked on one of its sides, also where both ids are missing.
func (ps *pass) missedBefore(link *instep.Link, s instep.Side) (m instep.Message, missed bool) {
	for _, at := range sides {
		m = ps.marks[instep.MarkID{Link: link.ID, Side: at}].Message
		if m.Code == "maybe_renamed" && (at == s || m.Arg("both") != "") {
			return m, true
		}
	}
	return m, false
}

// maybeRenamedSince is the message about a record whose id is missing, with the time
// since when, and whether its counterpart's is as well.
func (ps *pass) maybeRenamedSince(link *instep.Link, s instep.Side) *instep.Message {
	both := ps.missesID(link, instep.Left) && ps.missesID(link, instep.Right)
	since := ps.engine.now().Format(time.RFC3339Nano)
	if m, missed := ps.missedBefore(link, s); missed && both == (m.Arg("both") != "") {
		since = m.Arg("since")
	}
	args := []instep.Arg{arg("side", s.String()), arg("since", since)}
	if both {
		args = append(args, arg("both", "yes"))
	}
	return message("maybe_renamed", args...)
}

// missesID reports whether the id of a record was looked for in this pass, and is not
// there, though it may have another.
func (ps *pass) missesID(link *instep.Link, s instep.Side) bool {
	i, ok := ps.obs[s].at(link.Sides[s].ID)
	return ok && link.Sides[s].ID != "" && ps.obs[s].ob(i).is == unsure
}

// knownGone reports whether an earlier pass has written down that a record is
// gone.
func (ps *pass) knownGone(link *instep.Link, s instep.Side) bool {
	for _, at := range sides {
		m := ps.marks[instep.MarkID{Link: link.ID, Side: at}]
		switch m.Outcome {
		case instep.Removed:
			return true
		case instep.Gone, instep.Deactivated, instep.Unlinked:
			return at == s
		case instep.Review:
			if m.Message.Code == "edited_gone" {
				return m.Message.Arg("side") == s.String()
			}
		}
	}
	return false
}

// edited reports whether side s was changed in a field whose edits count.
func (c *comparison) edited(s instep.Side) bool {
	for i := range c.rules {
		r := &c.rules[i]
		if !r.Owner.Owns(s) || !r.Direction.Allows(s.Other()) || r.CreateOnly {
			continue
		}
		now, base := c.now[s].at(i), c.base[s].at(i)
		if now != 0 && base != 0 && now != base || c.missed[s] {
			return true
		}
	}
	return false
}

// owes reports whether something of side s has yet to come over to the other
// side, and nobody can tell whether it was edited meanwhile: a reference that is
// still to be filled in, or a value that the two never had in common.
func (c *comparison) owes(s instep.Side) bool {
	for i := range c.rules {
		r, now, other := &c.rules[i], c.now[s].at(i), c.base[s.Other()].at(i)
		if !r.Owner.Owns(s) || now == 0 || c.base[s].at(i) != 0 {
			continue
		}
		apart := other != 0 && other != now && r.Direction.Allows(s.Other()) && !r.CreateOnly
		if apart || r.Later && !c.isBlank(i, now) {
			return true
		}
	}
	return false
}

// decideFlow decides about the fields of a pair whose records are both there.
func (ps *pass) decideFlow(link *instep.Link, nodes [2]node) {
	for _, s := range sides {
		i := nodes[s].obs
		switch {
		case i < 0:
		case ps.obs[s].ob(i).rare().reused:
			ps.addWork(work{outcome: instep.Review, side: s, link: link, reason: message("reused")})
			return
		case ps.obs[s].ob(i).rare().unfit != nil:
			ps.addWork(work{outcome: instep.Unfit, side: s, link: link, reason: ps.obs[s].ob(i).rare().unfit}, &nodes[0], &nodes[1])
			return
		}
	}
	side := instep.Left
	if nodes[side].obs < 0 {
		side = instep.Right
	}
	w := work{link: link, side: side, acts: ps.compare(link, nodes).decide()}
	w.outcome, w.reason = ps.judgeActs(&w, nodes)
	w.obs = [2]int32{nodes[0].obs, nodes[1].obs}
	ps.setUnfit(&w)
	if s, blind := ps.cannotSupply(&w); blind {
		w.outcome, w.side, w.reason, w.acts, w.aside = instep.Pending, s, message("not_listed", arg("side", s.String())), nil, true
	} else if !ps.park(&w) {
		ps.waitForLag(&w)
	}
	ps.addWork(w, &nodes[0], &nodes[1])
}

// cannotSupply reports whether a value is to be written that is nowhere to be
// had: its record was not listed, and cannot be read by its id.
func (ps *pass) cannotSupply(w *work) (instep.Side, bool) {
	for _, target := range sides {
		if s := target.Other(); w.writesTo(target) && w.obs[s] < 0 && ps.pair.side[s].getter == nil {
			return s, true
		}
	}
	return 0, false
}

// backAgain returns the side whose record is back after its counterpart was
// set out of use or emptied, nil if that is not so: then its values stand again.
func (ps *pass) backAgain(link *instep.Link) *instep.Side {
	for _, s := range sides {
		if m, ok := ps.marks[instep.MarkID{Link: link.ID, Side: s}]; ok && (m.Outcome == instep.Deactivated || m.Message.Code == "erased_hidden") {
			return &m.Side
		}
	}
	return nil
}

func sortedMarks(marks map[instep.MarkID]instep.Mark) []instep.MarkID {
	return slices.SortedFunc(maps.Keys(marks), compareMarkIDs)
}
