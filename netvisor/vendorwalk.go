package netvisor

import (
	"context"
	"math"

	"github.com/instep-go/instep"
)

// vendorWalk is what a connector remembers of a pass over the suppliers.
type vendorWalk struct {
	since, next string
	again, page int            // where in the walk; see vendorCursor
	seen        map[int64]bool // all keys of the pass, unless nil
}

// vendorCursor is how far the suppliers were read. Times are local times in
// the form of the change filter, as they are sent.
type vendorCursor struct {
	Format string `json:"format"`

	// Since is the filter of the walk, "" for one over everything.
	Since string `json:"since,omitempty"`

	// Next is the filter of the walk after this one. It is "" until the first
	// page of this walk has been read.
	Next string `json:"next,omitempty"`

	// Page is how many pages were given. It is 0 also where the walk begins
	// once more, for the Again-th time.
	Page  int `json:"page,omitempty"`
	Again int `json:"again,omitempty"`

	// Count is how many suppliers the pages held, Last the highest key.
	Count int   `json:"count,omitempty"`
	Last  int64 `json:"last,omitempty"`

	// Total is how many there are by the first page's headers, if Counted.
	Total   int  `json:"total,omitempty"`
	Counted bool `json:"counted,omitempty"`

	// Mixed is set when keys did not ascend, so that Count may hold some
	// twice; Torn when two pages disagree on Total, or the pages do not end.
	Mixed bool `json:"mixed,omitempty"`
	Torn  bool `json:"torn,omitempty"`
}

// maxAgain is how often a walk begins once more because what its pages held
// does not add up to what they said there is.
const maxAgain = 2

// Read returns the next page of suppliers, in the order and the length in
// which getvendor.nv gives them. Netvisor has no list of keys; a walk goes
// through numbered pages. If a supplier comes or goes meanwhile, the pages
// shift, and one may be missed. A walk is therefore believed if the suppliers
// it saw are as many as the headers of every page say; otherwise it begins
// once more, up to twice, so that suppliers may come twice.
//
// A walk over everything ends with a complete sweep if it is believed, which
// takes headers with the number of suppliers. A walk over changes that is
// not believed in the end leaves the mark where it was, so that the next one
// reads the same span again.
func (s *Vendors) Read(ctx context.Context, from instep.Cursor) (instep.Page, error) {
	cur, err := parseVendorCursor(from)
	if err != nil {
		return instep.Page{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	list, err := s.c.listVendors(ctx, cur.Since, cur.Page+1)
	if err != nil {
		return instep.Page{}, err
	}
	if err := s.begin(&cur, list); err != nil {
		return instep.Page{}, err
	}
	w := s.resume(&cur)
	page := instep.Page{AsOf: list.At, Records: make([]instep.Record, len(list.Vendors))}
	for i := range list.Vendors {
		page.Records[i] = vendorTable.record(&list.Vendors[i])
	}
	if page.More = cur.took(list, w); page.More {
		w.page = cur.Page
		page.Next = encodeCursor(cur)
		return page, nil
	}
	s.end(&cur, w, &page)
	return page, nil
}

// begin completes the cursor of a walk whose first page was read.
func (s *Vendors) begin(cur *vendorCursor, list *VendorPage) error {
	if cur.Next != "" {
		return nil
	}
	at := list.At
	if at.IsZero() {
		at = list.a.date
	}
	if at.IsZero() {
		return &instep.Error{Kind: instep.Malformed, Op: "netvisor: read suppliers", Err: errNoTime}
	}
	cur.Next = filterTime(at.Add(-s.c.lookback), s.c.zone, listFilter)
	return nil
}

// resume returns the walk that the cursor is part of. One of another process,
// or one whose page is read again, goes on without the keys.
func (s *Vendors) resume(cur *vendorCursor) *vendorWalk {
	w := s.walk
	if w != nil && cur.Page > 0 && w.since == cur.Since && w.next == cur.Next && w.again == cur.Again && w.page == cur.Page {
		return w
	}
	w = &vendorWalk{since: cur.Since, next: cur.Next, again: cur.Again}
	if cur.Page == 0 {
		w.seen = map[int64]bool{}
	}
	s.walk = w
	return w
}

// took counts a page and reports whether another follows.
func (c *vendorCursor) took(list *VendorPage, w *vendorWalk) (more bool) {
	known, last := 0, c.Last // known: keys of the page that came before
	for i := range list.Vendors {
		key := list.Vendors[i].Key
		c.Mixed = c.Mixed || key <= c.Last
		c.Last = max(c.Last, key)
		if w.seen[key] || w.seen == nil && key <= last {
			known++
		} else if w.seen != nil {
			w.seen[key] = true
		}
	}
	if c.Page == 0 {
		c.Counted, c.Total = list.Total >= 0, max(list.Total, 0)
	} else if c.Counted != (list.Total >= 0) || c.Total != max(list.Total, 0) {
		c.Torn = true
	}
	c.Count += len(list.Vendors)
	c.Page++
	if more = list.Next > 0; more {
		c.Page = list.Next - 1 // the header decides
	} else if !list.paged {
		more = len(list.Vendors) > 0
	}
	// The same page again, or an empty one: the vendor does not go on. The
	// highest key alone is no proof where pages are in any order.
	if more && known == len(list.Vendors) && (known == 0 || w.seen != nil || !list.paged) {
		c.Torn, more = true, false
	}
	return more
}

// addsUp reports whether the walk saw as many suppliers as there are.
func (c *vendorCursor) addsUp(w *vendorWalk) bool {
	if !c.Counted || c.Torn {
		return false
	}
	return w.seen != nil && len(w.seen) == c.Total || !c.Mixed && c.Count == c.Total
}

// doubtful reports whether the walk may have missed a supplier. One page
// cannot shift, and without a number nothing can be compared.
func (c *vendorCursor) doubtful(w *vendorWalk) bool {
	return c.Torn || c.Counted && c.Page > 1 && !c.addsUp(w)
}

// end completes the last page of a walk, or begins it once more.
func (s *Vendors) end(cur *vendorCursor, w *vendorWalk, page *instep.Page) {
	s.walk = nil
	doubtful := cur.doubtful(w)
	if doubtful && cur.Again < maxAgain {
		page.More = true
		page.Next = encodeCursor(vendorCursor{Format: cur.Format, Since: cur.Since, Next: cur.Next, Again: cur.Again + 1})
		return
	}
	next := cur.Next
	if cur.Since == "" {
		page.Sweep = instep.Sweep{Complete: cur.addsUp(w), Total: -1}
		if cur.Counted {
			page.Sweep.Total = cur.Total
		}
	} else if doubtful {
		next = cur.Since
	}
	page.Next = encodeCursor(vendorCursor{Format: cur.Format, Since: next})
}

// parseVendorCursor reads what encodeCursor wrote. The empty cursor begins a
// walk over everything.
func parseVendorCursor(text instep.Cursor) (vendorCursor, error) {
	const of = "suppliers"
	if text == "" {
		return vendorCursor{Format: cursorFormat(of)}, nil
	}
	var c vendorCursor
	if !decodeCursor(text, &c) || c.Format != cursorFormat(of) || !c.valid() {
		return vendorCursor{}, foreignCursor(of)
	}
	return c, nil
}

func (c *vendorCursor) valid() bool {
	bounds := c.Page >= 0 && c.Page <= math.MaxInt32 && c.Again >= 0 && c.Again <= maxAgain && c.Count >= 0 && c.Last >= 0 && c.Total >= 0
	under := *c
	under.Format, under.Since, under.Next, under.Page, under.Again = "", "", "", 0, 0
	return bounds && isFilter(c.Since) && isFilter(c.Next) &&
		(c.Next != "" || c.Page == 0 && c.Again == 0) && (c.Page > 0 || under == vendorCursor{})
}
