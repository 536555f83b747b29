package reconcile

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/instep-go/instep"
)

// op is one write on its way: from the work, to what is sent, to what came
// back.
type op struct {
	w       *work
	target  instep.Side
	source  *instep.Record
	room    []instep.Field // for its fields
	now     vector         // of the source; nil: not hashed yet
	key     uint64         // and its first match key
	current *instep.Record
	sent    sent
	intent  instep.Intent
	result  instep.Result
	after   *written
	before  vector          // what was believed to stand on the target
	lagging []uint16        // rules whose field did not show what was written yet
	blindly bool            // it could not be read back
	already bool            // nothing needs to be sent: it is so already
	edited  bool            // somebody has edited the record since the write
	problem *instep.Message // why it is not sent, or was refused
	outcome instep.Outcome  // for problem
	due     time.Time       // for problem: when to try again
	proof   uint64          // for problem: the sum of the record that was refused

	appeared []instep.Record // which have the key that was to be written
}

// applyWrites sends everything that is to be written to side s, or all that
// takes something away there.
func (ps *pass) applyWrites(ctx context.Context, s instep.Side, retire bool) error {
	var due []*work
	for i := range ps.works {
		if w := &ps.works[i]; !w.skipped && w.writesTo(s) && retire == (w.action() == instep.Delete || w.action() == instep.Deactivate) {
			due = append(due, w)
		}
	}
	ps.mixed = slices.ContainsFunc(due, func(w *work) bool { return w.outcome != instep.Created })
	return ps.sendAll(ctx, s, &queue{ps: ps, side: s, works: due, held: !retire, size: max(ps.pair.side[s].traits.MaxBatch, 1)})
}

// sendChunk sends one write call: intents are committed before, what came of
// them after, at the latest before anything else is asked or sent.
func (ps *pass) sendChunk(ctx context.Context, s instep.Side, works []*work) error {
	room := ps.rooms.take(max(ps.pair.side[s].traits.MaxBatch, 1), len(ps.pair.rules))
	defer func() { ps.rooms = append(ps.rooms, room) }()
	ops := ps.leaveFreed(room.begin(works, s, len(ps.pair.rules)))
	for _, step := range []func(context.Context, instep.Side, []*op) error{
		ps.supply, ps.recheck, ps.confirmAbsent, ps.confirmAway, ps.recheckRetired,
	} {
		if err := step(ctx, s, ops); err != nil {
			return err
		}
	}
	ops, err := ps.leaveContested(ctx, s, ops) // and what was freed, once more: other calls were under way meanwhile
	if err != nil {
		return err
	}
	ready := slices.DeleteFunc(slices.Clone(ops), func(o *op) bool { return o.problem != nil || o.already })
	sent := worksOf(ready)
	unit, err := ps.announce(ctx, s, ready)
	if err != nil {
		ps.crew.land(sent)
		return err
	}
	fatal := ps.write(ctx, s, ready)
	ps.refuse(s, fatal)
	if fatal == nil {
		ps.readBack(ctx, s, ready)
	}
	// The replies are in hand: they count even if the caller has stopped.
	b, err := ps.settle(context.WithoutCancel(ctx), unit, ops)
	if err != nil {
		ps.crew.land(sent)
		return err
	}
	ps.settleLater(outcome{[]*instep.Batch{b}, sent})
	if fatal == nil {
		fatal = ctx.Err()
	}
	return fatal
}

func worksOf(ops []*op) []*work {
	works := make([]*work, len(ops))
	for i, o := range ops {
		works[i] = o.w
	}
	return works
}

// leaveFreed leaves out what is about a link that gave its id up to another in
// this pass, or a record without link whose id another one was made under: it is
// another record by now, and is planned anew.
func (ps *pass) leaveFreed(ops []*op) []*op {
	return ps.leave(ops, func(o *op) bool {
		return o.w.link != nil && ps.freed[o.w.link.ID] || o.w.drop != nil && ps.freed[o.w.drop.ID] || ps.isRemade(o.w)
	})
}

// isRemade reports whether a record was made in this pass under the id that
// another one had when it was seen.
func (ps *pass) isRemade(w *work) bool {
	for _, s := range sides {
		if i := w.obs[s]; i >= 0 && len(ps.remade[s]) > 0 && (w.link == nil || w.link.Sides[s].ID == "") && ps.remade[s][ps.obs[s].ob(i).id()] {
			return true
		}
	}
	return false
}

// noteMade notes the id of a record that was made, if it was seen before.
func (ps *pass) noteMade(s instep.Side, id string) {
	if _, seen := ps.obs[s].at(id); !seen {
		return
	}
	if ps.remade[s] == nil {
		ps.remade[s] = map[string]bool{}
	}
	ps.remade[s][id] = true
}

// supply finds the record whose values are written: in hand, or read again.
func (ps *pass) supply(ctx context.Context, target instep.Side, ops []*op) error {
	s := target.Other()
	var refs []instep.Ref
	var missing []*op
	for _, o := range ops {
		if o.retires() || o.w.wipe {
			continue
		}
		if o.source = ps.packed(s, o.w.obs[s], o.room); o.source == nil || ps.obs[s].vec(o.w.obs[s]) == nil || ps.fenced(o.w, s) {
			refs = append(refs, ps.pair.side[s].ref(ps.id(o.w, s)))
			missing = append(missing, o)
		}
	}
	recs, err := ps.get(ctx, s, refs)
	if err != nil {
		return err
	}
	for i, o := range missing {
		if recs[i].Status != instep.Live && recs[i].Status != instep.Inactive {
			o.later("changed_meanwhile")
			continue
		}
		o.source = &recs[i]
		v := ps.prepare(s, o.source)
		o.values(v)
		if at := o.w.obs[s]; at >= 0 && !slices.Equal(v.vec, ps.obs[s].vec(at)) || at < 0 && ps.editedUnseen(o, v.vec) {
			o.later("changed_meanwhile")
		}
	}
	for _, o := range ops {
		if o.problem == nil && !o.retires() {
			o.sent, o.problem = ps.fieldsFor(o.w, target, o.source, o.sent)
			if o.problem != nil {
				o.outcome = setAside(o.problem)
			}
		}
	}
	return nil
}

// editedUnseen reports whether a record that no list has shown in this pass holds
// something else than is known in a field that is to be written from it. That is an
// edit, to be taken down as one: a list that comes late may be older than it.
func (ps *pass) editedUnseen(o *op, now vector) bool {
	known := ps.believed(o.w, o.target.Other())
	for i, a := range o.w.acts {
		if a == writeTo[o.target] && known.at(i) != 0 && known.at(i) != now.at(i) {
			return true
		}
	}
	return false
}

// values takes over what is written, as hashes.
func (o *op) values(v view) {
	o.now = slices.Clone(v.vec)
	if len(v.keys) > 0 {
		o.key = v.keys[0].hash
	}
}

// fenced reports whether the record in hand is too old in a field that is to be
// written from it.
func (ps *pass) fenced(w *work, s instep.Side) bool {
	created := w.outcome == instep.Created
	if w.acts == nil && !created || w.meeting || w.link == nil || len(ps.fences) == 0 {
		return false
	}
	now, believed := ps.obs[s].vec(w.obs[s]), ps.baseOf(&w.link.Sides[s], w.link.Map)
	for i := range now {
		if (created || w.acts[i] == writeTo[s.Other()]) && now[i] == 0 && believed[i] != 0 {
			return true
		}
	}
	return false
}

// later leaves an op for the next round.
func (o *op) later(code string, args ...instep.Arg) {
	o.problem, o.outcome = message(code, args...), instep.Failed
}

// announce commits what is about to be sent.
func (ps *pass) announce(ctx context.Context, s instep.Side, ops []*op) (*instep.Unit, error) {
	if len(ops) == 0 {
		return nil, nil
	}
	b := &instep.Batch{Links: make([]instep.Link, 0, len(ops))}
	unit := ps.newUnit(s, ps.engine.now())
	unit.Intents = make([]instep.Intent, 0, len(ops))
	for _, o := range ops {
		if o.w.outcome == instep.Updated {
			o.before = ps.standing(o)
		}
		if o.w.link == nil || o.w.meeting || o.w.outcome == instep.Created {
			ps.linkAhead(b, o.w)
		}
		o.intent = ps.intent(o)
		unit.Intents = append(unit.Intents, o.intent)
	}
	b.Units = []instep.Unit{unit}
	ps.crew.takeOff(worksOf(ops))
	ps.spent.add(ops)
	return &unit, ps.commit(ctx, b)
}

// standing is what stands on the target before an update, as far as known.
func (ps *pass) standing(o *op) vector {
	if o.current != nil {
		return slices.Clone(ps.prepare(o.target, o.current).vec)
	}
	return slices.Clone(ps.believed(o.w, o.target))
}

func (ps *pass) newUnit(s instep.Side, sent time.Time) instep.Unit {
	ps.state.LastUnit++
	return instep.Unit{ID: ps.state.LastUnit, Side: s, Sent: sent}
}

// linkAhead commits the link of a work before anything is sent, so that the
// intent has something to hang on. Its sums are 0: if nothing comes of the
// intent, the records are looked at again.
func (ps *pass) linkAhead(b *instep.Batch, w *work) {
	link := ps.linkFor(w)
	ps.advance(&link, w, nil)
	for s := range link.Sides {
		link.Sides[s].Sum = 0
	}
	ps.fenceRead(b, &link, w)
	if w.meeting {
		ps.notAlone(b, &link)
	}
	b.Links = append(b.Links, link)
	if w.drop != nil {
		ps.dropInto(b, w.drop)
		w.drop = nil
	}
	w.link = &b.Links[len(b.Links)-1]
}

func (ps *pass) intent(o *op) instep.Intent {
	source := o.target.Other()
	in := instep.Intent{Link: o.w.link.ID, Action: o.w.action(), Target: ps.id(o.w, o.target), Rules: o.sent.rules}
	if o.retires() {
		for i, h := range o.before { // what it looked like before
			if h != 0 && in.Action == instep.Deactivate {
				in.Rules, in.Hashes = append(in.Rules, uint16(i)), append(in.Hashes, h)
			}
		}
		return in
	}
	if o.w.outcome == instep.Created {
		in.Target = ""
	}
	if in.Wipe = o.w.wipe; in.Wipe {
		for _, r := range o.sent.rules {
			in.Hashes, in.Before = append(in.Hashes, ps.blank[0][r]), append(in.Before, o.before.at(int(r)))
		}
		return in
	}
	if o.now == nil {
		o.values(ps.viewOf(o, source))
	}
	in.Key = o.key
	in.Hashes = make([]uint32, len(o.sent.rules))
	for i, r := range o.sent.rules {
		in.Hashes[i] = o.now.at(int(r))
		if o.before != nil {
			in.Before = append(in.Before, o.before.at(int(r)))
		}
	}
	if t := &ps.pair.side[o.target].traits; o.w.outcome == instep.Created && (t.IdempotencyKey || t.TokenField != "") {
		in.Token = ps.engine.hash.token(ps.pair.Name, o.w.link.ID, o.w.link.Gen, ps.id(o.w, source))
	}
	return in
}

// viewOf is the view of the record that an op is made from. What is in hand is
// as it was read, unless it refers to records that were linked since.
func (ps *pass) viewOf(o *op, source instep.Side) view {
	at, obs := o.w.obs[source], &ps.obs[source]
	if at < 0 || obs.ob(at).sum == 0 || len(ps.pair.joined) > 0 || obs.vec(at) == nil {
		return ps.prepare(source, o.source)
	}
	ps.scratch[source].keys = obs.appendKeys(ps.scratch[source].keys[:0], at)
	return view{vec: obs.vec(at), keys: ps.scratch[source].keys}
}

// opFor returns the operation of an intent.
func (ps *pass) opFor(s instep.Side, in *instep.Intent, fields sent, source *instep.Record) instep.Op {
	p := &ps.pair.side[s]
	o := instep.Op{Action: in.Action, Ref: p.ref(in.Target), Fields: p.inOrder(fields)}
	if in.Action != instep.Create {
		return o
	}
	if p.traits.IdempotencyKey {
		o.Key = in.Token
	}
	if p.traits.TokenField != "" {
		o.Token = in.Token
	}
	if rule := ps.firstKey(); p.traits.ChosenID && rule != nil {
		if v, bad := ps.project(rule, s, source); bad == nil && !v.IsBlank() {
			o.Ref.ID = v.String()
		}
	}
	return o
}

// write sends the ops. A whole call that failed leaves every op in doubt,
// unless its error says that nothing was done.
func (ps *pass) write(ctx context.Context, s instep.Side, ops []*op) error {
	if len(ops) == 0 {
		return nil
	}
	p := &ps.pair.side[s]
	batch := make([]instep.Op, len(ops))
	for i, o := range ops {
		batch[i] = ps.opFor(s, &o.intent, o.sent, o.source)
		batch[i].Current = o.current
		if p.traits.IfVersion && o.intent.Action != instep.Create {
			batch[i].Expect = o.w.link.Sides[s].Version
			if at := o.w.obs[s]; at >= 0 {
				batch[i].Expect = ps.obs[s].ob(at).rare().version
			}
			if o.current != nil {
				batch[i].Expect = o.current.Version
			}
		}
	}
	results, err := call(ctx, ps, s, func(ctx context.Context) ([]instep.Result, error) {
		return p.sink.Write(ctx, batch)
	})
	if err == nil && len(results) != len(ops) {
		err = misaligned("Write", p.traits.System, len(results), len(ops))
	}
	if tookNone(err) && len(ops) > 1 {
		half := len(ops) / 2
		if err := ps.write(ctx, s, ops[:half]); err != nil {
			markCanceled(ops[half:])
			return err
		}
		return ps.write(ctx, s, ops[half:])
	}
	for i, o := range ops {
		if err != nil {
			o.result.Err = ps.masked(s, &batch[i], err)
			continue
		}
		o.result = results[i]
		o.result.Err = ps.masked(s, &batch[i], o.result.Err)
		if o.result.Err == nil && o.result.Ref.ID == "" {
			o.result.Ref = batch[i].Ref
		}
		if o.result.Err == nil && o.result.Ref.ID == "" {
			o.result.Err = &instep.Error{Kind: instep.Lost, Op: "create in " + p.traits.System, Err: errors.New("the reply names no id")}
		}
	}
	return fatal(ops)
}

// tookNone reports whether the vendor refused a whole call because of some of
// its ops.
func tookNone(err error) bool {
	if err == nil {
		return false
	}
	switch instep.KindOf(err) {
	case instep.Invalid, instep.Duplicate, instep.Conflict, instep.NotFound:
		return true
	default:
		return false
	}
}

func markCanceled(ops []*op) {
	for _, o := range ops {
		o.result.Err = instep.Canceled
	}
}

// fatal returns the first error that concerns the connection rather than a
// record: there is no point in sending more.
func fatal(ops []*op) error {
	for _, o := range ops {
		switch instep.KindOf(o.result.Err) {
		case instep.Unauthorized, instep.Forbidden, instep.Config, instep.Unsupported:
			return o.result.Err
		}
	}
	return nil
}

// readBack looks at what the vendor made of the values, so that its trimming
// and rounding is not taken for somebody's edit later.
func (ps *pass) readBack(ctx context.Context, s instep.Side, ops []*op) {
	p := &ps.pair.side[s]
	var refs []instep.Ref
	var silent []*op
	ctx = context.WithoutCancel(ctx) // the writes are done: they are looked at even if the caller has stopped
	known := ps.resolveShown(ctx, s, ops)
	for _, o := range ops {
		switch {
		case o.result.Err != nil:
		case o.result.After != nil && known:
			o.seen(ps.prepare(s, o.result.After))
			ps.judgeReadBack(o, o.result.After)
		case o.intent.Action == instep.Delete:
		case p.getter != nil && (!p.traits.Exact || p.traits.CanRename && o.intent.Action == instep.Create || ps.keysUnknown(o)):
			refs = append(refs, o.result.Ref)
			silent = append(silent, o)
		}
	}
	if len(refs) == 0 {
		return
	}
	recs, err := ps.get(ctx, s, refs)
	if err != nil {
		return // the bases are then what was sent, and checked when next read
	}
	for i, o := range silent {
		if recs[i].Status == instep.Live || recs[i].Status == instep.Inactive {
			o.seen(ps.prepare(s, &recs[i]))
			ps.judgeReadBack(o, &recs[i])
			o.result.After = &recs[i] // not before: it did not come with the reply
		}
	}
}

// resolveShown finds out what the records that came with the replies refer to:
// some of it may have been made in this very run. It reports whether it could.
func (ps *pass) resolveShown(ctx context.Context, s instep.Side, ops []*op) bool {
	if len(ps.pair.joined) == 0 {
		return true
	}
	var shown []instep.Record
	for _, o := range ops {
		if o.result.Err == nil && o.result.After != nil {
			shown = append(shown, *o.result.After)
		}
	}
	return ps.resolve(ctx, s, shown) == nil
}

func (o *op) seen(v view) {
	v = v.clone()
	o.after = &written{side: o.target, vec: v.vec, sum: v.sum, keys: v.keys}
}

// judgeReadBack tells the vendor's form of what was written from an edit that
// came after it, and from a view that does not show the write yet: in both of
// these the base is what was sent.
func (ps *pass) judgeReadBack(o *op, rec *instep.Record) {
	switch {
	case o.intent.Action != instep.Create && o.intent.Action != instep.Update:
	case editedSince(o.result, rec, ps.pair.side[o.target].traits.Granularity):
		o.edited, o.after = true, ps.expected(o)
	case o.intent.Action == instep.Update && ps.pair.side[o.target].traits.ReadLag > 0:
		sent := ps.expected(o)
		for _, r := range o.intent.Rules {
			if got := o.after.vec.at(int(r)); got == o.before.at(int(r)) && got != sent.vec.at(int(r)) {
				o.lagging = append(o.lagging, r)
				o.after.vec[r], o.after.sum = sent.vec[r], 0
			}
		}
	}
}

// editedSince reports whether a record that was read back was written again
// since our write, by the vendor's own version or time.
func editedSince(res instep.Result, rec *instep.Record, step time.Duration) bool {
	if res.After == rec && rec.Version == res.Version {
		return false
	}
	if res.Version != "" && rec.Version != "" {
		return res.Version != rec.Version
	}
	return !res.At.IsZero() && rec.Modified.After(res.At.Add(step))
}
