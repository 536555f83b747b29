package netvisor

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/instep-go/instep"
)

// walk is one pass over the products: the keys that the list gave, in
// ascending order. A page of them is read at a time.
type walk struct {
	since, next string
	at          time.Time // when the list was made, by the vendor's clock
	keys        []int64
	gone        map[int64]bool // keys listed, but not given by getproduct.nv
	partial     bool
}

// Read returns the next page of products in ascending order of their keys.
//
// It reads productlist.nv once for a walk and keeps the keys until the walk
// ends, then getproduct.nv once a page. A cursor of another process makes it
// read the list again, with the filter of the walk under way and the mark of
// its first list, which is the earlier one. A product that was deleted after
// it was listed is left out.
//
// A walk over everything ends with a complete sweep. It is not complete if the
// list had to be read again and differed in the part already given, or if a
// product is listed and yet not given.
func (p *Products) Read(ctx context.Context, from instep.Cursor) (instep.Page, error) {
	cur, err := parseCursor(from)
	if err != nil {
		return instep.Page{}, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	w, err := p.resume(ctx, &cur)
	if err != nil {
		return instep.Page{}, err
	}
	first, _ := slices.BinarySearch(w.keys, cur.After+1)
	batch := w.keys[first:min(first+p.c.pageSize, len(w.keys))]
	page := instep.Page{AsOf: w.at, More: first+len(batch) < len(w.keys)}
	if err := p.fill(ctx, w, batch, &page); err != nil {
		return instep.Page{}, err
	}
	if !page.More {
		if err := p.end(ctx, w, &page); err != nil {
			return instep.Page{}, err
		}
		return page, nil
	}
	for _, key := range batch {
		cur.After, cur.Seen = key, sum(cur.Seen, key)
	}
	cur.Partial = w.partial || len(w.gone) > 0
	page.Next = cur.encode()
	return page, nil
}

// resume returns the walk that the cursor is part of, and completes the
// cursor of one that begins.
func (p *Products) resume(ctx context.Context, cur *cursor) (*walk, error) {
	if w := p.walk; w != nil && cur.Next != "" && cur.Since == w.since && cur.Next == w.next {
		return w, nil
	}
	w, err := p.begin(ctx, cur.Since)
	if err != nil {
		return nil, err
	}
	if cur.Next != "" {
		w.next = cur.Next
		w.partial = cur.Partial || w.sumUpTo(cur.After) != cur.Seen
	}
	cur.Next = w.next
	p.walk = w
	return w, nil
}

var errNoTime = errors.New("the list has neither a TimeStamp nor a Date that can be read")

// begin reads the list of a walk. An empty filter asks for everything.
func (p *Products) begin(ctx context.Context, since string) (*walk, error) {
	keys, a, err := p.list(ctx, since)
	if err != nil {
		return nil, err
	}
	w := &walk{since: since, keys: keys, at: a.at, gone: map[int64]bool{}}
	if w.at.IsZero() {
		w.at = a.date
	}
	if w.at.IsZero() {
		return nil, &instep.Error{Kind: instep.Malformed, Op: "netvisor: list products", Err: errNoTime}
	}
	w.next = filterTime(w.at.Add(-p.c.lookback), p.c.zone, listFilter)
	return w, nil
}

// list returns the keys of the products that are not deleted, published or
// not, in ascending order and each once.
func (p *Products) list(ctx context.Context, since string) ([]int64, answer, error) {
	var params []param
	if since != "" {
		params = append(params, param{"changedsince", since})
	}
	all := ProductFilter{Published: instep.Set(true), Unpublished: instep.Set(true), Deleted: instep.Set(false)}
	var keys []int64
	a, err := p.c.listProducts(ctx, append(params, all.params()...), func(row ProductRow) { keys = append(keys, row.Key) })
	if err != nil {
		return nil, answer{}, err
	}
	slices.Sort(keys)
	return slices.Compact(keys), a, nil
}

// fill reads the products of one page.
func (p *Products) fill(ctx context.Context, w *walk, batch []int64, page *instep.Page) error {
	if len(batch) == 0 {
		return nil
	}
	found, a, err := p.c.productsByKey(ctx, batch, &GetOptions{Reply: NotDeleted})
	if err != nil {
		return err
	}
	if !a.at.IsZero() {
		page.AsOf = a.at
	}
	page.Records = make([]instep.Record, 0, len(batch))
	for _, key := range batch {
		product, ok := found[key]
		if !ok {
			w.gone[key] = true
			continue
		}
		delete(w.gone, key)
		page.Records = append(page.Records, record(&product))
	}
	return nil
}

// end completes the last page of a walk.
func (p *Products) end(ctx context.Context, w *walk, page *instep.Page) error {
	if w.since == "" {
		complete, err := p.complete(ctx, w)
		if err != nil {
			return err
		}
		page.Sweep = instep.Sweep{Complete: complete, Total: len(w.keys) - len(w.gone)}
	}
	page.Next = cursor{Format: cursorFormat, Since: w.next}.encode()
	p.walk = nil
	return nil
}

// complete reports whether the walk showed every product. Those that were
// listed and not given are looked for in the list once more: if they are no
// longer there, they were deleted in between.
func (p *Products) complete(ctx context.Context, w *walk) (bool, error) {
	if w.partial || len(w.gone) == 0 {
		return !w.partial, nil
	}
	keys, _, err := p.list(ctx, "")
	if err != nil {
		return false, err
	}
	for key := range maps.Keys(w.gone) {
		if _, still := slices.BinarySearch(keys, key); still {
			return false, nil
		}
	}
	return true, nil
}

// sumUpTo returns the sum over the keys up to and including last.
func (w *walk) sumUpTo(last int64) uint64 {
	var s uint64
	for _, key := range w.keys {
		if key > last {
			break
		}
		s = sum(s, key)
	}
	return s
}
