package rackbeat

import (
	"context"
	"hash/maphash"

	"github.com/instep-go/instep"
)

// Read implements [instep.Source]. From the empty cursor it reads all records,
// else those that changed; the package comment says how, and what that costs.
func (p *connector[T, U]) Read(ctx context.Context, from instep.Cursor) (instep.Page, error) {
	if from == "" {
		return p.begin(ctx)
	}
	c, err := parseCursor(p.kind.entity, from)
	if err != nil {
		return instep.Page{}, err
	}
	switch c.Walk {
	case sweeping:
		return p.sweep(ctx, c)
	case changes:
		return p.changes(ctx, c)
	default:
		c.Walk, c.Coming, c.Page, c.Size, c.Total = changes, c.Mark, 1, p.c.opts.PageSize, -1
		return p.changes(ctx, c)
	}
}

// begin starts to read everything: what changes from now on is for the walk
// after this one, so the mark is taken first.
func (p *connector[T, U]) begin(ctx context.Context) (instep.Page, error) {
	mark, total, err := p.newest(ctx)
	if err != nil {
		return instep.Page{}, err
	}
	p.mu.Lock()
	p.seen = newSight(mark, total)
	p.mu.Unlock()
	return p.sweep(ctx, cursor{Walk: sweeping, Coming: mark, Page: 1, Size: p.c.opts.PageSize, Total: total})
}

// newest returns the greatest updated_at as the vendor orders it, and how many
// records there are.
func (p *connector[T, U]) newest(ctx context.Context) (mark string, total int, err error) {
	l, err := p.kind.page(p.c, ctx, 1, &ListOptions{OrderBy: "updated_at", PageSize: 1})
	if err != nil || len(l.Items) == 0 {
		return "", l.Total, err
	}
	return p.kind.facts(&l.Items[0]).updated.Or(Time{}).Text, l.Total, nil
}

// sight is what was seen since a sweep began.
type sight struct {
	mark   moment // the greatest updated_at before
	marked bool
	total  int  // by the request for the mark
	agreed bool // all pages gave that total, and nothing came anew

	// records are hashes of what tells records apart. Two with one hash make a
	// sweep incomplete, which is the harmless way to be wrong.
	records map[uint64]struct{}
	seed    maphash.Seed
}

func newSight(mark string, total int) *sight {
	s := &sight{total: total, agreed: total >= 0, seed: maphash.MakeSeed(), records: make(map[uint64]struct{})}
	s.mark, s.marked = parseMoment(mark)
	return s
}

// note adds a record to what was seen. One created after the sweep began may
// have filled the gap of one that vanished, so that the totals agree although a
// record was passed over.
func (s *sight) note(f *facts) {
	s.records[maphash.String(s.seed, f.sameness())] = struct{}{}
	if at, ok := momentOf(f.created); ok && s.marked && at.comparable(s.mark) && s.mark.before(at) {
		s.agreed = false
	}
}

// complete reports whether the sweep saw everything.
func (s *sight) complete() bool { return s.agreed && len(s.records) == s.total }

// sweep reads a page of everything.
func (p *connector[T, U]) sweep(ctx context.Context, c cursor) (instep.Page, error) {
	l, err := p.kind.page(p.c, ctx, c.Page, &ListOptions{OrderBy: "created_at", Ascending: true, PageSize: c.Size})
	if err != nil {
		return instep.Page{}, err
	}
	p.pages.Store(int64(l.Pages))
	page, err := p.page(ctx, &l, l.Items)
	if err != nil {
		return instep.Page{}, err
	}
	for i := range l.Items {
		c.Top = later(c.Top, p.kind.facts(&l.Items[i]).updated)
	}
	complete := p.note(&l)
	if again, ok := after(&c, &l); ok {
		page.Next, page.More = again.next(p.kind.entity), true
		return page, nil
	}
	unsorted, err := p.unsorted(ctx, &c)
	if err != nil {
		return instep.Page{}, err
	}
	page.Next = cursor{Mark: c.Coming, Unsorted: unsorted}.next(p.kind.entity)
	page.Sweep = instep.Sweep{Complete: complete, Total: l.Total}
	p.forget()
	return page, nil
}

// forget frees what was kept for a sweep that has ended.
func (p *connector[T, U]) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seen = nil
}

// note adds a page to what was seen since the sweep began, and reports whether
// that is everything by now. Of a sweep that began in another process this one
// has seen too little to say so.
func (p *connector[T, U]) note(l *List[T]) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.seen == nil {
		return false
	}
	p.seen.agreed = p.seen.agreed && l.Total == p.seen.total
	for i := range l.Items {
		f := p.kind.facts(&l.Items[i])
		p.seen.note(&f)
	}
	return p.seen.complete()
}

// after returns the cursor of the page to read after l, if there is one. When
// the total shrank since the page before, that many products may have moved up
// across the border between the two; they are on the pages just before it.
func after[T any](c *cursor, l *List[T]) (cursor, bool) {
	next := *c
	next.Total = l.Total
	lost := c.Total - l.Total
	if l.Total < 0 || c.Total < 0 || c.Page == 1 {
		lost = 0
	}
	if lost > 0 {
		next.Page = max(1, c.Page-1-(lost-1)/l.Limit)
		return next, true
	}
	next.Page++
	return next, !l.last()
}

// unsorted reports whether the vendor does not order by updated_at. In a
// register that nobody touches, the mark is the greatest of all; if it is not,
// the one that is now first must be.
func (p *connector[T, U]) unsorted(ctx context.Context, c *cursor) (bool, error) {
	top, known := parseMoment(c.Top)
	if mark, ok := parseMoment(c.Coming); !known || ok && mark.comparable(top) && !mark.before(top) {
		return false, nil
	}
	now, _, err := p.newest(ctx)
	if err != nil {
		return false, err
	}
	first, ok := parseMoment(now)
	return !ok || !first.comparable(top) || first.before(top), nil
}

// changes reads a page of what changed, newest first.
func (p *connector[T, U]) changes(ctx context.Context, c cursor) (instep.Page, error) {
	l, err := p.kind.page(p.c, ctx, c.Page, &ListOptions{OrderBy: "updated_at", PageSize: c.Size})
	if err != nil {
		return instep.Page{}, err
	}
	p.pages.Store(int64(l.Pages))
	if c.Page == 1 {
		for i := range l.Items {
			c.Coming = later(c.Coming, p.kind.facts(&l.Items[i]).updated)
		}
	}
	c.Unsorted = c.Unsorted || p.disordered(&l, c.Coming)
	c.Short = c.Short || l.short()
	fresh, reached := p.since(c.Mark, l.Items)
	page, err := p.page(ctx, &l, fresh)
	if err != nil {
		return instep.Page{}, err
	}
	again, more := after(&c, &l)
	if more && again.Page > c.Page && reached && !c.Unsorted {
		more = false
	}
	if more {
		page.Next, page.More = again.next(p.kind.entity), true
		return page, nil
	}
	rest := cursor{Mark: c.Coming, Unsorted: c.Unsorted}
	if c.Short {
		rest.Mark = c.Mark
	}
	page.Next = rest.next(p.kind.entity)
	return page, nil
}

// since returns the records that changed at or after the mark less the margin,
// or at a time that cannot be compared, and whether any changed before.
func (p *connector[T, U]) since(mark string, items []T) (fresh []T, reached bool) {
	m, known := parseMoment(mark)
	if !known {
		return items, false
	}
	floor := m.less(p.c.opts.Overlap, p.c.opts.ZonelessTimes)
	for i := range items {
		at, ok := momentOf(p.kind.facts(&items[i]).updated)
		if ok && at.comparable(floor) && at.before(floor) {
			reached = true
			continue
		}
		fresh = append(fresh, items[i])
	}
	return fresh, reached
}

// disordered reports whether a page is not in descending order of updated_at, or
// holds one above the greatest of the first page, which a shift cannot explain:
// what changes meanwhile goes to the first page.
func (p *connector[T, U]) disordered(l *List[T], greatest string) bool {
	before, known := parseMoment(greatest)
	for i := range l.Items {
		at, ok := momentOf(p.kind.facts(&l.Items[i]).updated)
		if !ok {
			continue
		}
		if known && (!at.comparable(before) || before.before(at)) {
			return true
		}
		before, known = at, true
	}
	return false
}

// later returns the later of a time and an attribute, as the vendor wrote it.
func later(text string, a Attr[Time]) string {
	at, ok := momentOf(a)
	if !ok {
		return text
	}
	have, known := parseMoment(text)
	if !known || have.comparable(at) && have.before(at) || at.zoned && !have.zoned {
		return a.value.Text
	}
	return text
}

// page turns what a list gave into the records of a page.
func (p *connector[T, U]) page(ctx context.Context, l *List[T], items []T) (instep.Page, error) {
	records, err := p.records(ctx, items)
	return instep.Page{Records: records, AsOf: l.reply.asOf()}, err
}
