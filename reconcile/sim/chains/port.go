package chains

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/instep-go/instep"
)

// port is a system as one pair's engine sees it.
type port struct {
	*system
	e     *edge
	side  instep.Side
	again bool                 // the create under way was sent before
	sent  time.Time            // when the writes under way were sent
	seen  time.Time            // what its lists show is never older than what they showed
	looks map[string]time.Time // when the run looked for a key
}

// Traits tells what the system says of itself.
func (p *port) Traits() instep.Traits {
	t := instep.Traits{
		System: p.name, Entity: "product", Snapshot: p.snapshot(), SeesDeletes: p.seesDeletes, HidesMissing: p.hidesMissing,
		CanDelete: true, CanBar: true, IfVersion: p.versions, Exact: !p.lossy(), ChosenID: p.chosen, IdempotencyKey: p.keyed,
		MaxBatch: p.batch, MaxGet: p.batch, ReadLag: p.lag, RequestLife: p.life, KeyLife: 24 * time.Hour,
	}
	if p.token {
		t.TokenField = "token"
	}
	return t
}

// Probe tells which installation it is.
func (p *port) Probe(context.Context) (instep.Report, error) {
	if err := p.e.by.call("%s probe", p.name); err != nil {
		return instep.Report{}, err
	}
	return instep.Report{System: p.name, Installation: p.name + "-1"}, nil
}

// Describe tells the fields.
func (p *port) Describe(context.Context) ([]instep.FieldInfo, error) {
	if err := p.e.by.call("%s describe", p.name); err != nil {
		return nil, err
	}
	var infos []instep.FieldInfo
	for i, name := range p.fields {
		info := instep.FieldInfo{Name: name, Type: instep.TypeString, Access: instep.ReadWrite, Required: i == 0}
		if i == priceRule {
			info.Type = instep.TypeDecimal
		}
		infos = append(infos, info)
	}
	if p.token {
		infos = append(infos, instep.FieldInfo{Name: "token", Type: instep.TypeString, Access: instep.ReadWrite})
	}
	return infos, nil
}

// serve begins a request that may fail, and returns what ends it.
func (p *port) serve(format string, args ...any) (end func(), err error) {
	if err := p.e.by.call(format, args...); err != nil {
		return nil, err
	}
	if p.style == Serial && p.busy {
		p.e.by.hit(Occupied, "%s", p.name)
		return nil, &instep.Error{Kind: instep.RateLimited, Op: p.name, RetryAfter: time.Second}
	}
	was := p.busy
	p.busy = true
	return func() { p.busy = was }, p.trouble()
}

// trouble may have a reading request fail.
func (p *port) trouble() error {
	if p.w.calm {
		return nil
	}
	switch p.w.rnd.IntN(150) {
	case 0:
		p.e.by.hit(Throttled, "%s", p.name)
		return &instep.Error{Kind: instep.RateLimited, Op: p.name, RetryAfter: 20 * time.Second}
	case 1:
		p.e.by.hit(Unreachable, "%s", p.name)
		return &instep.Error{Kind: instep.Unavailable, Op: p.name}
	}
	return nil
}

// walk is what a cursor says: where a list of everything, or of the changes,
// has come to.
type walk struct {
	all    bool
	view   time.Time // the moment whose state is listed
	since  int       // changes up to this one are known
	offset int
}

func (k walk) cursor() instep.Cursor {
	return instep.Cursor(fmt.Sprintf("%t %d %d %d", k.all, k.view.UnixNano(), k.since, k.offset))
}

// begin reads a cursor and says where to list from.
func (p *port) begin(from instep.Cursor) (k walk, err error) {
	var nano int64
	if from != "" {
		if _, err := fmt.Sscanf(string(from), "%t %d %d %d", &k.all, &nano, &k.since, &k.offset); err != nil {
			return k, &instep.Error{Kind: instep.Invalid, Op: p.name, Err: err}
		}
	}
	if k.offset > 0 {
		k.view = time.Unix(0, nano).UTC()
		return k, nil
	}
	k.all, k.view = from == "" || p.snapshot(), p.view()
	return k, nil
}

// view is the moment whose state a list shows that is begun now.
func (p *port) view() time.Time {
	t := p.w.clk.now
	switch {
	case p.style == File:
		t = t.Add(-p.delay).Truncate(p.every)
	case p.lag > 0 && p.w.calm:
		t = t.Add(-p.lag)
	case p.lag > 0:
		t = t.Add(-time.Duration(p.w.rnd.Int64N(int64(p.lag))))
	}
	if t.Before(p.seen) {
		return p.seen
	}
	p.seen = t
	return t
}

// Read lists everything, or what changed.
func (p *port) Read(_ context.Context, from instep.Cursor) (instep.Page, error) {
	end, err := p.serve("%s read %q", p.name, from)
	if end != nil {
		defer end()
	}
	if err != nil {
		return instep.Page{}, err
	}
	k, err := p.begin(from)
	if err != nil {
		return instep.Page{}, err
	}
	page := p.page(k)
	if k.view.Before(p.written) {
		p.e.by.hit(StaleView, "%s", p.name)
	}
	p.w.log("  -> %s as of %s more %t", records(page.Records), k.view.Format(stamp), page.More)
	p.w.meanwhile(p.e.by)
	return page, nil
}

// page is one page of a walk.
func (p *port) page(k walk) instep.Page {
	shown, mark := p.listed(k)
	end := min(k.offset+p.kind.page, len(shown))
	page := instep.Page{More: end < len(shown)}
	for _, x := range shown[min(k.offset, end):end] {
		page.Records = append(page.Records, p.list(k, x))
	}
	if p.snapshot() {
		page.AsOf = k.view.Add(p.skew)
	}
	next := walk{all: k.all, view: k.view, since: k.since, offset: end}
	if !page.More {
		next = walk{view: k.view, since: mark}
		if k.all {
			page.Sweep = instep.Sweep{Complete: true, Total: len(shown)}
		}
	}
	page.Next = next.cursor()
	return page
}

// showing is a row in a state that a list shows.
type showing struct {
	r *row
	s *state
}

// listed gives what a walk lists, and the last change it knows. A log of events
// shows a row in every state it has had since; other lists show the last one.
func (p *port) listed(k walk) (shown []showing, mark int) {
	mark = k.since
	for _, r := range p.rows {
		for i := range r.hist {
			s := &r.hist[i]
			if s.at.After(k.view) {
				break
			}
			mark = max(mark, s.seq)
			last := i == len(r.hist)-1 || r.hist[i+1].at.After(k.view)
			if (last || p.style == EventLog && !k.all) && (k.all || s.seq > k.since) && !p.unseen(s, k.all) {
				shown = append(shown, showing{r, s})
			}
		}
	}
	p.tell(shown)
	return shown, mark
}

// unseen reports whether a list leaves out what is in a state.
func (p *port) unseen(s *state, all bool) bool {
	return s.status == instep.Deleted && (all || !p.seesDeletes) || s.status == instep.Hidden && p.hidesMissing
}

// Get reads records by their ids, as they are now.
func (p *port) Get(_ context.Context, refs []instep.Ref) ([]instep.Record, error) {
	end, err := p.serve("%s get %v", p.name, refs)
	if end != nil {
		defer end()
	}
	if err != nil {
		return nil, err
	}
	out := make([]instep.Record, len(refs))
	for i, ref := range refs {
		out[i] = instep.Record{Ref: p.ref(ref.ID), Status: instep.Missing}
		p.settle(ref.ID, p.e)
		r := p.find(ref.ID)
		if r != nil && (r.cur().status != instep.Deleted || p.seesDeletes) && (r.cur().status != instep.Hidden || !p.hidesMissing) {
			out[i] = p.show(r, r.cur())
			p.readBack(r)
		}
	}
	p.w.log("  -> %s", records(out))
	return out, nil
}

// Find looks records up, as they are now.
func (p *port) Find(_ context.Context, field string, values []instep.Value) ([][]instep.Record, error) {
	end, err := p.serve("%s find %s %v", p.name, field, values)
	if end != nil {
		defer end()
	}
	if err != nil {
		return nil, err
	}
	out := make([][]instep.Record, len(values))
	for i, want := range values {
		for _, r := range p.rows {
			has := r.cur().fields.Get(field)
			if field == "token" {
				has = instep.String(r.token)
			}
			if r.live() && has == want {
				out[i] = append(out[i], p.show(r, r.cur()))
			}
		}
		if field == p.fields[keyRule] {
			p.looks[want.String()] = p.w.clk.now
		}
		p.w.log("  -> %s", records(out[i]))
	}
	return out, nil
}

// records shows records in one line of the trace.
type records []instep.Record

func (rs records) String() string {
	var b strings.Builder
	for i := range rs {
		fmt.Fprintf(&b, " %s %s %s%s", rs[i].Ref.ID, rs[i].Status, rs[i].Version, rs[i].Fields)
	}
	return b.String()
}
