package sqltable

import (
	"context"
	"fmt"
	"time"

	"github.com/instep-go/instep"
)

// Read returns the next page: of everything in the order of the key, or of
// what changed; the package documentation says how. A cursor can be read in
// another process. One that was made with another way to see changes, of
// another table or key, or that is older than what is kept of the log, is an
// error of kind Expired. A walk over everything ends with a complete sweep: the
// key never changes, so that a row that is there all the while is not passed by.
func (r *Reader) Read(ctx context.Context, from instep.Cursor) (instep.Page, error) {
	page, err := r.read(ctx, from)
	if err != nil {
		return instep.Page{}, r.asked(ctx, "read "+r.cfg.Entity, err)
	}
	return page, nil
}

func (r *Reader) read(ctx context.Context, from instep.Cursor) (instep.Page, error) {
	way, err := r.way(ctx)
	if err != nil {
		return instep.Page{}, err
	}
	c, err := parseCursor(from, way)
	if err != nil {
		return instep.Page{}, err
	}
	if c.Walk == "" {
		if c, err = r.begin(ctx, c, from == ""); err != nil {
			return instep.Page{}, err
		}
	}
	switch {
	case c.Walk != walkChanges:
		return r.readAll(ctx, c)
	case r.cfg.Log != nil:
		return r.readLog(ctx, c)
	default:
		return r.readChanges(ctx, c)
	}
}

// begin starts a walk, and notes where the one after it will begin.
func (r *Reader) begin(ctx context.Context, c cursor, all bool) (cursor, error) {
	snapshot := r.cfg.Change == nil && r.cfg.Log == nil
	if snapshot || all || c.Next == nil {
		c.Walk = walkAll
		if snapshot {
			return c, nil
		}
		h, err := r.calm(ctx)
		if err != nil {
			return c, err
		}
		c.Next = r.firstMark(h)
		return c, nil
	}
	h, err := r.horizon(ctx)
	if err != nil {
		return c, err
	}
	c.Walk, c.At = walkChanges, r.lower(c.Next.From)
	c.Next = c.Next.after(h, r.top(h))
	return c, nil
}

// readAll gives a page of everything.
func (r *Reader) readAll(ctx context.Context, c cursor) (instep.Page, error) {
	key := "t." + quote(r.cfg.Key.Column)
	where, args := r.isRecord(), []any(nil)
	if c.Key != "" {
		where, args = key+" > "+r.d.param(1, &r.plan.key), []any{r.d.arg(c.Key)}
	}
	query := fmt.Sprintf("SELECT %s FROM %s t WHERE %s ORDER BY %s LIMIT %d", r.plan.list, r.table(), where, key, r.cfg.PageSize+1)
	var page instep.Page
	b := budget{rows: r.cfg.PageSize}
	err := r.rows(ctx, r.db, query, args, 0, func(_ []any, got row) bool {
		if page.More = b.spent(); page.More {
			return false
		}
		b.add(got.vals)
		c.Key = rawOf(got.vals[0])
		page.Records = append(page.Records, got.rec)
		return true
	})
	if err != nil {
		return page, err
	}
	if !page.More {
		page.Sweep = instep.Sweep{Complete: true, Total: -1}
		c = c.done()
	}
	page.Next = c.text()
	return page, nil
}

// isRecord is the condition under which a row is a record.
func (r *Reader) isRecord() string {
	key := "t." + quote(r.cfg.Key.Column)
	if r.plan.key.store == textStore {
		return key + " <> ''"
	}
	return key + " IS NOT NULL"
}

// done is the cursor after the last page of a walk.
func (c cursor) done() cursor {
	return cursor{Version: c.Version, Way: c.Way, Next: c.Next}
}

// budget bounds a page.
type budget struct{ rows, bytes int }

const maxPageBytes = 16 << 20

func (b *budget) spent() bool { return b.rows == 0 || b.bytes > maxPageBytes }

func (b *budget) add(vals []any) {
	b.rows--
	for _, v := range vals {
		if s, ok := v.(string); ok {
			b.bytes += len(s)
		}
	}
}

// calm waits a little for the transactions that are open to end: then a first
// walk misses nothing, and is not made twice.
func (r *Reader) calm(ctx context.Context) (horizon, error) {
	const patience = 2 * time.Second
	begun := time.Now()
	for wait := 5 * time.Millisecond; ; wait *= 2 {
		h, err := r.horizon(ctx)
		if err != nil || len(h.open) == 0 && !h.blind || time.Since(begun)+wait > patience {
			return h, err
		}
		// The next look is a horizon of its own: what ended until then is seen
		// by the walk that follows it.
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return h, context.Cause(ctx)
		case <-timer.C:
		}
	}
}
