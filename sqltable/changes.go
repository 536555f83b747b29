package sqltable

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/instep-go/instep"
)

// way names how changes are seen, and what of. It is part of every cursor: one
// of another table or another key would skip rows, and a sweep that skipped
// some would have them deleted.
func (r *Reader) way(ctx context.Context) (string, error) {
	of := fmt.Sprintf("%s by %s %d", r.table(), quote(r.plan.key.name), r.plan.key.store)
	switch {
	case r.cfg.Change != nil:
		return fmt.Sprintf("column %s as %s %d of %s", r.cfg.Change.Column, r.plan.change.Type, r.plan.change.Encoding, of), nil
	case r.cfg.Log != nil:
		birth, err := r.logBirth(ctx)
		return birth + " of " + of, err
	default:
		return "all of " + of, nil
	}
}

// horizon asks how far the change column, or the log, can be trusted now.
func (r *Reader) horizon(ctx context.Context) (horizon, error) {
	top := ""
	switch {
	case r.cfg.Log != nil:
		top = "SELECT max(seq) FROM " + r.log().table
	case r.plan.change.Type == instep.TypeInt:
		top = "SELECT max(" + quote(r.cfg.Change.Column) + ") FROM " + r.table()
	}
	return r.d.horizon(ctx, r.db, top)
}

// top is the moment of a horizon as a mark: the greatest number that was
// visible, or the database's clock.
func (r *Reader) top(h horizon) raw {
	if r.cfg.Log != nil || r.plan.change.Type == instep.TypeInt {
		return h.top
	}
	return raw("s" + h.now.UTC().Format(time.RFC3339Nano))
}

// firstMark is where the walk after one over everything begins: whatever was
// committed before the horizon was seen by that. What was open then may come
// with older values than it, and how old nobody knows.
func (r *Reader) firstMark(h horizon) *mark {
	top := r.top(h)
	if len(h.open) == 0 && !h.blind {
		return &mark{From: top, Last: top}
	}
	return &mark{Then: top, Open: h.open, Last: top}
}

// after is the mark for the walk after one that begins at m with horizon h.
//
// All that m waits for has ended: the walk that begins now sees it, so the next
// may begin where m was going to. If nothing is open at all, it may begin at h.
func (m *mark) after(h horizon, top raw) *mark {
	next := *m
	next.Last = top
	stillOpen := slices.ContainsFunc(m.Open, func(id string) bool { return slices.Contains(h.open, id) })
	switch {
	case len(h.open) == 0 && !h.blind:
		return &mark{From: top, Last: top}
	case h.blind || stillOpen:
		if m.Then == "" { // nothing waited before
			next.Then, next.Open = top, h.open
		}
		return &next
	case m.Then != "":
		next.From = m.Then
	}
	next.Then, next.Open = top, h.open
	return &next
}

// lower is the least value of the column that a walk from a mark reads; empty
// for all.
func (r *Reader) lower(from raw) raw {
	switch {
	case from == "" || r.cfg.Log != nil:
		return from
	case r.plan.change.Type == instep.TypeInt:
		return rawOf(from.int() - r.cfg.Change.Overlap)
	}
	t, err := time.Parse(time.RFC3339Nano, string(from[1:]))
	if err != nil {
		return ""
	}
	f := r.plan.change
	t = t.Add(-r.cfg.Change.Lookback)
	if f.db.store != zonedStore && f.Encoding == TimeText && r.cfg.Zone != time.UTC || f.Type == instep.TypeDate {
		t = t.Add(-time.Hour) // clocks on the wall are put back by as much
	}
	if f.Type == instep.TypeDate {
		return raw("s" + t.In(r.cfg.Zone).Format(time.DateOnly))
	}
	// A text without a fraction is less than the same with one, and so is one
	// without a zone at its end.
	t = t.Truncate(max(r.plan.step, time.Microsecond))
	if f.db.store == textStore {
		t = t.Truncate(time.Second)
		if f.Encoding == TimeISO {
			return raw("s" + t.UTC().Format("2006-01-02T15:04:05"))
		}
	}
	return f.encodeTime(t)
}

// modified is the time of a change, zero if the column does not tell one.
func (r *Reader) modified(v any) time.Time {
	t, _ := r.plan.change.decode(v).AsTime()
	return t
}

// readChanges gives a page of what changed, in the order of the change column
// and the key.
func (r *Reader) readChanges(ctx context.Context, c cursor) (instep.Page, error) {
	f := r.plan.change
	value, key := "t."+quote(f.Name), "t."+quote(r.cfg.Key.Column)
	where, args := value+" IS NOT NULL", []any(nil)
	switch {
	case c.Key != "":
		where = fmt.Sprintf("(%s, %s) > (%s, %s)", value, key, r.d.param(1, &f.db), r.d.param(2, &r.plan.key))
		args = []any{r.d.arg(c.At), r.d.arg(c.Key)}
	case c.At != "" && f.Type == instep.TypeInt:
		where, args = value+" > "+r.d.param(1, &f.db), []any{r.d.arg(c.At)}
	case c.At != "":
		where, args = value+" >= "+r.d.param(1, &f.db), []any{r.d.arg(c.At)}
	}
	query := fmt.Sprintf("SELECT %s FROM %s t WHERE %s AND %s ORDER BY %s, %s LIMIT %d",
		r.plan.list, r.table(), where, r.isRecord(), value, key, r.cfg.PageSize+1)
	var page instep.Page
	b := budget{rows: r.cfg.PageSize}
	err := r.rows(ctx, r.db, query, args, 0, func(_ []any, got row) bool {
		if page.More = b.spent(); page.More {
			return false
		}
		b.add(got.vals)
		c.At, c.Key = rawOf(got.vals[f.at]), rawOf(got.vals[0])
		page.Records = append(page.Records, got.rec)
		return true
	})
	if err != nil {
		return page, err
	}
	if !page.More {
		c = c.done()
	}
	page.Next = c.text()
	return page, nil
}
