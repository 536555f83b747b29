package reconcile

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/instep-go/instep"
)

// observation is a record that is new, or differs from what was last known
// of it. Its hashes and keys lie in the arenas of its observations.
type observation struct {
	id       string
	identity uint64
	sum      uint64
	link     instep.LinkID // 0: not known yet
	keyStart uint32
	keyCount uint8
	dropped  bool // a later view of the record replaced it
	half     bool // link has no other side
	gone     bool // not a live record any more
	reused   bool // its id is linked, but belonged to another record then
	held     int32
	unfit    *instep.Message // it cannot even be read into the shared form
	version  string
}

// observations are those of one side in one pass.
type observations struct {
	list    []observation
	vecs    []uint32 // len(rules) for each
	keys    []key
	records []instep.Record // the first Hold of them
	byID    map[string]int32
	rules   int
}

// key is a match key of an observation.
type key struct {
	hash    uint64
	rank    uint8
	strong  bool
	propose bool
}

func (o *observations) vec(i int32) vector {
	return vector(o.vecs[int(i)*o.rules : (int(i)+1)*o.rules])
}

func (o *observations) keysOf(i int32) []key {
	ob := &o.list[i]
	return o.keys[ob.keyStart : ob.keyStart+uint32(ob.keyCount)]
}

func (o *observations) record(i int32) *instep.Record {
	if h := o.list[i].held; h >= 0 {
		return &o.records[h]
	}
	return nil
}

// view is a record in the shared form, as hashes. Its slices are good until
// the next record of the same side is prepared; clone keeps them.
type view struct {
	vec   vector
	sum   uint64
	keys  []key
	unfit *instep.Message
}

func (v view) clone() view {
	v.vec, v.keys = slices.Clone(v.vec), slices.Clone(v.keys)
	return v
}

// prepare hashes a record.
func (ps *pass) prepare(s instep.Side, rec *instep.Record) view {
	p, scratch := ps.pair, &ps.scratch[s]
	if scratch.vec == nil {
		scratch.vec = make(vector, len(p.rules))
	}
	clear(scratch.vec)
	v := view{vec: scratch.vec, keys: scratch.keys[:0]}
	for i := range p.rules {
		r := &p.rules[i]
		raw := rec.Fields.Get(r.End(s).Field)
		if raw.IsAbsent() {
			continue
		}
		shared, err := r.read(s, raw)
		if err != nil {
			v.unfit = unreadable(r, err)
			shared = raw // hashed as it is, so that a correction is noticed
		}
		var h uint64
		h, scratch.buf = ps.engine.hash.field(scratch.buf, r.Name, shared)
		v.vec[i] = fold(h)
		v.sum += h
	}
	scratch.match = p.matcher.Keys(s, rec.Fields, scratch.match[:0])
	for _, k := range scratch.match {
		v.keys = append(v.keys, key{ps.engine.hash.key(k), k.Rank, k.Strong, k.Propose})
	}
	scratch.keys = v.keys
	return v
}

func unreadable(r *rule, err error) *instep.Message {
	if errors.Is(err, errUnlisted) {
		return message("field_not_mapped", arg("rule", r.Name))
	}
	return message("field_not_usable", arg("rule", r.Name), arg("why", err.Error()))
}

// scratch is what prepare reuses from record to record.
type scratch struct {
	vec   vector
	keys  []key
	match []instep.MatchKey
	buf   []byte
}

// add notes an observation; a later one of the same record replaces it.
func (ps *pass) add(s instep.Side, rec *instep.Record, v view, known instep.Known) {
	o := &ps.obs[s]
	if old, ok := o.byID[rec.Ref.ID]; ok {
		o.list[old].dropped = true
	}
	ob := observation{
		id: rec.Ref.ID, identity: ps.engine.hash.identity(s, rec.Identity), sum: v.sum, link: known.Link,
		keyStart: uint32(len(o.keys)), keyCount: uint8(len(v.keys)), held: -1, unfit: v.unfit, version: rec.Version,
	}
	if len(o.records) < ps.engine.opt.Hold {
		ob.held = int32(len(o.records))
		o.records = append(o.records, *rec)
	}
	o.byID[rec.Ref.ID] = int32(len(o.list))
	o.list = append(o.list, ob)
	o.vecs = append(o.vecs, v.vec...)
	o.keys = append(o.keys, v.keys...)
}

// readSide reads one side to the end.
func (ps *pass) readSide(ctx context.Context, s instep.Side) error {
	const tries = 3
	for try := 1; ; try++ {
		sweep, err := ps.walk(ctx, s)
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
	swept    bool // the walk began at the beginning
	complete bool // and saw everything
	read     int
	seen     bitmap // links whose record was seen in a sweep
}

func (ps *pass) walk(ctx context.Context, s instep.Side) (sweep bool, err error) {
	p := &ps.pair.side[s]
	cursor := ps.state.Streams[s].Cursor
	sweep = ps.sweepDue(s)
	if sweep {
		cursor = ""
	}
	ps.obs[s] = observations{rules: len(ps.pair.rules), byID: map[string]int32{}}
	st := &ps.streams[s]
	*st = stream{swept: sweep}
	for {
		page, err := p.source.Read(ctx, cursor)
		if err != nil {
			return sweep, err
		}
		if err := ps.takePage(ctx, s, page.Records); err != nil {
			return sweep, err
		}
		st.read += len(page.Records)
		ps.engine.emit(PageRead{ps.pair.Name, s, sweep, st.read, !page.More})
		if !page.More {
			st.next, st.complete = page.Next, sweep && page.Sweep.Complete
			return sweep, nil
		}
		if page.Next == cursor {
			return sweep, &instep.Error{
				Kind: instep.Malformed, Op: "read " + p.traits.System,
				Err:    fmt.Errorf("the list goes on after %d records, but its cursor does not move", st.read),
				Remedy: "this is a fault of the connector; report it",
			}
		}
		cursor = page.Next
	}
}

func (ps *pass) sweepDue(s instep.Side) bool {
	st := ps.state.Streams[s]
	return ps.sel.Sweep || st.Cursor == "" || st.SweptAt.IsZero() || ps.pair.side[s].traits.Snapshot ||
		ps.mappingChanged() || ps.now.Sub(st.SweptAt) >= ps.pair.SweepEvery || st.SweptAt.After(ps.now.Add(time.Hour))
}

// takePage looks the records of a page up and keeps those that are new or
// differ.
func (ps *pass) takePage(ctx context.Context, s instep.Side, recs []instep.Record) error {
	ids := make([]string, len(recs))
	for i := range recs {
		ids[i] = recs[i].Ref.ID
	}
	known := make([]instep.Known, len(recs))
	if err := ps.engine.store.Lookup(ctx, ps.pair.Name, s, ids, known); err != nil {
		return err
	}
	for i := range recs {
		ps.take(s, &recs[i], known[i])
	}
	return nil
}

func (ps *pass) take(s instep.Side, rec *instep.Record, known instep.Known) {
	if known.Link != 0 {
		ps.streams[s].seen.set(known.Link)
	}
	switch rec.Status {
	case instep.Deleted, instep.Missing:
		if known.Link != 0 {
			ps.gone(s, rec, known)
		} else if old, ok := ps.obs[s].byID[rec.Ref.ID]; ok {
			ps.obs[s].list[old].dropped = true
		}
		return
	case instep.Hidden:
		return // frozen: nothing is read from it and nothing written to it
	}
	v := ps.prepare(s, rec)
	if known.Link != 0 && known.Sum == v.sum {
		if old, ok := ps.obs[s].byID[rec.Ref.ID]; ok {
			ps.obs[s].list[old].dropped = true
		}
		return
	}
	ps.add(s, rec, v, known)
}

// gone notes that a known record is no longer there.
func (ps *pass) gone(s instep.Side, rec *instep.Record, known instep.Known) {
	ps.add(s, rec, view{vec: make(vector, len(ps.pair.rules))}, known)
	o := &ps.obs[s]
	o.list[len(o.list)-1].gone = true
}

// readMarked reads again what an earlier run left open, unless this run has
// seen it already.
func (ps *pass) readMarked(ctx context.Context) error {
	links, err := ps.markedLinks(ctx)
	if err != nil {
		return err
	}
	for _, s := range sides {
		var refs []instep.Ref
		for i := range links {
			id := links[i].Sides[s].ID
			if _, seen := ps.obs[s].byID[id]; id != "" && !seen {
				refs = append(refs, ps.pair.side[s].ref(id))
			}
		}
		if err := ps.observeAgain(ctx, s, refs); err != nil {
			return err
		}
	}
	return nil
}

func (ps *pass) markedLinks(ctx context.Context) ([]instep.Link, error) {
	var ids []instep.LinkID
	for id := range ps.marks {
		ids = append(ids, id.Link)
	}
	slices.Sort(ids)
	return ps.engine.store.Links(ctx, ps.pair.Name, slices.Compact(ids))
}

// observeAgain reads records by id. They count as observed even if equal to
// what is known: something about them is open.
func (ps *pass) observeAgain(ctx context.Context, s instep.Side, refs []instep.Ref) error {
	recs, err := ps.get(ctx, s, refs)
	if err != nil {
		return err
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
		switch recs[i].Status {
		case instep.Deleted, instep.Missing:
			recs[i].Ref = refs[i]
			ps.gone(s, &recs[i], known[i])
		case instep.Hidden:
		default:
			ps.add(s, &recs[i], ps.prepare(s, &recs[i]), known[i])
		}
	}
	return nil
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
		recs, err := p.getter.Get(ctx, chunk)
		if err != nil {
			return nil, err
		}
		if len(recs) != len(chunk) {
			return nil, misaligned("Get", p.traits.System, len(recs), len(chunk))
		}
		out = append(out, recs...)
	}
	return out, nil
}

func misaligned(call, system string, got, want int) error {
	return &instep.Error{
		Kind: instep.Malformed, Op: call + " " + system,
		Err: fmt.Errorf("the connector answered %d of %d", got, want), Remedy: "this is a fault of the connector; report it",
	}
}
