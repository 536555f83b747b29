package reconcile

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/instep-go/instep"
)

// commitRows is how many links are gathered into one commit where nothing is
// sent: large units are cheap, and a crash only repeats reading.
const commitRows = 100_000

// apply carries the works out: first what is only written down, then what is
// sent.
func (ps *pass) apply(ctx context.Context) error {
	ps.begun = true
	if err := ps.checkCurrent(ctx); err != nil {
		return err
	}
	for _, step := range []func(context.Context) error{ps.resolveAgain, ps.bind, ps.repoint, ps.applyQuiet} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	for _, s := range []instep.Side{instep.Right, instep.Left} {
		if err := ps.applyWrites(ctx, s, false); err != nil {
			return err
		}
	}
	return nil
}

// close carries out what takes records away, moves the cursors, and then takes
// up what a lost reply, a change in between or a missing reference has left
// open.
func (ps *pass) close(ctx context.Context) error {
	if err := ps.retireAndFinish(ctx); err != nil {
		return err
	}
	return ps.again(ctx)
}

func (ps *pass) retireAndFinish(ctx context.Context) error {
	for _, s := range []instep.Side{instep.Right, instep.Left} {
		if err := ps.applyWrites(ctx, s, true); err != nil {
			return err
		}
	}
	return ps.finish(ctx)
}

// checkCurrent refuses a plan if the state moved on since it was made: its
// numbers for new links and units would be somebody else's.
func (ps *pass) checkCurrent(ctx context.Context) error {
	now, err := ps.engine.store.Pair(ctx, ps.pair.Name)
	if err != nil {
		return err
	}
	if now.Gen != ps.state.Gen || now.LastLink != ps.state.LastLink || now.LastUnit != ps.state.LastUnit {
		return movedOn(errors.New("the state has changed since the plan was made"))
	}
	return nil
}

// again takes up, a few times, what a lost reply or a change in between left
// open. What is still open then waits for the next run.
func (ps *pass) again(ctx context.Context) error {
	const rounds = 10
	if ps.pair.side[0].getter == nil || ps.pair.side[1].getter == nil {
		return nil // what is open cannot be looked at before the next list
	}
	last := ps.last()
	for range rounds {
		free, err := last.released(ctx)
		if err != nil || !free && !last.retry || ps.skipped > 0 {
			return err
		}
		next := &pass{
			engine: ps.engine, pair: ps.pair, run: ps.run, now: ps.engine.now(), onlyMarked: true, budget: -1, cut: ps.cut, meters: ps.meters,
			spent: ps.spent, tenure: ps.tenure, resumed: last.postponed,
		}
		err = next.plan(ctx)
		ps.takeRefusals(next)
		if err != nil {
			return err
		}
		if len(next.guards) > 0 {
			return nil // the plan of the next run tells what there is to do, and asks
		}
		if err = next.apply(ctx); err == nil {
			err = next.retireAndFinish(ctx)
		}
		ps.absorb(next)
		if err != nil {
			return err
		}
		last, ps.latest = next, next
	}
	return nil
}

// last is the pass itself, or the last of its further rounds.
func (ps *pass) last() *pass {
	if ps.latest != nil {
		return ps.latest
	}
	return ps
}

// takeUpReleased takes up what waited for records that further rounds of other
// pairs have made, after this one was closed.
func (ps *pass) takeUpReleased(ctx context.Context) error {
	if len(ps.pair.joined) == 0 {
		return nil
	}
	free, err := ps.last().released(ctx)
	if err != nil || !free {
		return err
	}
	return ps.again(ctx)
}

// absorb adds what a further round did to the summary: what was open before
// now counts as what has become of it.
func (ps *pass) absorb(next *pass) {
	became := map[instep.LinkID]instep.Outcome{}
	for _, w := range next.adopted {
		became[w.link.ID] = w.outcome
	}
	for _, w := range next.works {
		if w.link != nil {
			became[w.link.ID] = w.outcome
		}
	}
	for w := range ps.acted() {
		if w.link != nil {
			if o, ok := became[w.link.ID]; ok && o != instep.InStep {
				w.outcome = o
			}
		}
	}
	for s := range sides {
		ps.done.Writes[s] += next.done.Writes[s]
	}
	ps.takeRefusals(next)
	ps.total, ps.writes = 0, 0 // whatever was left open is counted by what became of it
}

// bind commits whom the state belongs to and which mapping is in use, before
// any link that depends on it.
func (ps *pass) bind(ctx context.Context) error {
	if ps.state.Mapping != 0 && !ps.mappingChanged() {
		return nil
	}
	for _, made := range ps.state.Mappings {
		ps.state.Mapping = max(ps.state.Mapping, made.ID)
	}
	ps.state.Mapping++
	ps.state.Mappings = append(slices.Clone(ps.state.Mappings), ps.print())
	for s := range ps.state.Streams {
		ps.state.Streams[s].Cursor = "" // compare everything anew, also if this pass is cut short
	}
	return ps.commit(ctx, &instep.Batch{State: ps.nextState()})
}

// repoint gives the links of renamed records their new ids, all at once,
// before anything else may want the old ones.
func (ps *pass) repoint(ctx context.Context) error {
	b := &instep.Batch{}
	for _, s := range sides {
		for i := range ps.obs[s].len() {
			ob := ps.obs[s].ob(i)
			if ob.dropped || !ps.renamed[s][ob.link] {
				continue
			}
			ps.repointSide(s, ob)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(union(ps.renamed[0], ps.renamed[1]))) {
		link := ps.links[id]
		link.Gen++
		b.Links = append(b.Links, *link)
	}
	b.Dropped = slices.Sorted(maps.Keys(ps.absorbed))
	b.Decisions, b.Revoked = ps.decided, ps.revoked
	if len(b.Links) == 0 {
		return nil
	}
	var taken [2][]takenID
	for i := range b.Links {
		for _, s := range sides {
			if id := b.Links[i].Sides[s].ID; id != "" && ps.renamed[s][b.Links[i].ID] {
				taken[s] = append(taken[s], takenID{id, b.Links[i].ID})
			}
		}
	}
	if err := ps.freeIDs(ctx, b, taken); err != nil {
		return err
	}
	return ps.commit(ctx, b)
}

// repointSide gives a link its record's new id, or that of the record it was
// merged into. The link is shared with the works.
func (ps *pass) repointSide(s instep.Side, ob observation) {
	link := ps.links[ob.link]
	side := &link.Sides[s]
	side.ID, side.Sum = ob.id(), 0
	if link.Rule == madeOn(s) && (ob.identity() == 0 || ob.identity() != side.Identity) {
		link.Rule = "re-pointed" // it may be one that people have made
	}
	if ob.identity() == 0 || ob.identity() == side.Identity {
		return
	}
	link.Keys = slices.DeleteFunc(slices.Clone(link.Keys), func(k instep.KeyHash) bool { return k.Hash == side.Identity })
	side.Identity = ob.identity()
	link.Keys = ps.addKeys(link.Keys, s, ps.lastKeys(s, ob.id()), ob.identity())
}

func union[K comparable](a, b map[K]bool) map[K]bool {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

func (ps *pass) print() instep.MappingPrint {
	made := instep.MappingPrint{ID: ps.state.Mapping, Prints: slices.Clone(ps.pair.prints)}
	for i := range ps.pair.rules {
		made.Rules = append(made.Rules, ps.pair.rules[i].Name)
	}
	return made
}

func (ps *pass) nextState() *instep.PairState {
	ps.state.Gen++
	state := ps.state
	return &state
}

func (ps *pass) commit(ctx context.Context, b *instep.Batch) error {
	// What was sent must be settled even if the caller has stopped meanwhile.
	ctx = context.WithoutCancel(ctx)
	join := func(bs []*instep.Batch) *instep.Batch {
		b := joinBatches(bs)
		b.Pair = ps.pair.Name
		ps.claim(b)
		return b
	}
	write := func(b *instep.Batch) error {
		err := ps.engine.store.Commit(ctx, b)
		ps.claimed(b, err)
		return err
	}
	bs := []*instep.Batch{b}
	if earlier := ps.unsettled; earlier != nil {
		ps.unsettled = nil
		defer ps.crew.land(earlier.works)
		bs = append(earlier.batches, b)
	}
	if ps.crew != nil {
		return ps.crew.commit(bs, join, write)
	}
	return write(join(bs))
}

// finish moves the cursors, if everything they cover is settled or marked.
func (ps *pass) finish(ctx context.Context) error {
	if ps.skipped+ps.unsent > 0 || ps.onlyMarked {
		return nil
	}
	moved := ps.state.Rewound
	if moved && ps.sweptAll() {
		ps.state.Rewound = false
	}
	for _, s := range sides {
		st, now := &ps.state.Streams[s], &ps.streams[s]
		whole := now.complete || now.swept && ps.pair.side[s].traits.Partial
		if now.swept && !whole {
			continue // what it has left out may have changed before its cursor
		}
		stood := st.Cursor == now.next && !now.swept
		if stood && !now.changed {
			continue
		}
		moved = true
		if stood {
			ps.fault = errors.Join(ps.fault, ps.stuck(s))
			continue
		}
		st.Cursor, st.Still = now.next, 0
		if whole {
			st.SweptAt = ps.now
		}
	}
	if !moved {
		return nil
	}
	return ps.commit(ctx, &instep.Batch{State: ps.nextState()})
}

// mostStill is how many runs may give changes while the cursor stands still:
// such a source reads the same over and over, and sees less and less.
const mostStill = 5

// stuck counts a run that gave changes while the cursor stood still. Where
// times are coarse, several runs rightly end at the same mark.
func (ps *pass) stuck(s instep.Side) error {
	p, st := &ps.pair.side[s], &ps.state.Streams[s]
	st.Still++
	if st.Still < mostStill || p.traits.Granularity > time.Minute {
		return nil
	}
	return &instep.Error{
		Kind: instep.Malformed, Op: "read " + p.traits.System,
		Err:    fmt.Errorf("%d runs in a row gave changes, but the cursor does not move", st.Still),
		Remedy: "all of them were carried out, but later ones may be missed: this is a fault of the connector, or of the system's clock",
	}
}

// sweptAll reports whether both sides were seen as a whole, as far as they can
// be.
func (ps *pass) sweptAll() bool {
	for _, s := range sides {
		if now := &ps.streams[s]; !now.complete && !(now.swept && ps.pair.side[s].traits.Partial) {
			return false
		}
	}
	return true
}

// applyQuiet writes down everything that needs no sending.
func (ps *pass) applyQuiet(ctx context.Context) (err error) {
	b := &instep.Batch{Links: make([]instep.Link, 0, min(len(ps.joined), commitRows))}
	bg := background{write: func(b *instep.Batch) error { return ps.commit(ctx, b) }}
	defer func() {
		if _, late := bg.wait(); err == nil {
			err = late
		}
	}()
	equal := map[string]int{}
	for w, j := range ps.all() {
		switch {
		case w == nil:
			how := ps.keyName(j.rank)
			b.Links = append(b.Links, ps.linkJoined(j, how))
			equal[how]++
		case w.writes() || w.skipped:
			continue
		default:
			ps.noteQuiet(b, w, equal)
		}
		if len(b.Links)+len(b.Dropped) >= commitRows {
			room, err := ps.commitQuiet(b, equal, &bg)
			if err != nil {
				return err
			}
			b = &instep.Batch{Links: room}
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	ps.takeDownFences(b)
	_, err = ps.commitQuiet(b, equal, &bg)
	return err
}

// commitQuiet has a batch committed and returns room for the links of another.
func (ps *pass) commitQuiet(b *instep.Batch, equal map[string]int, bg *background) ([]instep.Link, error) {
	for _, rule := range sortedKeys(equal) {
		b.Activity = append(b.Activity, ps.linkedEqual(rule, equal[rule]))
	}
	clear(equal)
	if len(b.Links)+len(b.Dropped)+len(b.Marks)+len(b.Cleared)+len(b.Activity)+len(b.Fences)+len(b.Unfenced) == 0 {
		return b.Links, nil
	}
	room, err := bg.commit(b)
	if err == nil && ps.engine.opt.Serial {
		return bg.wait()
	}
	return room, err
}

// noteQuiet adds to the batch what a work without sending leads to.
func (ps *pass) noteQuiet(b *instep.Batch, w *work, equal map[string]int) {
	if w.drop != nil && w.drop == w.link { // a record without counterpart is gone
		b.Dropped = append(b.Dropped, w.link.ID)
		ps.dropIntents(b, w.link)
		return
	}
	told := w.stands && !ps.moved(w)
	if w.link != nil && (w.aside || told) {
		ps.learn(b, w)
	}
	if w.stands && (w.aside || told) {
		ps.confirmShown(b, w.link, w)
		return
	}
	switch {
	case w.aside:
		ps.mark(b, w, w.link)
		return
	case w.outcome == instep.Removed:
		ps.bury(b, w)
		b.Activity = append(b.Activity, ps.activity(w, w.link, w.side, "none", nil))
		return
	case w.apart:
		ps.halve(b, w)
		return
	}
	link := ps.linkFor(w)
	if _, half := link.Half(); half || w.outcome != instep.Unfit && w.outcome != instep.Blocked {
		ps.advance(&link, w, nil)
	}
	ps.fenceRead(b, &link, w)
	if w.meeting {
		ps.notAlone(b, &link)
	}
	b.Links = append(b.Links, link)
	w.link = &link
	if w.drop != nil {
		ps.dropInto(b, w.drop)
	}
	switch w.outcome {
	case instep.Linked:
		ps.clearMarks(b, link.ID)
		equal[w.how]++
	case instep.Pending:
		ps.mark(b, w, &link)
		ps.retry = ps.retry || !w.due.After(ps.engine.now()) && w.reason.Code != "list_incomplete" && w.reason.Code != "not_listed"
	case instep.Drifted:
		ps.clearMarks(b, link.ID)
		b.Activity = append(b.Activity, ps.activity(w, &link, w.side, "none", ps.changedRules(w)))
	case instep.InStep, instep.Unmatched:
		ps.clearMarks(b, link.ID)
	default:
		ps.mark(b, w, &link)
	}
}

func isFull(link *instep.Link) bool {
	if link == nil {
		return false
	}
	_, half := link.Half()
	return !half
}

func (ps *pass) dropInto(b *instep.Batch, drop *instep.Link) {
	b.Dropped = append(b.Dropped, drop.ID)
	ps.dropIntents(b, drop)
	ps.clearMarks(b, drop.ID)
}

// moved reports whether a record without counterpart that is set aside
// changed since.
func (ps *pass) moved(w *work) bool {
	s, half := w.link.Half()
	if i := w.obs[s]; half && i >= 0 {
		return ps.obs[s].ob(i).sum != w.link.Sides[s].Sum
	}
	return false
}

// mark writes down that a work waits for something.
func (ps *pass) mark(b *instep.Batch, w *work, link *instep.Link) {
	m := instep.Mark{
		Link: link.ID, Side: w.side, Outcome: w.outcome, Message: *w.reason, Create: w.create,
		Due: w.due, Evidence: w.proof, Waits: w.waits,
	}
	switch w.outcome {
	case instep.Gone, instep.Frozen, instep.Deactivated, instep.Unlinked:
		m.Due = ps.now.Add(ps.pair.SweepEvery) // sooner if one of the two is seen
	}
	ps.markAs(b, m)
	if old, ok := ps.marks[instep.MarkID{Link: m.Link, Side: m.Side}]; ok && old.Outcome == m.Outcome && old.Message.Code == m.Message.Code {
		return // it was told before
	}
	b.Activity = append(b.Activity, ps.activity(w, link, w.side, "none", nil))
	ps.engine.emit(Held{
		Pair: ps.pair.Name, Outcome: w.outcome, Message: *w.reason,
		Left: ps.refOf(link, instep.Left), Right: ps.refOf(link, instep.Right),
	})
}

func (ps *pass) markAs(b *instep.Batch, m instep.Mark) {
	if old, ok := ps.marks[instep.MarkID{Link: m.Link, Side: m.Side}]; ok && old.Outcome == m.Outcome {
		m.Tries = old.Tries + 1
	}
	if _, ok := ps.marks[instep.MarkID{Link: m.Link, Side: m.Side.Other()}]; ok {
		b.Cleared = append(b.Cleared, instep.MarkID{Link: m.Link, Side: m.Side.Other()})
	}
	b.Marks = append(b.Marks, m)
}

func (ps *pass) clearMarks(b *instep.Batch, id instep.LinkID) {
	for _, s := range sides {
		if _, ok := ps.marks[instep.MarkID{Link: id, Side: s}]; ok {
			b.Cleared = append(b.Cleared, instep.MarkID{Link: id, Side: s})
		}
	}
}

func (ps *pass) refOf(link *instep.Link, s instep.Side) instep.Ref {
	return ps.pair.side[s].ref(link.Sides[s].ID)
}
