package reconcile

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/instep-go/instep"
)

// view is a record in the shared form, as hashes. Its slices are good until
// the next record of the same side is prepared; clone keeps them.
type view struct {
	vec   vector
	sum   uint64
	keys  []key
	unfit *instep.Message
	due   time.Time // when to read it again, because it may be older than our own write; zero: it is not
}

func (v view) clone() view {
	v.vec, v.keys = slices.Clone(v.vec), slices.Clone(v.keys)
	return v
}

// prepare hashes a record.
func (ps *pass) prepare(s instep.Side, rec *instep.Record) view {
	v := ps.prepareFields(s, rec)
	ps.prepareKeys(s, rec, &v)
	return v
}

// prepareFields is prepare without the match keys, which nobody asks for of a
// record that is in step.
func (ps *pass) prepareFields(s instep.Side, rec *instep.Record) view {
	p, scratch := ps.pair, ps.scratchOf(s)
	clear(scratch.vec)
	v := view{vec: scratch.vec}
	for i := range p.rules {
		r := &p.rules[i]
		raw := scratch.raw(r, s, rec)
		if r.Match != nil {
			scratch.values[i] = instep.Value{}
		}
		if raw.IsAbsent() {
			continue
		}
		shared, err := ps.sharedOf(r, s, raw)
		if err != nil {
			v.unfit = unreadable(r, err)
			shared = raw // hashed as it is, so that a correction is noticed
		}
		if r.Match != nil {
			scratch.values[i] = shared
			if err != nil {
				scratch.values[i] = instep.Value{}
			}
		}
		var h uint64
		h, scratch.buf = ps.engine.hash.fieldOf(append(scratch.buf[:0], r.prefix...), shared)
		v.vec[i] = fold(h)
		v.sum += h
	}
	return v
}

// prepareKeys adds the match keys to the view that prepareFields has made of
// the same record just before.
func (ps *pass) prepareKeys(s instep.Side, rec *instep.Record, v *view) {
	scratch := &ps.scratch[s]
	if ps.pair.Matcher != nil {
		scratch.match = ps.pair.matcher.Keys(s, rec.Fields, scratch.match[:0])
	} else {
		scratch.match = ps.pair.ruleKeys(scratch.values, scratch.match[:0])
	}
	v.keys = scratch.keys[:0]
	for i := range scratch.match {
		k := &scratch.match[i]
		var h uint64
		h, scratch.buf = ps.engine.hash.key(scratch.buf, k)
		v.keys = append(v.keys, key{h, k.Rank, k.Strong, k.Propose, k.Weak})
	}
	scratch.keys = v.keys
}

func unreadable(r *rule, err error) *instep.Message {
	if errors.Is(err, errUnlisted) {
		return message("field_not_mapped", arg("rule", r.Name))
	}
	return message("field_not_usable", arg("rule", r.Name), arg("why", err.Error()))
}

// scratch is what is reused from record to record of one side.
type scratch struct {
	vec   vector
	keys  []key
	match []instep.MatchKey
	buf   []byte
	at    []int // where each rule's field was found in the record before

	values []instep.Value // in the shared form, of the rules that give keys; absent where there is none

	ids   []string
	known []instep.Known
}

func (ps *pass) scratchOf(s instep.Side) *scratch {
	sc, n := &ps.scratch[s], len(ps.pair.rules)
	if sc.vec == nil {
		sc.vec, sc.at, sc.values = make(vector, n), make([]int, n), make([]instep.Value, n)
	}
	return sc
}

// raw is rule.raw. It looks first where the field was in the record before:
// those of one list mostly have the same fields.
func (sc *scratch) raw(r *rule, s instep.Side, rec *instep.Record) instep.Value {
	end := r.End(s)
	if len(end.Also) > 0 || end.Field == instep.IDField {
		return r.raw(s, rec)
	}
	if at := sc.at[r.index]; at < rec.Fields.Len() {
		if f := rec.Fields.At(at); f.Name == end.Field {
			return f.Value
		}
	}
	at, ok := sort.Find(rec.Fields.Len(), func(i int) int { return strings.Compare(end.Field, rec.Fields.At(i).Name) })
	if !ok {
		return r.raw(s, rec)
	}
	sc.at[r.index] = at
	return rec.Fields.At(at).Value
}

// add notes an observation; a later one of the same record replaces it.
func (ps *pass) add(s instep.Side, rec *instep.Record, v view, known instep.Known) {
	o := &ps.obs[s]
	ob := seenRecord{sum: v.sum, link: known.Link, held: nowhere}
	if ps.pair.side[s].getter == nil || o.values.hasRoom(ps.engine.opt.Hold) {
		ob.held = o.values.add(rec.Fields, v.vec)
	}
	if ps.open[known.Link] {
		ps.touched[s][known.Link] = true
	}
	added := o.add(rec.Ref.ID, ps.engine.hash.identity(s, rec), ob, v)
	if v.unfit != nil || rec.Version != "" || !v.due.IsZero() {
		*added.own() = rare{unfit: v.unfit, version: rec.Version, due: v.due}
	}
}

// readSide reads one side to the end.
func (ps *pass) readSide(ctx context.Context, s instep.Side) error {
	const tries = 3
	sweep := ps.sweepDue(s)
	for try := 1; ; try++ {
		err := ps.walk(ctx, s, sweep)
		if errors.Is(err, instep.Expired) && try < tries && ctx.Err() == nil {
			sweep = true // it does not tell any more what changed, or lost our place
			continue
		}
		if err != nil || !sweep {
			return err
		}
		st := &ps.streams[s]
		if st.complete || ps.pair.side[s].traits.Partial {
			return nil
		}
		if !ps.state.Streams[s].SweptAt.IsZero() {
			return nil // changes are taken over; the sweep is due again in the next run
		}
		if try == tries {
			return &instep.Error{
				Kind: instep.Unavailable, Op: "read " + ps.pair.side[s].traits.System,
				Err:    errors.New("the list kept changing while it was read, so that a record may have been missed"),
				Remedy: "run again when fewer people are editing",
			}
		}
	}
}

// stream is what a walk over one side led to.
type stream struct {
	next     instep.Cursor
	swept    bool         // the walk began at the beginning
	complete bool         // and saw everything
	read     int          // records, however often they were named
	distinct int          // how many they are
	changed  bool         // there was something new
	asOf     time.Time    // the oldest time for which a page is valid; zero: the vendor does not say
	seen     bitmap       // links whose record was named
	disputed []instep.Ref // records that were named both as there and as not there
}

// walk reads one side to the end, from the beginning or from where the last run
// came to.
func (ps *pass) walk(ctx context.Context, s instep.Side, sweep bool) (err error) {
	cursor := ps.state.Streams[s].Cursor
	if sweep {
		cursor = ""
	}
	ps.obs[s].values.spill.close()
	ps.obs[s] = observations{rules: len(ps.pair.rules)}
	if ps.obs[s].values.spill, err = ps.spillFor(s); err != nil {
		return err
	}
	st := &ps.streams[s]
	*st = stream{swept: sweep}
	for page, err := range ps.pages(ctx, s, cursor) {
		if err == nil {
			err = ps.takePage(ctx, s, &page)
		}
		if err != nil {
			return err
		}
		st.read += len(page.Records)
		if !page.AsOf.IsZero() && (st.asOf.IsZero() || page.AsOf.Before(st.asOf)) {
			st.asOf = page.AsOf
		}
		ps.engine.emit(PageRead{ps.pair.Name, s, sweep, st.read, !page.More})
		if !page.More {
			st.next, st.complete = page.Next, sweep && page.Sweep.Complete && page.Sweep.Total <= st.distinct
		}
	}
	return nil
}

func (ps *pass) sweepDue(s instep.Side) bool {
	st := ps.state.Streams[s]
	return ps.sel.Sweep || ps.state.Rewound || ps.maybeRenamed(s) || st.Cursor == "" || st.SweptAt.IsZero() || ps.pair.side[s].traits.Snapshot ||
		ps.mappingChanged() || ps.now.Sub(st.SweptAt) >= ps.pair.SweepEvery || st.SweptAt.After(ps.now.Add(time.Hour))
}

// maybeRenamed reports whether an id was found missing that a sweep must tell
// about.
func (ps *pass) maybeRenamed(s instep.Side) bool {
	for id, m := range ps.marks {
		if m.Message.Code == "maybe_renamed" && (id.Side == s || m.Message.Arg("both") != "") {
			return true
		}
	}
	return false
}

// takePage looks the records of a page up and keeps those that are new or
// differ.
func (ps *pass) takePage(ctx context.Context, s instep.Side, page *instep.Page) error {
	recs, scratch := page.Records, &ps.scratch[s]
	if ps.obs[s].full(len(recs)) || ps.pair.side[s].getter == nil && ps.obs[s].values.bytes.full(len(recs)) {
		return ps.tooMany(s)
	}
	ids, known := slices.Grow(scratch.ids[:0], len(recs)), slices.Grow(scratch.known[:0], len(recs))[:len(recs)]
	for i := range recs {
		ids = append(ids, recs[i].Ref.ID)
	}
	scratch.ids, scratch.known = ids, known
	if err := ps.engine.store.Lookup(ctx, ps.pair.Name, s, ids, known); err != nil {
		return err
	}
	if err := ps.resolve(ctx, s, recs); err != nil {
		return err
	}
	for i := range recs {
		ps.take(s, &recs[i], known[i], page.AsOf)
	}
	return nil
}

// tooMany says that a run cannot hold what is new.
func (ps *pass) tooMany(s instep.Side) error {
	return &instep.Error{
		Kind: instep.Unsupported, Op: "read " + ps.pair.side[s].traits.System,
		Err:    fmt.Errorf("more than %d records are new or have changed, which is more than one run can hold", ps.obs[s].len()),
		Remedy: "divide the register into several pairs, by a filter of the connector",
	}
}

func (ps *pass) take(s instep.Side, rec *instep.Record, known instep.Known, asOf time.Time) {
	if known.Link == 0 && ps.erased(s, rec) {
		ps.streams[s].distinct++
		return
	}
	is := ps.presence(s, rec.Status)
	if !ps.named(s, rec.Ref.ID, known.Link) {
		ps.streams[s].distinct++
	}
	if known.Link != 0 {
		ps.noteSeen(s, rec, known.Link, is)
	}
	if is != there {
		if known.Link != 0 || is == hidden && rec.Identity != "" && ps.state.LastLink > 0 {
			ps.addAway(s, rec, is, known) // it may be a known one under another id
		} else {
			ps.drop(s, rec.Ref.ID)
		}
		return
	}
	v := ps.prepareFields(s, rec)
	v.due = ps.behindFence(s, known.Link, &v, asOf, false)
	if known.Link == 0 || known.Sum != 0 && known.Sum != v.sum && !ps.open[known.Link] {
		ps.streams[s].changed = true
	}
	if known.Link != 0 && known.Sum == v.sum && v.sum != 0 && !ps.open[known.Link] {
		ps.drop(s, rec.Ref.ID)
		return
	}
	ps.prepareKeys(s, rec, &v)
	ps.add(s, rec, v, known)
}

// named reports whether a list has named a record before: one that moves on while
// it is read names some twice, and leaves as many out.
func (ps *pass) named(s instep.Side, id string, link instep.LinkID) bool {
	if link != 0 {
		return ps.streams[s].seen.has(link)
	}
	_, ok := ps.obs[s].at(id)
	return ok
}

// noteSeen notes that a list named the record of a link. Where it names it twice,
// as there and as not there, its order tells nothing: the record must be asked
// for, as its id may have been another's before.
func (ps *pass) noteSeen(s instep.Side, rec *instep.Record, link instep.LinkID, is presence) {
	st := &ps.streams[s]
	if st.seen.has(link) {
		before := there
		if i, ok := ps.obs[s].at(rec.Ref.ID); ok && !ps.obs[s].ob(i).dropped {
			before = ps.obs[s].ob(i).is
		}
		if (is == there) != (before == there) {
			st.disputed = append(st.disputed, rec.Ref)
		}
	}
	st.seen.set(link)
}

// lastKeys returns the match keys of the last observation of a record.
func (ps *pass) lastKeys(s instep.Side, id string) []key {
	i, _ := ps.obs[s].at(id)
	return ps.obs[s].keysOf(i)
}

// presence says what a status tells of a record's existence.
func (ps *pass) presence(s instep.Side, status instep.Status) presence {
	switch {
	case status == instep.Hidden:
		return hidden
	case status == instep.Missing && ps.pair.side[s].traits.CanRename:
		return unsure
	case ps.hides(s, status):
		return hidden
	case status == instep.Deleted, status == instep.Missing:
		return gone
	default:
		return there
	}
}

// hides reports whether a status may be that of a record that is only hidden
// from us.
func (ps *pass) hides(s instep.Side, status instep.Status) bool {
	return status == instep.Hidden || status == instep.Missing && ps.pair.side[s].traits.HidesMissing
}

// drop forgets an earlier view of the same record.
func (ps *pass) drop(s instep.Side, id string) {
	if old, ok := ps.obs[s].at(id); ok {
		ps.obs[s].ob(old).dropped = true
	}
}

// addAway notes that a known record is gone or hidden.
func (ps *pass) addAway(s instep.Side, rec *instep.Record, is presence, known instep.Known) observation {
	ps.add(s, rec, view{vec: make(vector, len(ps.pair.rules))}, known)
	o := &ps.obs[s]
	last := o.ob(o.len() - 1)
	last.is = is
	if rec.MergedInto != "" {
		last.own().into = rec.MergedInto
	}
	return last
}

// askDisputed asks for the records of which the lists have said two things.
func (ps *pass) askDisputed(ctx context.Context) error {
	for _, s := range sides {
		refs := ps.streams[s].disputed
		slices.SortFunc(refs, func(a, b instep.Ref) int { return cmp.Compare(a.ID, b.ID) })
		if err := ps.observeAgain(ctx, s, slices.Compact(refs)); err != nil {
			return err
		}
	}
	return nil
}

// readMarked reads again what an earlier run left open, unless this run has
// seen it already.
func (ps *pass) readMarked(ctx context.Context) error {
	links, err := ps.markedLinks(ctx)
	if err != nil {
		return err
	}
	for i := range links {
		ps.links[links[i].ID] = &links[i]
	}
	for _, s := range sides {
		var refs []instep.Ref
		for i := range links {
			id := links[i].Sides[s].ID
			if !ps.linkDue(links[i].ID) {
				continue
			}
			if _, seen := ps.obs[s].at(id); id != "" && !seen {
				refs = append(refs, ps.pair.side[s].ref(id))
			}
		}
		if err := ps.observeAgain(ctx, s, refs); err != nil {
			return err
		}
	}
	return nil
}

// readMeeting reads the counterparts of records of which not all is known yet:
// until two that have met were in step once, one alone decides nothing. What was
// seen of one that is older than what is known of it is not all either.
func (ps *pass) readMeeting(ctx context.Context) error {
	for _, s := range sides {
		var refs []instep.Ref
		for _, from := range sides {
			for i := range ps.obs[from].len() {
				ob := ps.obs[from].ob(i)
				if !ps.stillMeets(ob) {
					continue
				}
				id := ps.links[ob.link].Sides[s].ID
				if _, seen := ps.obs[s].at(id); from == s && ob.behind() || from != s && !seen {
					refs = append(refs, ps.pair.side[s].ref(id))
				}
			}
		}
		if err := ps.observeAgain(ctx, s, refs); err != nil {
			return err
		}
	}
	return nil
}

// stillMeets reports whether an observation is of one of two records that were
// not in step yet since they met.
func (ps *pass) stillMeets(ob observation) bool {
	return !ob.dropped && ob.link != 0 && !ob.half && ob.is == there && ps.links[ob.link].Meeting
}

func (ps *pass) markedLinks(ctx context.Context) ([]instep.Link, error) {
	var ids []instep.LinkID
	for id := range ps.marks {
		ids = append(ids, id.Link)
	}
	slices.Sort(ids)
	return ps.storedLinks(ctx, ps.pair.Name, slices.Compact(ids))
}

func (ps *pass) linkDue(id instep.LinkID) bool {
	for _, s := range sides {
		if m, ok := ps.marks[instep.MarkID{Link: id, Side: s}]; ok && ps.isDue(m) {
			return true
		}
	}
	return false
}

// isDue reports whether a mark is to be looked at in this pass: its time has
// come, or one of its records was seen to differ.
func (ps *pass) isDue(m instep.Mark) bool {
	return ps.sel.Sweep || ps.resumed[m.Link] || !m.Due.After(ps.now) || ps.touched[instep.Left][m.Link] || ps.touched[instep.Right][m.Link]
}

// observeAgain reads records by id. They count as observed even if equal to
// what is known: something about them is open.
func (ps *pass) observeAgain(ctx context.Context, s instep.Side, refs []instep.Ref) error {
	if ps.pair.side[s].getter == nil {
		return nil // it is seen in the next list
	}
	var recs []instep.Record
	for chunk := range slices.Chunk(refs, max(ps.pair.side[s].traits.MaxGet, 1)) {
		if err := ps.afford(s); err != nil {
			return err
		}
		some, err := ps.get(ctx, s, chunk)
		if err != nil {
			return err
		}
		recs = append(recs, some...)
	}
	ids := make([]string, len(refs))
	for i := range refs {
		ids[i] = refs[i].ID
	}
	known := make([]instep.Known, len(refs))
	if err := ps.engine.store.Lookup(ctx, ps.pair.Name, s, ids, known); err != nil {
		return err
	}
	for i := range recs {
		known[i].Link = ps.heir(known[i].Link)
		ps.addAsked(s, refs[i], &recs[i], known[i])
	}
	return nil
}

// addAsked notes what came of asking for a record by its id.
func (ps *pass) addAsked(s instep.Side, ref instep.Ref, rec *instep.Record, known instep.Known) {
	if is := ps.presence(s, rec.Status); is != there {
		rec.Ref = ref
		ps.addAway(s, rec, is, known).own().direct = true
		return
	}
	ps.addDirect(s, rec, ps.prepare(s, rec), known)
}

// addDirect notes a record that was read by its id.
func (ps *pass) addDirect(s instep.Side, rec *instep.Record, v view, known instep.Known) {
	v.due = ps.behindFence(s, known.Link, &v, time.Time{}, true)
	ps.add(s, rec, v, known)
	own := ps.obs[s].ob(ps.obs[s].len() - 1).own()
	own.direct, own.changed = true, rec.Modified
}

// get reads records by id, as many at a time as the vendor allows. A side
// that cannot be read by id gives Hidden records: nothing is known of them.
func (ps *pass) get(ctx context.Context, s instep.Side, refs []instep.Ref) ([]instep.Record, error) {
	p := &ps.pair.side[s]
	out := make([]instep.Record, 0, len(refs))
	if p.getter == nil {
		for _, ref := range refs {
			out = append(out, instep.Record{Ref: ref, Status: instep.Hidden})
		}
		return out, nil
	}
	for chunk := range slices.Chunk(refs, max(p.traits.MaxGet, 1)) {
		recs, err := call(ctx, ps, s, func(ctx context.Context) ([]instep.Record, error) {
			return p.getter.Get(ctx, chunk)
		})
		if err != nil {
			return nil, err
		}
		if len(recs) != len(chunk) {
			return nil, misaligned("Get", p.traits.System, len(recs), len(chunk))
		}
		out = append(out, recs...)
	}
	return out, ps.resolve(ctx, s, out)
}

func misaligned(call, system string, got, want int) error {
	return &instep.Error{
		Kind: instep.Malformed, Op: call + " " + system,
		Err: fmt.Errorf("the connector answered %d of %d", got, want), Remedy: "this is a fault of the connector; report it",
	}
}
