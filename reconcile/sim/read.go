package sim

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/instep-go/instep"
)

// register is the side of a system that the engine sees. What only some
// systems can do is in the types around it.
type register struct{ v *vendor }

type (
	getting struct{ register }
	finding struct{ getting }
)

// source gives the system as the engine is to see it.
func (v *vendor) source() instep.Source {
	switch {
	case v.finder:
		return finding{getting{register{v}}}
	case v.getter:
		return getting{register{v}}
	}
	return register{v}
}

// Traits tells what the kind of system says of itself.
func (g register) Traits() instep.Traits {
	v := g.v
	t := instep.Traits{
		System: v.name, Entity: "product", Snapshot: v.snapshot, Ordered: false, SeesDeletes: v.seesDeletes,
		CanRename: v.renames, HidesMissing: v.hidesMissing, CanDelete: true, CanBar: true,
		IfVersion: v.versions, Exact: !v.lossy(), ChosenID: v.chosen, IdempotencyKey: v.keyed,
		MaxBatch: v.batch, MaxGet: v.batch, ReadLag: v.lag, RequestLife: v.life, KeyLife: v.keyLife, Granularity: v.step,
	}
	if v.token {
		t.TokenField = "token"
	}
	return t
}

// Probe tells which installation it is.
func (g register) Probe(context.Context) (instep.Report, error) {
	if err := g.v.w.call("%s probe", g.v.name); err != nil {
		return instep.Report{}, err
	}
	installation := g.v.name + "-1"
	if g.v.odd.foreign {
		installation = g.v.name + "-2"
	}
	return instep.Report{System: g.v.name, Installation: installation}, nil
}

// Describe tells the fields.
func (g register) Describe(context.Context) ([]instep.FieldInfo, error) {
	v := g.v
	if err := v.w.call("%s describe", v.name); err != nil {
		return nil, err
	}
	infos := []instep.FieldInfo{
		{Name: v.fields[0], Type: instep.TypeString, Access: instep.ReadWrite, Required: true},
		{Name: v.fields[1], Type: instep.TypeString, Access: instep.ReadWrite},
		{Name: v.fields[2], Type: instep.TypeDecimal, Access: instep.ReadWrite},
		{Name: v.fields[3], Type: instep.TypeString, Access: instep.ReadWrite},
	}
	if v.w.groups != nil {
		info := instep.FieldInfo{Name: groupField, Type: instep.TypeString, Access: instep.ReadWrite}
		if v.w.groups.refs && v.side != v.w.groups.home {
			info.Type = instep.TypeRef
		}
		infos = append(infos, info)
	}
	if v.token {
		infos = append(infos, instep.FieldInfo{Name: "token", Type: instep.TypeString, Access: instep.ReadWrite})
	}
	return infos, nil
}

// walk is what a cursor says: where a list of everything or of the changes
// has come to. View is the moment whose state is listed.
type walk struct {
	all    bool
	view   time.Time
	since  int // changes up to this one are known
	offset int
}

func (k walk) cursor() instep.Cursor {
	return instep.Cursor(fmt.Sprintf("%t %d %d %d", k.all, k.view.UnixNano(), k.since, k.offset))
}

// begin reads a cursor and says where to list from.
func (v *vendor) begin(from instep.Cursor) walk {
	var k walk
	var nano int64
	if from != "" {
		if _, err := fmt.Sscanf(string(from), "%t %d %d %d", &k.all, &nano, &k.since, &k.offset); err != nil {
			panic("a cursor that is not ours: " + from)
		}
	}
	if k.offset > 0 {
		k.view = time.Unix(0, nano).UTC()
		return k
	}
	k.all, k.view = from == "" || v.snapshot, v.view()
	return k
}

// Read lists everything or what changed.
func (g register) Read(_ context.Context, from instep.Cursor) (instep.Page, error) {
	v := g.v
	if err := v.w.call("%s read %q", v.name, from); err != nil {
		return instep.Page{}, err
	}
	if err := v.trouble(); err != nil {
		return instep.Page{}, err
	}
	if err := v.expired(from); err != nil {
		return instep.Page{}, err
	}
	v.odd.calls++
	v.w.meanwhile(v)
	k := v.begin(from)
	page := v.list(k)
	v.oddPage(from, &page)
	v.w.noteView(v, k.view)
	v.w.log("  -> %s as of %s more %t %+v", v.describe(page.Records), k.view.Format(stamp), page.More, page.Sweep)
	return page, nil
}

// list is the page at which a walk has come.
func (v *vendor) list(k walk) instep.Page {
	rows, mark := v.listed(k)
	end := min(k.offset+v.page, len(rows))
	page := instep.Page{More: end < len(rows)}
	for _, r := range rows[min(k.offset, end):end] {
		page.Records = append(page.Records, v.see(r, r.at(k.view)))
	}
	if v.snapshot {
		page.AsOf = k.view.Add(v.skew)
	}
	next, whole := walk{all: k.all, view: k.view, since: k.since, offset: end}, false
	if !page.More {
		next = walk{view: k.view, since: mark}
		if k.all {
			page.Sweep = instep.Sweep{Complete: true, Total: len(rows)}
			whole = !v.cutSweep(&page)
		}
	}
	v.goBy(k.view, rows[end-len(page.Records):end], whole)
	page.Records = append(v.shift(k, rows), page.Records...)
	page.Next = next.cursor()
	return page
}

// goBy notes what a run sees of who is there. Once it has read a whole list, it
// walks over the side again only to find out where an id has gone, and takes
// nothing else from that: what was made meanwhile is as new to it as what is
// made right after, and the next run's.
func (v *vendor) goBy(view time.Time, rows []*row, whole bool) {
	if v.w.woken || v.whole.Equal(v.w.began) {
		return
	}
	v.goesBy = view
	for _, r := range rows {
		r.shown, r.cut = true, time.Time{}
	}
	if whole {
		v.whole = v.w.began
	}
}

// listed gives the rows a walk lists, and the last change it knows.
func (v *vendor) listed(k walk) (rows []*row, mark int) {
	for _, r := range v.rows {
		s := r.at(k.view)
		if s == nil || v.odd.empty {
			continue
		}
		mark = max(mark, s.seq)
		gone := s.status == instep.Deleted && (k.all || !v.seesDeletes) || s.status == instep.Hidden && v.hidesMissing
		if !gone && (k.all || s.seq > k.since) {
			rows = append(rows, r)
		}
	}
	v.inOrder(rows)
	return rows, max(mark, k.since)
}

// cutSweep has a list not hold everything, and say so in one of two ways. It
// reports whether it did.
func (v *vendor) cutSweep(p *instep.Page) bool {
	if v.w.calm || len(p.Records) == 0 || v.w.rnd.IntN(8) > 0 {
		return false
	}
	v.w.hit(CutSweep, "%s", v.name)
	v.w.faulty = true
	for _, r := range v.rows { // by the id that it had then
		if st := r.at(v.seen); st != nil && st.id == p.Records[0].Ref.ID {
			r.cut = v.seen
		}
	}
	p.Records = p.Records[1:]
	if v.w.rnd.IntN(2) == 0 || p.Sweep.Total == 1 {
		p.Sweep = instep.Sweep{Total: -1}
	}
	return true
}

// Get reads records by their ids, as they are now.
func (g getting) Get(_ context.Context, refs []instep.Ref) ([]instep.Record, error) {
	v := g.v
	if err := v.w.call("%s get %v", v.name, refs); err != nil {
		return nil, err
	}
	if err := v.trouble(); err != nil {
		return nil, err
	}
	v.w.store.beforeAsking(v.side, idsOf(refs))
	v.noteAsked(refs)
	out := make([]instep.Record, len(refs))
	for i, ref := range refs {
		out[i] = instep.Record{Ref: v.ref(ref.ID), Status: instep.Missing}
		r := v.find(ref.ID)
		if r == nil || v.odd.empty {
			continue
		}
		s := r.cur()
		if !(s.status == instep.Deleted && !v.seesDeletes) && !(s.status == instep.Hidden && v.hidesMissing) {
			out[i] = v.see(r, s)
		}
	}
	v.w.log("  -> %s", v.describe(out))
	return out, nil
}

// Find looks records up, as they are now.
func (g finding) Find(_ context.Context, field string, values []instep.Value) ([][]instep.Record, error) {
	v := g.v
	if err := v.w.call("%s find %s %v", v.name, field, values); err != nil {
		return nil, err
	}
	if err := v.trouble(); err != nil {
		return nil, err
	}
	v.w.store.beforeAsking(v.side, nil)
	v.odd.calls++
	out := make([][]instep.Record, len(values))
	for i, want := range values {
		for _, r := range v.rows {
			has := r.cur().fields.Get(field)
			if field == "token" {
				has = instep.String(r.token)
			}
			if r.live() && has == want && !v.odd.empty {
				out[i] = append(out[i], v.see(r, r.cur()))
			}
		}
		v.w.log("  -> %s", v.describe(out[i]))
	}
	return out, nil
}

// trouble may have a reading call fail.
func (v *vendor) trouble() error {
	if v.w.calm {
		return nil
	}
	if err := v.refuses(v.rights.reads); err != nil {
		return err
	}
	switch v.w.rnd.IntN(120) {
	case 0:
		v.w.hit(Throttled, "%s", v.name)
		return &instep.Error{Kind: instep.RateLimited, Op: v.name, RetryAfter: 20 * time.Second}
	case 1:
		v.w.hit(Unreachable, "%s", v.name)
		return &instep.Error{Kind: instep.Unavailable, Op: v.name}
	}
	return nil
}

// describe puts records into one line of the trace.
func (v *vendor) describe(recs []instep.Record) string {
	var b strings.Builder
	if v.w.mute {
		return ""
	}
	for i := range recs {
		fmt.Fprintf(&b, " %s %s%s %s%s", recs[i].Ref.ID, recs[i].Status, recs[i].Version, recs[i].Fields, recs[i].MergedInto)
	}
	return b.String()
}
