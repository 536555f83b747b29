package netvisor

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/instep-go/instep"
)

// listed reads records in two steps: a list tells the keys, and a second
// resource what is behind them. It is safe for concurrent use.
type listed struct {
	c    *Client
	of   string // plural, for cursors and errors: "products"
	page int    // how many records at a time

	// list returns the keys in ascending order and each once; since is the
	// change filter, "" for everything.
	list func(ctx context.Context, since string) ([]int64, answer, error)

	// get returns the records with these keys, without those that are not
	// there.
	get func(ctx context.Context, keys []int64) (map[int64]instep.Record, answer, error)

	mu   sync.Mutex
	walk *walk // under way, or nil
}

// walk is one pass over the records: the keys that the list gave, in
// ascending order. A page of them is read at a time.
type walk struct {
	since, next string
	at          time.Time // when the list was made, by the vendor's clock
	keys        []int64
	gone        map[int64]bool // keys listed, but not given
	partial     bool
}

// read returns the next page in ascending order of the keys. See
// [Products.Read].
func (l *listed) read(ctx context.Context, from instep.Cursor) (instep.Page, error) {
	cur, err := parseCursor(from, l.of)
	if err != nil {
		return instep.Page{}, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	w, err := l.resume(ctx, &cur)
	if err != nil {
		return instep.Page{}, err
	}
	first, _ := slices.BinarySearch(w.keys, cur.After+1)
	batch := w.keys[first:min(first+l.page, len(w.keys))]
	page := instep.Page{AsOf: w.at, More: first+len(batch) < len(w.keys)}
	if err := l.fill(ctx, w, batch, &page); err != nil {
		return instep.Page{}, err
	}
	if !page.More {
		if err := l.end(ctx, w, &page); err != nil {
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
func (l *listed) resume(ctx context.Context, cur *cursor) (*walk, error) {
	if w := l.walk; w != nil && cur.Next != "" && cur.Since == w.since && cur.Next == w.next {
		return w, nil
	}
	w, err := l.begin(ctx, cur.Since)
	if err != nil {
		return nil, err
	}
	if cur.Next != "" {
		w.next = cur.Next
		w.partial = cur.Partial || w.sumUpTo(cur.After) != cur.Seen
	}
	cur.Next = w.next
	l.walk = w
	return w, nil
}

var errNoTime = errors.New("the list has neither a TimeStamp nor a Date that can be read")

// begin reads the list of a walk. An empty filter asks for everything.
func (l *listed) begin(ctx context.Context, since string) (*walk, error) {
	keys, a, err := l.list(ctx, since)
	if err != nil {
		return nil, err
	}
	w := &walk{since: since, keys: keys, at: a.at, gone: map[int64]bool{}}
	if w.at.IsZero() {
		w.at = a.date
	}
	if w.at.IsZero() {
		return nil, &instep.Error{Kind: instep.Malformed, Op: "netvisor: list " + l.of, Err: errNoTime}
	}
	w.next = filterTime(w.at.Add(-l.c.lookback), l.c.zone, listFilter)
	return w, nil
}

// fill reads the records of one page.
func (l *listed) fill(ctx context.Context, w *walk, batch []int64, page *instep.Page) error {
	if len(batch) == 0 {
		return nil
	}
	found, a, err := l.get(ctx, batch)
	if err != nil {
		return err
	}
	if !a.at.IsZero() {
		page.AsOf = a.at
	}
	page.Records = make([]instep.Record, 0, len(batch))
	for _, key := range batch {
		record, ok := found[key]
		if !ok {
			w.gone[key] = true
			continue
		}
		delete(w.gone, key)
		page.Records = append(page.Records, record)
	}
	return nil
}

// end completes the last page of a walk.
func (l *listed) end(ctx context.Context, w *walk, page *instep.Page) error {
	if w.since == "" {
		complete, err := l.complete(ctx, w)
		if err != nil {
			return err
		}
		page.Sweep = instep.Sweep{Complete: complete, Total: len(w.keys) - len(w.gone)}
	}
	page.Next = cursor{Format: cursorFormat(l.of), Since: w.next}.encode()
	l.walk = nil
	return nil
}

// complete reports whether the walk showed every record. Those that were
// listed and not given are looked for in the list once more: if they are no
// longer there, they were deleted in between.
func (l *listed) complete(ctx context.Context, w *walk) (bool, error) {
	if w.partial || len(w.gone) == 0 {
		return !w.partial, nil
	}
	keys, _, err := l.list(ctx, "")
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
