package connectortest

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/instep-go/instep"
)

// desk is the connector of a shelf. It is right but for what w says.
type desk struct {
	s   *shelf
	w   *wrong
	log strings.Builder

	pos any // what a wrong desk remembers
	n   int // likewise
}

func (d *desk) Traits() instep.Traits {
	t := d.s.traits
	if d.w.say != nil {
		d.w.say(d, &t)
	}
	return t
}

// request is one request to the shelf.
func (d *desk) request(ctx context.Context, do func()) error {
	d.s.mu.Lock()
	defer d.s.mu.Unlock()
	switch {
	case ctx.Err() != nil:
		return &instep.Error{Kind: instep.Canceled, Op: "shelf", Err: context.Cause(ctx)}
	case d.s.throttled:
		d.s.throttled = false
		return &instep.Error{Kind: instep.RateLimited, Op: "shelf", RetryAfter: shelfWait}
	}
	do()
	return nil
}

// shelfCursor is how far a walk has come.
type shelfCursor struct {
	Since, Mark int
	After       string
	All, Short  bool
}

func (c shelfCursor) encode() instep.Cursor {
	text, _ := json.Marshal(c)
	return instep.Cursor(text)
}

const shelfPage = 3

func (d *desk) Read(ctx context.Context, from instep.Cursor) (instep.Page, error) {
	if d.w.read != nil {
		return d.w.read(d, ctx, from)
	}
	return d.read(ctx, from)
}

func (d *desk) read(ctx context.Context, from instep.Cursor) (p instep.Page, err error) {
	err = d.request(ctx, func() {
		c := shelfCursor{All: true, Mark: d.s.seq}
		if from != "" {
			if err := json.Unmarshal([]byte(from), &c); err != nil {
				panic(err)
			}
			if c.Mark == 0 {
				c.Mark, c.All = d.s.seq, d.s.traits.Snapshot
			}
		}
		p = d.page(&c)
	})
	if err == nil && d.w.page != nil {
		d.w.page(d, from, &p)
	}
	return p, err
}

// page lists from a cursor on.
func (d *desk) page(c *shelfCursor) instep.Page {
	var rows []*item
	total := 0
	for _, it := range d.s.items {
		gone := it.status == instep.Deleted && (c.All || !d.s.traits.SeesDeletes)
		if gone || !c.All && it.seq <= c.Since {
			continue
		}
		total++
		if it.id > c.After {
			rows = append(rows, it)
		}
	}
	slices.SortFunc(rows, func(a, b *item) int { return cmp.Compare(a.id, b.id) })
	n := min(shelfPage, len(rows))
	p := instep.Page{More: n < len(rows)}
	for i, it := range rows[:n] {
		c.After = it.id
		if d.s.cut && i == n-1 {
			d.s.cut, c.Short = false, true
			continue
		}
		p.Records = append(p.Records, d.s.record(it))
	}
	if p.More {
		p.Next = c.encode()
		return p
	}
	if c.All {
		p.Sweep = instep.Sweep{Complete: !c.Short, Total: total}
	}
	p.Next = shelfCursor{Since: c.Mark}.encode()
	return p
}

func (d *desk) Get(ctx context.Context, refs []instep.Ref) ([]instep.Record, error) {
	if d.w.get != nil {
		return d.w.get(d, ctx, refs)
	}
	return d.get(ctx, refs)
}

func (d *desk) get(ctx context.Context, refs []instep.Ref) (out []instep.Record, err error) {
	err = d.request(ctx, func() {
		for _, ref := range refs {
			rec := instep.Record{Ref: ref, Status: instep.Missing}
			if it := d.s.find(ref.ID); it != nil {
				rec = d.s.record(it)
			}
			out = append(out, rec)
		}
	})
	return out, err
}

func (d *desk) Find(ctx context.Context, field string, values []instep.Value) ([][]instep.Record, error) {
	if d.w.find != nil {
		return d.w.find(d, ctx, field, values)
	}
	return d.find(ctx, field, values, func(have, want string) bool { return have == want })
}

func (d *desk) find(ctx context.Context, field string, values []instep.Value, alike func(have, want string) bool) ([][]instep.Record, error) {
	if field != "code" && (field != "token" || d.s.traits.TokenField == "") {
		return nil, refusal(instep.Unsupported, field, "cannot be found by")
	}
	out := make([][]instep.Record, len(values))
	err := d.request(ctx, func() {
		for i, v := range values {
			want, _ := v.AsString()
			for _, it := range d.s.items {
				if have, ok := it.fields.Get(field).AsString(); ok && it.status != instep.Deleted && alike(have, want) {
					out[i] = append(out[i], d.s.record(it))
				}
			}
		}
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func (d *desk) List(_ context.Context, list string) ([]instep.Item, error) {
	if d.w.list != nil {
		return d.w.list(list)
	}
	if list != "groups" {
		return nil, refusal(instep.Unsupported, "", "the only list is groups")
	}
	return slices.Clone(shelfGroups), nil
}

func (d *desk) Probe(ctx context.Context) (instep.Report, error) {
	if d.w.probe != nil {
		return d.w.probe(d, ctx)
	}
	return instep.Report{System: "shelf", Installation: "shelf-1", Checks: []instep.Check{{Name: "door open", Remedy: "open it"}}}, ctx.Err()
}

func (d *desk) Describe(context.Context) ([]instep.FieldInfo, error) {
	if d.w.describe != nil {
		return d.w.describe(d, d.s.infos()), nil
	}
	return d.s.infos(), nil
}

func (d *desk) Write(ctx context.Context, ops []instep.Op) ([]instep.Result, error) {
	if d.w.write != nil {
		return d.w.write(d, ctx, ops)
	}
	return d.write(ctx, ops)
}

func (d *desk) write(ctx context.Context, ops []instep.Op) ([]instep.Result, error) {
	out := make([]instep.Result, len(ops))
	for i := range ops {
		op := ops[i]
		if d.w.op != nil {
			d.w.op(d, &op)
		}
		done := false
		if d.w.instead != nil {
			out[i], done = d.w.instead(d, ctx, &op)
		}
		if !done {
			out[i] = d.one(ctx, &op)
		}
		if d.w.result != nil {
			d.w.result(d, &ops[i], &out[i])
		}
	}
	return out, nil
}

// one sends one operation.
func (d *desk) one(ctx context.Context, op *instep.Op) instep.Result {
	r := instep.Result{Ref: op.Ref}
	var during func()
	err := d.request(ctx, func() {
		lose := d.s.lose
		during, d.s.during, d.s.lose = d.s.during, nil, nil
		if lose == nil || *lose {
			d.carryOut(op, &r)
		}
		if lose != nil {
			r = instep.Result{Ref: op.Ref, Err: refusal(instep.Lost, "", "no reply")}
		}
	})
	if during != nil {
		during()
	}
	if err != nil {
		r.Err = err
	}
	return r
}

// carryOut has the shelf do an operation.
func (d *desk) carryOut(op *instep.Op, r *instep.Result) {
	var it *item
	if op.Action == instep.Create {
		it, r.Err = d.s.make(op)
	} else {
		it, r.Err = d.s.change(op)
	}
	if r.Err != nil {
		return
	}
	it.desk = true
	rec := d.s.record(it)
	r.Ref, r.Version = rec.Ref, rec.Version
	if d.s.shows && op.Action != instep.Delete {
		r.After = &rec
	}
}

var (
	_ instep.Source    = (*desk)(nil)
	_ instep.Sink      = (*desk)(nil)
	_ instep.Getter    = (*desk)(nil)
	_ instep.Finder    = (*desk)(nil)
	_ instep.Lister    = (*desk)(nil)
	_ instep.Prober    = (*desk)(nil)
	_ instep.Describer = (*desk)(nil)
	_ instep.Traiter   = (*desk)(nil)
)
