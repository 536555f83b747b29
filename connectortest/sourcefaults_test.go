package connectortest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/instep-go/instep"
)

// cursorOf reads a cursor; the empty one is of a walk over everything.
func cursorOf(from instep.Cursor) shelfCursor {
	c := shelfCursor{All: true}
	if from != "" {
		if err := json.Unmarshal([]byte(from), &c); err != nil {
			panic(err)
		}
	}
	return c
}

// drop takes those records out of a page.
func drop(p *instep.Page, out func(rec *instep.Record) bool) {
	p.Records = slices.DeleteFunc(p.Records, func(rec instep.Record) bool { return out(&rec) })
}

// item returns the thing with an id, there or not.
func (d *desk) item(id string) *item {
	i := slices.IndexFunc(d.s.items, func(it *item) bool { return it.id == id })
	return d.s.items[i]
}

func without(rec *instep.Record, name string) { rec.Fields = rec.Fields.With(name, instep.Value{}) }

// bent is a shelf with records that something is wrong with.
func bent(bend func(it *item, rec *instep.Record)) *wrong {
	return &wrong{with: func(s *shelf) { s.bend = bend }}
}

// renaming is bent, of a shelf whose ids can change.
func renaming(bend func(it *item, rec *instep.Record)) *wrong {
	return &wrong{with: func(s *shelf) { s.traits.CanRename, s.traits.Ordered, s.bend = true, false, bend }}
}

// walkFaults are desks that read wrongly, by the one rule that each breaks.
var walkFaults = map[string]*wrong{
	"everything is walked": {page: func(_ *desk, _ instep.Cursor, p *instep.Page) {
		seen := map[instep.Value]bool{}
		drop(p, func(rec *instep.Record) bool {
			note := rec.Fields.Get("note")
			twice := seen[note] && !note.IsBlank()
			seen[note] = true
			return twice
		})
	}},
	"an empty system": {page: func(_ *desk, from instep.Cursor, p *instep.Page) {
		if from == "" && len(p.Records) == 0 {
			p.Next = ""
		}
	}},
	"a walk ends": {page: func(d *desk, from instep.Cursor, p *instep.Page) {
		if c := cursorOf(from); from != "" && c.All && !p.More && c.Mark < d.s.seq && d.n < 40 {
			d.n++
			*p = instep.Page{More: true, Next: from + " "}
		}
	}},
	"every cursor resumes": {read: func(d *desk, ctx context.Context, from instep.Cursor) (instep.Page, error) {
		if pos, ok := d.pos.(instep.Cursor); ok && from != "" {
			from = pos
		}
		p, err := d.read(ctx, from)
		if err == nil {
			d.pos = p.Next
		}
		return p, err
	}},
	"cursors outlive the process": {read: func(d *desk, ctx context.Context, from instep.Cursor) (instep.Page, error) {
		if d.pos == nil && cursorOf(from).After != "" {
			return instep.Page{Next: from}, nil
		}
		d.pos = true
		return d.read(ctx, from)
	}},
	"a walk begun anew": {read: func(d *desk, ctx context.Context, from instep.Cursor) (instep.Page, error) {
		if pos, ok := d.pos.(instep.Cursor); ok && from == "" {
			from = pos
		}
		p, err := d.read(ctx, from)
		if d.pos = nil; err == nil && p.More {
			d.pos = p.Next
		}
		return p, err
	}},
	"Next of the last page": {read: func(d *desk, ctx context.Context, from instep.Cursor) (instep.Page, error) {
		if d.pos == nil && from != "" && cursorOf(from).After == "" {
			return instep.Page{}, refusal(instep.Config, "cursor", "is not mine")
		}
		d.pos = true
		return d.read(ctx, from)
	}},
	"a failed read can be repeated": {read: func(d *desk, ctx context.Context, from instep.Cursor) (instep.Page, error) {
		p, err := d.read(ctx, from)
		if err == nil && d.pos == from {
			p.Records = nil
		}
		if d.pos = nil; instep.KindOf(err) == instep.RateLimited {
			d.pos = from
		}
		return p, err
	}},
	"a throttled read": {read: func(d *desk, ctx context.Context, from instep.Cursor) (instep.Page, error) {
		p, err := d.read(ctx, from)
		if instep.KindOf(err) == instep.RateLimited {
			err = instep.RateLimited
		}
		return p, err
	}},
	"a canceled read": {read: func(d *desk, ctx context.Context, from instep.Cursor) (instep.Page, error) {
		return d.read(context.WithoutCancel(ctx), from)
	}},
	"no goroutine is left by reads": {page: func(*desk, instep.Cursor, *instep.Page) { go time.Sleep(5 * time.Second) }},

	"what was made is read": {page: func(d *desk, from instep.Cursor, p *instep.Page) {
		drop(p, func(rec *instep.Record) bool {
			it := d.item(rec.Ref.ID)
			return !cursorOf(from).All && it.seq == it.born
		})
	}},
	"what was edited is read": {page: func(d *desk, from instep.Cursor, p *instep.Page) {
		if n := len(d.s.items); !cursorOf(from).All && len(p.Records) == 1 {
			drop(p, func(rec *instep.Record) bool { return rec.Ref.ID != d.s.items[0].id && rec.Ref.ID != d.s.items[n-1].id })
		}
	}},
	"changes go on": {page: func(_ *desk, from instep.Cursor, p *instep.Page) {
		if c := cursorOf(from); !c.All && c.After == "" && !p.More && len(p.Records) > 0 {
			p.Next = shelfCursor{Since: cursorOf(p.Next).Since + 1}.encode()
		}
	}},
	"an emptied field is null": bent(func(_ *item, rec *instep.Record) {
		for name, v := range rec.Fields.All() {
			if v == instep.Null() {
				without(rec, name)
			}
		}
	}),
	"edited during a walk": {page: func(d *desk, from instep.Cursor, p *instep.Page) {
		if cursorOf(from).All && !p.More {
			p.Next = shelfCursor{Since: d.s.seq}.encode()
		}
	}},
	"made during a walk": {page: func(d *desk, from instep.Cursor, p *instep.Page) {
		c := cursorOf(from)
		late, _ := d.pos.(map[string]bool)
		drop(p, func(rec *instep.Record) bool {
			if from != "" && c.All && d.item(rec.Ref.ID).born > c.Mark {
				late = map[string]bool{rec.Ref.ID: true}
				d.pos = late
			}
			return late[rec.Ref.ID]
		})
	}},
	"edited during a walk over changes": {page: func(d *desk, from instep.Cursor, p *instep.Page) {
		if !cursorOf(from).All && !p.More {
			p.Next = shelfCursor{Since: d.s.seq}.encode()
		}
	}},
	"deletions are told": {page: func(_ *desk, _ instep.Cursor, p *instep.Page) {
		drop(p, func(rec *instep.Record) bool { return rec.Status == instep.Deleted })
	}},
	"what was deleted is not there": {page: func(d *desk, from instep.Cursor, p *instep.Page) {
		for _, it := range d.s.items {
			if it.status == instep.Deleted && cursorOf(from).All && !p.More {
				copied := *it
				copied.status = instep.Live
				p.Records = append(p.Records, d.s.record(&copied))
			}
		}
	}},
	"hidden is not deleted": {page: func(_ *desk, _ instep.Cursor, p *instep.Page) {
		for i := range p.Records {
			if p.Records[i].Status == instep.Hidden {
				p.Records[i].Status = instep.Deleted
			}
		}
	}},
	"the read lag holds": {page: func(d *desk, _ instep.Cursor, p *instep.Page) {
		drop(p, func(rec *instep.Record) bool { return d.s.now.Sub(rec.Modified) < time.Second })
	}},

	"a sweep comes last": {page: func(d *desk, from instep.Cursor, p *instep.Page) {
		if from == "" && p.More {
			p.Sweep.Total = len(d.s.items)
		}
	}},
	"changes are no sweep": {page: func(_ *desk, from instep.Cursor, p *instep.Page) {
		if !cursorOf(from).All && !p.More {
			p.Sweep.Complete = true
		}
	}},
	"the total is right": {page: func(_ *desk, _ instep.Cursor, p *instep.Page) {
		if p.Sweep.Complete {
			p.Sweep.Total = len(p.Records)
		}
	}},
	"a list that shifts": {read: (*desk).byOffset},
	"a cut list is not complete": {page: func(_ *desk, from instep.Cursor, p *instep.Page) {
		p.Sweep.Complete = cursorOf(from).All && !p.More
	}},
	"a walk in order": {page: func(_ *desk, _ instep.Cursor, p *instep.Page) { slices.Reverse(p.Records) }},
	"pages are the caller's": {read: func(d *desk, ctx context.Context, from instep.Cursor) (instep.Page, error) {
		type cached struct {
			seq int
			p   instep.Page
		}
		if c, ok := d.pos.(cached); ok && from == "" && c.seq == d.s.seq && ctx.Err() == nil && !d.s.throttled {
			return c.p, nil
		}
		p, err := d.read(ctx, from)
		if err == nil && from == "" && !d.s.cut {
			d.pos = cached{d.s.seq, p}
		}
		return p, err
	}},

	"refs are whole": {page: func(_ *desk, _ instep.Cursor, p *instep.Page) {
		for i := range p.Records {
			p.Records[i].Ref.Entity = "Thing"
		}
	}},
	"fields are described": bent(func(_ *item, rec *instep.Record) {
		if rec.Fields.Len() > 0 {
			rec.Fields = rec.Fields.With("extra", instep.Null())
		}
	}),
	"values have the described type": {describe: func(_ *desk, infos []instep.FieldInfo) []instep.FieldInfo {
		for i := range infos {
			if infos[i].Name == "serial" {
				infos[i].Type = instep.TypeString
			}
		}
		return infos
	}},
	"what is written is read": bent(func(it *item, rec *instep.Record) {
		if !it.desk && rec.Fields.Len() > 0 {
			rec.Fields = rec.Fields.With("since", instep.Null())
		}
	}),
	"an edit does not go back in time": bent(func(it *item, rec *instep.Record) {
		if it.seq != it.born {
			rec.Modified = time.Time{}
		}
	}),
	"the step of time": bent(func(_ *item, rec *instep.Record) { rec.Modified = rec.Modified.Truncate(time.Second) }),
	"versions move": bent(func(it *item, rec *instep.Record) {
		if !it.desk && rec.Version != "" {
			rec.Version = "v0"
		}
	}),
	"identities are given":             renaming(func(_ *item, rec *instep.Record) { rec.Identity = "" }),
	"identities are each record's own": renaming(func(_ *item, rec *instep.Record) { rec.Identity = "thing" }),
	"identities stay":                  renaming(func(it *item, rec *instep.Record) { rec.Identity = "uid-" + it.id }),
}

// byOffset lists what is there from a place in the list on.
func (d *desk) byOffset(ctx context.Context, from instep.Cursor) (instep.Page, error) {
	c := cursorOf(from)
	if !c.All || from != "" && c.After == "" {
		return d.read(ctx, from)
	}
	if from == "" {
		c.Mark = d.s.seq
	}
	var p instep.Page
	err := d.request(ctx, func() {
		rows := slices.DeleteFunc(slices.Clone(d.s.items), func(it *item) bool { return it.status == instep.Deleted })
		slices.SortFunc(rows, func(a, b *item) int { return strings.Compare(a.id, b.id) })
		off := 0
		_, _ = fmt.Sscanf(c.After, "#%d", &off)
		end := min(off+shelfPage, len(rows))
		for i := min(off, end); i < end; i++ {
			if d.s.cut && i == end-1 {
				d.s.cut, c.Short = false, true
				continue
			}
			p.Records = append(p.Records, d.s.record(rows[i]))
		}
		c.After = fmt.Sprintf("#%d", end)
		p.More, p.Next = end < len(rows), c.encode()
		if !p.More {
			p.Next = shelfCursor{Since: c.Mark}.encode()
			p.Sweep = instep.Sweep{Complete: !c.Short, Total: len(rows)}
		}
	})
	return p, err
}

// lookFaults are desks that look up wrongly or say wrong things of themselves.
var lookFaults = map[string]*wrong{
	"a source of changes is a Getter": {open: func(sys *System, _ *shelf, d *desk) { sys.Source = instep.SourceFunc(d.Read) }},
	"get is aligned": {get: func(d *desk, ctx context.Context, refs []instep.Ref) ([]instep.Record, error) {
		recs, err := d.get(ctx, refs)
		for i := range recs {
			if slices.Contains(refs[:i], refs[i]) {
				recs[i] = instep.Record{Ref: refs[i], Status: instep.Missing}
			}
		}
		return recs, err
	}},
	"get of none": {get: func(d *desk, ctx context.Context, refs []instep.Ref) ([]instep.Record, error) {
		if len(refs) == 0 {
			return nil, instep.Config
		}
		return d.get(ctx, refs)
	}},
	"get of many": {
		say: func(_ *desk, t *instep.Traits) { t.MaxGet = 8 },
		get: func(d *desk, ctx context.Context, refs []instep.Ref) ([]instep.Record, error) {
			if len(refs) > 6 {
				return nil, instep.Config
			}
			return d.get(ctx, refs)
		},
	},
	"get of what is not there": {get: func(d *desk, ctx context.Context, refs []instep.Ref) ([]instep.Record, error) {
		recs, err := d.get(ctx, refs)
		for i := range recs {
			if len(recs) > 1 && recs[i].Status == instep.Missing {
				recs[i].Ref.ID = ""
			}
		}
		return recs, err
	}},
	"ids that cannot be": {get: func(d *desk, ctx context.Context, refs []instep.Ref) ([]instep.Record, error) {
		if len(refs) > 0 && strings.Contains(refs[0].ID, "/") {
			return nil, refusal(instep.Invalid, "", "such an id cannot be")
		}
		return d.get(ctx, refs)
	}},
	"get of what was deleted": {get: func(d *desk, ctx context.Context, refs []instep.Ref) ([]instep.Record, error) {
		recs, err := d.get(ctx, refs)
		for i := range recs {
			for _, it := range d.s.items {
				if it.id == refs[i].ID && it.status == instep.Deleted {
					recs[i] = instep.Record{Ref: refs[i], Status: instep.Deleted, Fields: it.fields}
				}
			}
		}
		return recs, err
	}},
	"hidden is not there to be used": {get: func(d *desk, ctx context.Context, refs []instep.Ref) ([]instep.Record, error) {
		recs, err := d.get(ctx, refs)
		for i := range recs {
			if recs[i].Status == instep.Hidden {
				recs[i].Status = instep.Deleted
			}
		}
		return recs, err
	}},
	"get gives what a walk gives": {page: func(_ *desk, _ instep.Cursor, p *instep.Page) {
		for i := range p.Records {
			without(&p.Records[i], "serial")
		}
	}},
	"a canceled get": {get: func(d *desk, ctx context.Context, refs []instep.Ref) ([]instep.Record, error) {
		return d.get(context.WithoutCancel(ctx), refs)
	}},
	"a throttled get": {get: func(d *desk, ctx context.Context, refs []instep.Ref) ([]instep.Record, error) {
		recs, err := d.get(ctx, refs)
		if instep.KindOf(err) == instep.RateLimited {
			return []instep.Record{{Ref: refs[0], Status: instep.Missing}}, nil
		}
		return recs, err
	}},

	"find is aligned": found(func(lists [][]instep.Record) {
		for i := 1; i < len(lists); i++ {
			if len(lists[i]) == 0 {
				lists[i] = lists[i-1]
			}
		}
	}),
	"find is exact": {find: likeness(strings.EqualFold)},
	"find knows no patterns": {find: likeness(func(have, want string) bool {
		head, ok := strings.CutSuffix(want, "*")
		return have == want || ok && strings.HasPrefix(have, head)
	})},
	"find gives all": {
		with: func(s *shelf) { s.unique = false },
		find: found(func(lists [][]instep.Record) {
			for i := range lists {
				lists[i] = lists[i][:min(1, len(lists[i]))]
			}
		}).find,
	},
	"find reads directly": {
		page: func(d *desk, _ instep.Cursor, _ *instep.Page) { d.n = d.s.seq },
		find: func(d *desk, ctx context.Context, field string, values []instep.Value) ([][]instep.Record, error) {
			lists, err := d.rightFind(ctx, field, values)
			for i := range lists {
				lists[i] = slices.DeleteFunc(lists[i], func(rec instep.Record) bool { return field == "code" && d.item(rec.Ref.ID).seq > d.n })
			}
			return lists, err
		},
	},
	"what is found is whole": found(func(lists [][]instep.Record) {
		for _, list := range lists {
			for i := range list {
				without(&list[i], "serial")
			}
		}
	}),
	"a field nothing is found by": {find: func(d *desk, ctx context.Context, field string, values []instep.Value) ([][]instep.Record, error) {
		if field != "code" && field != "token" {
			return make([][]instep.Record, len(values)), nil
		}
		return d.rightFind(ctx, field, values)
	}},
	"a canceled find": {find: func(d *desk, ctx context.Context, field string, values []instep.Value) ([][]instep.Record, error) {
		return d.rightFind(context.WithoutCancel(ctx), field, values)
	}},
	"a throttled find": {find: func(d *desk, ctx context.Context, field string, values []instep.Value) ([][]instep.Record, error) {
		lists, err := d.rightFind(ctx, field, values)
		if instep.KindOf(err) == instep.RateLimited {
			return make([][]instep.Record, len(values)), nil
		}
		return lists, err
	}},

	"traits stay": {
		page: func(d *desk, _ instep.Cursor, _ *instep.Page) { d.n++ },
		say:  func(d *desk, t *instep.Traits) { t.MaxInFlight = min(d.n, 1) },
	},
	"traits agree": {open: func(sys *System, s *shelf, _ *desk) {
		sys.Sink = &desk{s: s, w: &wrong{say: func(_ *desk, t *instep.Traits) { t.MaxInFlight = 7 }}}
	}},
	"descriptions are sound": {describe: func(_ *desk, infos []instep.FieldInfo) []instep.FieldInfo {
		for i := range infos {
			if infos[i].Name == "since" {
				infos[i].MaxLen = -1
			}
		}
		return infos
	}},
	"descriptions stay": {describe: func(d *desk, infos []instep.FieldInfo) []instep.FieldInfo {
		if d.pos == nil {
			d.pos = infos
		}
		return d.pos.([]instep.FieldInfo)
	}},
	"the token field is described": {describe: func(_ *desk, infos []instep.FieldInfo) []instep.FieldInfo {
		for i := range infos {
			if infos[i].Name == "token" {
				infos[i].MaxLen = 16
			}
		}
		return infos
	}},
	"lists can be listed": {list: func(string) ([]instep.Item, error) {
		return nil, refusal(instep.Unsupported, "", "the only list is groups")
	}},
	"items have names": {list: func(list string) ([]instep.Item, error) {
		if list != "groups" {
			return nil, refusal(instep.Unsupported, "", "the only list is groups")
		}
		return []instep.Item{{Code: "1", Name: "Nuts"}, {Code: "2"}}, nil
	}},
	"an unknown list": {list: func(list string) ([]instep.Item, error) {
		if list != "groups" {
			return nil, refusal(instep.NotFound, "", "the only list is groups")
		}
		return shelfGroups, nil
	}},
	"the installation has a name of its own": {probe: func(_ *desk, ctx context.Context) (instep.Report, error) {
		return instep.Report{System: "shelf"}, ctx.Err()
	}},
	"the installation stays": {probe: func(d *desk, ctx context.Context) (instep.Report, error) {
		return instep.Report{System: "shelf", Installation: fmt.Sprintf("%p", d)}, ctx.Err()
	}},
	"checks can be acted on": {probe: func(_ *desk, ctx context.Context) (instep.Report, error) {
		return instep.Report{System: "shelf", Installation: "1", Checks: []instep.Check{{Name: "door open"}}}, ctx.Err()
	}},
	"an installation that cannot be found out": {probe: func(_ *desk, ctx context.Context) (instep.Report, error) {
		if ctx.Err() != nil {
			return instep.Report{System: "shelf", Installation: "unknown"}, nil
		}
		return instep.Report{System: "shelf", Installation: "1"}, nil
	}},
	"errors have a kind": {find: func(d *desk, ctx context.Context, field string, values []instep.Value) ([][]instep.Record, error) {
		if field != "code" && field != "token" {
			return nil, errors.New("no such field")
		}
		return d.rightFind(ctx, field, values)
	}},
	"reads tell no secrets": {read: func(d *desk, ctx context.Context, from instep.Cursor) (instep.Page, error) {
		p, err := d.read(ctx, from)
		if e, ok := errors.AsType[*instep.Error](err); ok {
			e.Answer = "key " + shelfSecret
		}
		return p, err
	}},
}

func (d *desk) rightFind(ctx context.Context, field string, values []instep.Value) ([][]instep.Record, error) {
	return d.find(ctx, field, values, func(have, want string) bool { return have == want })
}

// found is a desk that does something wrong with what it has found.
func found(bend func(lists [][]instep.Record)) *wrong {
	return &wrong{find: func(d *desk, ctx context.Context, field string, values []instep.Value) ([][]instep.Record, error) {
		lists, err := d.rightFind(ctx, field, values)
		bend(lists)
		return lists, err
	}}
}

// likeness is a Find that compares in another way.
func likeness(same func(have, want string) bool) func(*desk, context.Context, string, []instep.Value) ([][]instep.Record, error) {
	return func(d *desk, ctx context.Context, field string, values []instep.Value) ([][]instep.Record, error) {
		return d.find(ctx, field, values, same)
	}
}
