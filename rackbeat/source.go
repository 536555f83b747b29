package rackbeat

import (
	"context"
	"hash/maphash"

	"github.com/instep-go/instep"
)

// Read implements [instep.Source]. From the empty cursor it reads all products,
// else those that changed; the package comment says how, and what that costs.
func (p *Products) Read(ctx context.Context, from instep.Cursor) (instep.Page, error) {
	if from == "" {
		return p.begin(ctx)
	}
	c, err := parseCursor(from)
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
func (p *Products) begin(ctx context.Context) (instep.Page, error) {
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
// products there are.
func (p *Products) newest(ctx context.Context) (mark string, total int, err error) {
	l, err := p.c.ProductPage(ctx, 1, &ListOptions{OrderBy: "updated_at", PageSize: 1})
	if err != nil || len(l.Items) == 0 {
		return "", l.Total, err
	}
	return l.Items[0].UpdatedAt.Or(Time{}).Text, l.Total, nil
}

// sight is what was seen since a sweep began.
type sight struct {
	mark   moment // the greatest updated_at before
	marked bool
	total  int  // by the request for the mark
	agreed bool // all pages gave that total, and nothing came anew

	// products are hashes of what tells products apart. Two with one hash make
	// a sweep incomplete, which is the harmless way to be wrong.
	products map[uint64]struct{}
	seed     maphash.Seed
}

func newSight(mark string, total int) *sight {
	s := &sight{total: total, agreed: total >= 0, seed: maphash.MakeSeed(), products: make(map[uint64]struct{})}
	s.mark, s.marked = parseMoment(mark)
	return s
}

// note adds a page to what was seen. A product created after the sweep
// began may have filled the gap of one that vanished, so that the totals agree
// although a product was passed over.
func (s *sight) note(l *List[Product]) {
	s.agreed = s.agreed && l.Total == s.total
	for i := range l.Items {
		item := &l.Items[i]
		s.products[maphash.String(s.seed, item.sameness())] = struct{}{}
		if at, ok := momentOf(item.CreatedAt); ok && s.marked && at.comparable(s.mark) && s.mark.before(at) {
			s.agreed = false
		}
	}
}

// sameness tells products apart, also drafts that have no number yet.
func (p *Product) sameness() string {
	if p.Number != "" {
		return p.Number
	}
	return "\x00" + p.ID.Or("") + " " + p.CreatedAt.Or(Time{}).Text
}

// complete reports whether the sweep saw everything.
func (s *sight) complete() bool { return s.agreed && len(s.products) == s.total }

// sweep reads a page of everything.
func (p *Products) sweep(ctx context.Context, c cursor) (instep.Page, error) {
	l, err := p.c.ProductPage(ctx, c.Page, &ListOptions{OrderBy: "created_at", Ascending: true, PageSize: c.Size})
	if err != nil {
		return instep.Page{}, err
	}
	p.pages.Store(int64(l.Pages))
	page, err := p.page(ctx, &l, l.Items)
	if err != nil {
		return instep.Page{}, err
	}
	for i := range l.Items {
		c.Top = later(c.Top, l.Items[i].UpdatedAt)
	}
	complete := p.note(&l)
	if again, ok := after(&c, &l); ok {
		page.Next, page.More = again.next(), true
		return page, nil
	}
	unsorted, err := p.unsorted(ctx, &c)
	if err != nil {
		return instep.Page{}, err
	}
	page.Next = cursor{Mark: c.Coming, Unsorted: unsorted}.next()
	page.Sweep = instep.Sweep{Complete: complete, Total: l.Total}
	p.forget()
	return page, nil
}

// forget frees what was kept for a sweep that has ended.
func (p *Products) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seen = nil
}

// note adds a page to what was seen since the sweep began, and reports whether
// that is everything by now. Of a sweep that began in another process this one
// has seen too little to say so.
func (p *Products) note(l *List[Product]) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.seen == nil {
		return false
	}
	p.seen.note(l)
	return p.seen.complete()
}

// after returns the cursor of the page to read after l, if there is one. When
// the total shrank since the page before, that many products may have moved up
// across the border between the two; they are on the pages just before it.
func after(c *cursor, l *List[Product]) (cursor, bool) {
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
func (p *Products) unsorted(ctx context.Context, c *cursor) (bool, error) {
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
func (p *Products) changes(ctx context.Context, c cursor) (instep.Page, error) {
	l, err := p.c.ProductPage(ctx, c.Page, &ListOptions{OrderBy: "updated_at", PageSize: c.Size})
	if err != nil {
		return instep.Page{}, err
	}
	p.pages.Store(int64(l.Pages))
	if c.Page == 1 {
		for i := range l.Items {
			c.Coming = later(c.Coming, l.Items[i].UpdatedAt)
		}
	}
	c.Unsorted = c.Unsorted || disordered(&l, c.Coming)
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
		page.Next, page.More = again.next(), true
	} else {
		page.Next = cursor{Mark: c.Coming, Unsorted: c.Unsorted}.next()
	}
	return page, nil
}

// since returns the products that changed at or after the mark less the margin,
// or at a time that cannot be compared, and whether any changed before.
func (p *Products) since(mark string, items []Product) (fresh []Product, reached bool) {
	m, known := parseMoment(mark)
	if !known {
		return items, false
	}
	floor := m.less(p.c.opts.Overlap, p.c.opts.ZonelessTimes)
	for i := range items {
		at, ok := momentOf(items[i].UpdatedAt)
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
func disordered(l *List[Product], greatest string) bool {
	before, known := parseMoment(greatest)
	for i := range l.Items {
		at, ok := momentOf(l.Items[i].UpdatedAt)
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

// next returns the cursor as the engine keeps it.
func (c cursor) next() instep.Cursor { return instep.Cursor(c.String()) }

// page turns the products into the records of a page.
func (p *Products) page(ctx context.Context, l *List[Product], items []Product) (instep.Page, error) {
	records, err := p.records(ctx, items)
	return instep.Page{Records: records, AsOf: l.reply.asOf()}, err
}
