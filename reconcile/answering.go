package reconcile

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/instep-go/instep"
)

// Answer settles a review as a person decided. What follows from it is written
// by the next run, which looks at both records again. An answer the review
// does not take is an error of kind Config, a review that is settled meanwhile
// one of kind NotFound, a record that is linked elsewhere one of kind Conflict.
func (e *Engine) Answer(ctx context.Context, id string, a Answer) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	ps, m, err := e.openReview(ctx, id)
	if err != nil {
		return err
	}
	if may := verbs[m.Message.Code]; !slices.Contains(may, a.Verb) {
		return badAnswer(id, a, may)
	}
	if err := ps.bind(ctx); err != nil {
		return err
	}
	if err := ps.loadLinks(ctx, []instep.LinkID{m.Link}); err != nil {
		return err
	}
	b := &instep.Batch{}
	if err := ps.settleAnswer(ctx, b, m, ps.links[m.Link], a); err != nil {
		return err
	}
	return ps.commit(ctx, b)
}

func (ps *pass) settleAnswer(ctx context.Context, b *instep.Batch, m *instep.Mark, link *instep.Link, a Answer) error {
	switch a.Verb {
	case AnswerLink, AnswerMade:
		return ps.answerLink(ctx, b, m, link, a)
	case AnswerLeft, AnswerRight:
		return ps.answerSide(ctx, b, m, link, a)
	case AnswerNew, AnswerNever:
		return ps.answerNew(ctx, b, m, link, a)
	case AnswerDrop:
		return ps.answerDrop(ctx, b, m, link, a)
	default:
		return ps.answerAgain(ctx, b, m, link, a)
	}
}

// noteAnswer adds the row that tells of an answer.
func (ps *pass) noteAnswer(b *instep.Batch, m *instep.Mark, link *instep.Link, a Answer) {
	w := &work{outcome: instep.Pending, link: link, obs: [2]int32{-1, -1}, reason: &m.Message}
	b.Activity = append(b.Activity, ps.byPerson(ps.activity(w, link, m.Side, "answer "+a.Verb.String(), nil), a.By))
}

// answerLink joins the record with the one the person names.
func (ps *pass) answerLink(ctx context.Context, b *instep.Batch, m *instep.Mark, link *instep.Link, a Answer) error {
	if m.Message.Code == "reused" {
		return ps.answerSame(ctx, b, m, link, a)
	}
	s, half := link.Half()
	if !half {
		return refError(instep.Conflict, a.Ref, "the record is linked already", "unlink it first")
	}
	if want := ps.pair.side[s.Other()].ref(a.Ref.ID); a.Ref != want || a.Ref.ID == "" {
		return configError("answer "+a.String(), "it names no record of the "+s.Other().String()+" side",
			"name one like "+ps.pair.side[s.Other()].ref("ID").String())
	}
	ids := [2]string{}
	ids[s], ids[s.Other()] = link.Sides[s].ID, a.Ref.ID
	how := "person"
	if a.Verb == AnswerMade {
		how = madeOn(s.Other())
	}
	w, err := ps.joinTwo(ctx, ids, how)
	if err != nil {
		return err
	}
	joined := ps.commitJoined(b, w, a.By)
	if a.Verb == AnswerMade {
		ps.asSourceEdited(b, w, &joined, s)
	}
	return nil
}

// asSourceEdited has the fields in which a record differs from the one it was
// made from count as edited since: on the source's side, or on the other if
// only that one owns them.
func (ps *pass) asSourceEdited(b *instep.Batch, w *work, link *instep.Link, source instep.Side) {
	base := slices.Clone(ps.obs[source.Other()].vec(w.obs[source.Other()]))
	for i, h := range ps.obs[source].vec(w.obs[source]) {
		if !ps.pair.rules[i].Owner.Owns(source) && h != 0 {
			base[i] = h
		}
	}
	for s := range link.Sides {
		link.Sides[s].Base = base.bytes()
	}
	link.Meeting = false
	b.Links[len(b.Links)-1] = *link
	if len(b.Marks) == 0 {
		ps.takeUp(b, link, source, false)
		b.Links[len(b.Links)-1] = *link
	}
}

// answerSide lets one side's doing stand: for the fields in conflict the other
// side then counts as not edited.
func (ps *pass) answerSide(ctx context.Context, b *instep.Batch, m *instep.Mark, link *instep.Link, a Answer) error {
	winner := instep.Left
	if a.Verb == AnswerRight {
		winner = instep.Right
	}
	if m.Message.Code == "edited_gone" {
		return ps.answerEditedGone(ctx, b, m, link, a, winner)
	}
	next, err := ps.rebase(ctx, b, link, winner.Other(), ps.conflicting(m))
	if err != nil {
		return err
	}
	ps.letStand(next, winner, ps.conflicting(m))
	ps.meetAgain(next, winner, ps.conflicting(m))
	closeMeeting(next)
	ps.clearMarks(b, link.ID)
	ps.takeUp(b, next, m.Side, false)
	b.Links = append(b.Links, *next)
	ps.noteAnswer(b, m, link, a)
	return nil
}

// letStand has fields of a side count as edited, so that they are written to the
// other side, also where nothing was known of them, or where they are empty.
func (ps *pass) letStand(link *instep.Link, winner instep.Side, about func(i int) bool) {
	const nothing = 1 // no value is known to have this hash
	base := vectorOf(link.Sides[winner].Base)
	for i := range base {
		if about(i) {
			base[i] = nothing
		}
	}
	link.Sides[winner].Base, link.Sides[winner].Sum = base.bytes(), 0
}

// meetAgain has nothing be known of fields of a first meeting whose values are
// to stand though their side does not own them: as when the two met, they are
// written once, and not looked upon as an edit that does not count.
func (ps *pass) meetAgain(link *instep.Link, winner instep.Side, about func(i int) bool) {
	if !link.Meeting || ps.pair.First != winner {
		return
	}
	for s := range link.Sides {
		base := vectorOf(link.Sides[s].Base)
		for i := range base {
			if about(i) && !ps.pair.rules[i].Owner.Owns(winner) {
				base[i] = 0
			}
		}
		link.Sides[s].Base = base.bytes()
	}
}

// closeMeeting ends a first meeting of which all is known by now.
func closeMeeting(link *instep.Link) {
	for s := range link.Sides {
		if slices.Contains(vectorOf(link.Sides[s].Base), 0) {
			return
		}
	}
	link.Meeting = false
}

// conflicting returns which rules a conflict is about.
func (ps *pass) conflicting(m *instep.Mark) func(i int) bool {
	names := ", " + m.Message.Arg("fields") + ", "
	return func(i int) bool { return strings.Contains(names, ", "+ps.pair.rules[i].Name+", ") }
}

// rebase takes what stands on a side now as its base, for some of the rules,
// so that it does not count as edited. A list that is older does not either.
func (ps *pass) rebase(
	ctx context.Context, b *instep.Batch, link *instep.Link, s instep.Side, about func(i int) bool,
) (*instep.Link, error) {
	ref := ps.refOf(link, s)
	recs, err := ps.get(ctx, s, []instep.Ref{ref})
	if err != nil {
		return nil, err
	}
	if ps.presence(s, recs[0].Status) != there {
		return nil, refError(instep.NotFound, ref, "it is not there any more", "run again, and look at what is then asked")
	}
	next := *link
	next.Gen++
	base, now := ps.baseOf(&next.Sides[s], link.Map), ps.prepare(s, &recs[0]).vec
	next.Map = ps.state.Mapping
	other := ps.baseOf(&next.Sides[s.Other()], link.Map)
	for i := range base {
		if about(i) && now.at(i) != 0 {
			base[i] = now[i]
		}
	}
	next.Sides[s].Base, next.Sides[s.Other()].Base = base.bytes(), other.bytes()
	next.Sides[s].Sum = 0
	if ps.listsLate(s) {
		ps.fenceSeen(b, link.ID, s, now, recs[0].Modified)
	}
	return &next, nil
}

// answerEditedGone settles a record that was deleted on one side and edited on
// the other.
func (ps *pass) answerEditedGone(ctx context.Context, b *instep.Batch, m *instep.Mark, link *instep.Link, a Answer, winner instep.Side) error {
	away := instep.Left
	if m.Message.Arg("side") == instep.Right.String() {
		away = instep.Right
	}
	recs, err := ps.get(ctx, away, []instep.Ref{ps.refOf(link, away)})
	if err != nil {
		return err
	}
	if is := ps.presence(away, recs[0].Status); ps.pair.side[away].getter != nil && is != gone && is != unsure {
		return refError(instep.Conflict, ps.refOf(link, away), "it is there again", "run again, and look at what is then asked")
	}
	if winner != away { // the edit stands: the deleted record is made anew
		w := &work{
			outcome: instep.Pending, side: away, link: link, obs: [2]int32{-1, -1}, create: true,
			reason: message("made_anew", arg("side", winner.String())),
		}
		ps.halve(b, w)
		ps.noteAnswer(b, m, link, a)
		return nil
	}
	next, err := ps.rebase(ctx, b, link, away.Other(), func(int) bool { return true })
	if err != nil {
		return err
	}
	next.Meeting = false
	ps.forgetOverruled(link, next, away)
	ps.clearMarks(b, link.ID)
	b.Marks = append(b.Marks, instep.Mark{Link: link.ID, Side: away, Outcome: instep.Gone, Message: *message("gone", arg("side", away.String()))})
	b.Links = append(b.Links, *next)
	ps.noteAnswer(b, m, link, a)
	return nil
}

// forgetOverruled leaves nothing known, on the side that is gone, of fields
// whose edit on the other side was overruled: should the record come back, they
// are compared as on a first meeting.
func (ps *pass) forgetOverruled(link, next *instep.Link, away instep.Side) {
	before, now := ps.baseOf(&link.Sides[away.Other()], link.Map), ps.baseOf(&next.Sides[away.Other()], next.Map)
	base := ps.baseOf(&next.Sides[away], next.Map)
	for i := range base {
		if before[i] != now[i] {
			base[i] = 0
		}
	}
	next.Sides[away].Base = base.bytes()
}

// answerNew decides that a record is none of those it might be. For AnswerNew
// one is made for it in the next run.
func (ps *pass) answerNew(ctx context.Context, b *instep.Batch, m *instep.Mark, link *instep.Link, a Answer) error {
	if m.Message.Code == "reused" {
		return ps.answerOther(b, m, link, a)
	}
	s, half := link.Half()
	if !half {
		return refError(instep.Conflict, ps.refOf(link, m.Side), "it is linked already", "run again, and look at what is then asked")
	}
	if a.Verb == AnswerNew && ps.pair.side[s.Other()].sink == nil {
		return configError("answer new", "nothing can be written to the "+s.Other().String()+" side", "answer never or drop")
	}
	next := *link
	next.Gen++
	if err := ps.vetoSharers(ctx, b, &next, s, a.By); err != nil {
		return err
	}
	ps.clearMarks(b, link.ID)
	ps.takeUp(b, &next, s, a.Verb == AnswerNew)
	b.Links = append(b.Links, next)
	ps.noteAnswer(b, m, link, a)
	return nil
}

// vetoSharers decides that a record is none of the other side's records that
// share a match key with it.
func (ps *pass) vetoSharers(ctx context.Context, b *instep.Batch, link *instep.Link, s instep.Side, by string) error {
	keys, own, err := ps.keysNow(ctx, link, s)
	if err != nil {
		return err
	}
	ids, err := ps.sharers(ctx, s, link.Sides[s].ID, keys)
	if err != nil {
		return err
	}
	for _, id := range ids {
		var known [1]instep.Known
		if err := ps.engine.store.Lookup(ctx, ps.pair.Name, s.Other(), []string{id}, known[:]); err != nil {
			return err
		}
		d := instep.Decision{DecisionID: instep.DecisionID{Verdict: instep.NeverLink}, By: by, At: ps.engine.now()}
		ends := [2]*string{&d.Left, &d.Right}
		*ends[s], *ends[s.Other()] = link.Sides[s].ID, id
		d.Evidence[s] = own
		d.Evidence[s.Other()] = evidence(ps.links[known[0].Link], s.Other())
		b.Decisions = append(b.Decisions, d)
	}
	return nil
}

// keysNow returns the match keys that the record of a half link has, and their
// evidence: as it is now, or, where it cannot be read by its id, as it was when
// it was last listed.
func (ps *pass) keysNow(ctx context.Context, link *instep.Link, s instep.Side) (keys []uint64, own uint64, err error) {
	if ps.pair.side[s].getter == nil {
		for _, k := range link.Keys {
			if k.Sides&(1<<s) != 0 && k.Hash != link.Sides[s].Identity {
				keys = append(keys, k.Hash)
			}
		}
		return keys, evidence(link, s), nil
	}
	recs, err := ps.get(ctx, s, []instep.Ref{ps.refOf(link, s)})
	if err != nil {
		return nil, 0, err
	}
	if ps.presence(s, recs[0].Status) != there {
		return nil, 0, refError(instep.NotFound, ps.refOf(link, s), "it is not there any more", "run again")
	}
	now := ps.prepare(s, &recs[0]).keys
	return hashesOf(now), sumOf(now), nil
}

func hashesOf(keys []key) []uint64 {
	hashes := make([]uint64, len(keys))
	for i, k := range keys {
		hashes[i] = k.hash
	}
	return hashes
}

// answerDrop leaves everything as it is.
func (ps *pass) answerDrop(ctx context.Context, b *instep.Batch, m *instep.Mark, link *instep.Link, a Answer) error {
	next := link
	if s, half := link.Half(); half {
		changed := *link
		changed.Gen++
		next = &changed
		if err := ps.vetoSharers(ctx, b, next, s, a.By); err != nil && !errors.Is(err, instep.NotFound) {
			return err
		}
		alone := ps.decision(instep.KeepAlone, next, s, a.By)
		switch _, own, err := ps.keysNow(ctx, next, s); {
		case err == nil:
			alone.Evidence[s] = own
		case !errors.Is(err, instep.NotFound):
			return err
		}
		b.Decisions = append(b.Decisions, alone)
	} else {
		for _, s := range sides {
			var err error
			if next, err = ps.rebase(ctx, b, next, s, ps.conflicting(m)); err != nil {
				return err
			}
			next.Gen = link.Gen + 1
		}
		ps.noteDrift(next, ps.conflicting(m))
		closeMeeting(next)
	}
	for s := range next.Sides {
		next.Sides[s].Sum = 0
	}
	ps.clearMarks(b, link.ID)
	b.Links = append(b.Links, *next)
	ps.noteAnswer(b, m, link, a)
	return nil
}

// noteDrift keeps in a link that fields which only one side owns are left
// different, as a person wants it.
func (ps *pass) noteDrift(link *instep.Link, about func(i int) bool) {
	l, r := vectorOf(link.Sides[0].Base), vectorOf(link.Sides[1].Base)
	for i := range ps.pair.rules {
		if about(i) && ps.pair.rules[i].Owner != instep.BothOwn && l.at(i) != r.at(i) {
			link.Drift = withDrift(link.Drift, uint16(i), true)
		}
	}
}

// answerAgain has what was held back tried again in the next run.
func (ps *pass) answerAgain(ctx context.Context, b *instep.Batch, m *instep.Mark, link *instep.Link, a Answer) error {
	next := *link
	next.Gen++
	s, half := link.Half()
	if half { // what was found instead is not it
		if err := ps.vetoSharers(ctx, b, &next, s, a.By); err != nil {
			return err
		}
	}
	ps.clearMarks(b, link.ID)
	ps.takeUp(b, &next, m.Side, half)
	for _, s := range sides {
		ps.forgetTurns(b, instep.MarkID{Link: link.ID, Side: s})
	}
	b.Links = append(b.Links, next)
	ps.noteAnswer(b, m, link, a)
	return nil
}

// answerSame accepts that a record is the one its id was linked as, although
// its immutable id says otherwise.
func (ps *pass) answerSame(ctx context.Context, b *instep.Batch, m *instep.Mark, link *instep.Link, a Answer) error {
	recs, err := ps.get(ctx, m.Side, []instep.Ref{ps.refOf(link, m.Side)})
	if err != nil {
		return err
	}
	next := *link
	next.Gen++
	side := &next.Sides[m.Side]
	next.Keys = slices.DeleteFunc(slices.Clone(next.Keys), func(k instep.KeyHash) bool { return k.Hash == side.Identity })
	side.Identity = ps.engine.hash.identity(m.Side, &recs[0])
	next.Keys = ps.addKeys(next.Keys, m.Side, nil, side.Identity)
	ps.clearMarks(b, link.ID)
	ps.takeUp(b, &next, m.Side, false)
	b.Links = append(b.Links, next)
	ps.noteAnswer(b, m, link, a)
	return nil
}

// answerOther decides that an id was given to another record: the two are
// taken apart, and the new one is matched like any.
func (ps *pass) answerOther(b *instep.Batch, m *instep.Mark, link *instep.Link, a Answer) error {
	ps.takeApart(b, link, a.By)
	for i := range b.Links {
		h := &b.Links[i]
		if s, _ := h.Half(); s == m.Side {
			h.Sides[s].Identity, h.Keys = 0, nil
			ps.takeUp(b, h, s, false)
		}
	}
	b.Decisions = slices.DeleteFunc(b.Decisions, func(d instep.Decision) bool {
		return d.Verdict == instep.KeepAlone && d.DecisionID == aboutOne(instep.KeepAlone, m.Side, link.Sides[m.Side].ID)
	})
	ps.noteAnswer(b, m, link, a)
	return nil
}
