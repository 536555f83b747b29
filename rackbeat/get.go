package rackbeat

import (
	"context"
	"math"

	"github.com/instep-go/instep"
)

// Get implements [instep.Getter]. It reads each product by its number, or the
// whole list where that takes fewer requests. What the list does not show is
// then still asked for by its number, so that Missing is the vendor's word.
func (p *Products) Get(ctx context.Context, refs []instep.Ref) ([]instep.Record, error) {
	numbers := make([]string, len(refs))
	for i, ref := range refs {
		numbers[i] = ref.ID
	}
	found, err := p.byNumber(ctx, numbers)
	if err != nil {
		return nil, err
	}
	records := make([]instep.Record, len(refs))
	for i, ref := range refs {
		rec, ok := found[ref.ID]
		if !ok {
			rec = instep.Record{Ref: ref, Status: instep.Missing}
		}
		records[i] = rec
	}
	return records, nil
}

// byNumber returns the products that have the numbers.
func (p *Products) byNumber(ctx context.Context, numbers []string) (map[string]instep.Record, error) {
	wanted := make(map[string]bool, len(numbers))
	for _, n := range numbers {
		wanted[n] = true
	}
	found := make(map[string]instep.Record, len(wanted))
	_, err := p.scan(ctx, len(wanted), func(items []Product) (int, error) {
		keep := pick(items, func(item *Product) bool { return wanted[item.Number] })
		err := p.collect(ctx, keep, found)
		return len(wanted) - len(found), err
	})
	if err != nil {
		return nil, err
	}
	for number := range wanted {
		if _, ok := found[number]; ok {
			continue
		}
		item, err := p.c.GetProduct(ctx, number)
		switch kind := instep.KindOf(err); {
		case kind == instep.NotFound || kind == instep.Invalid && checkNumber("", number) != nil:
			continue
		case err != nil:
			return nil, err
		}
		if err := p.collect(ctx, []Product{item}, found); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// pick returns the items that are wanted.
func pick(items []Product, wanted func(*Product) bool) []Product {
	var keep []Product
	for i := range items {
		if wanted(&items[i]) {
			keep = append(keep, items[i])
		}
	}
	return keep
}

// collect adds the records of products, by number.
func (p *Products) collect(ctx context.Context, items []Product, found map[string]instep.Record) error {
	records, err := p.records(ctx, items)
	for _, rec := range records {
		found[rec.Ref.ID] = rec
	}
	return err
}

// scan reads the list page by page as long as it has fewer pages left than
// single requests would be needed for what is missing; visit takes a page and
// returns how much that is. It reports whether it read the list to the end. How
// many pages there are is known from reads before, or else from the first page,
// which is read if it may spare two requests.
func (p *Products) scan(ctx context.Context, missing int, visit func([]Product) (int, error)) (whole bool, err error) {
	left := int(p.pages.Load())
	if left <= 0 {
		left = 2
	}
	for page := 1; missing > left; page++ {
		l, err := p.c.ProductPage(ctx, page, &ListOptions{OrderBy: "created_at", Ascending: true})
		if err != nil {
			return false, err
		}
		p.pages.Store(int64(l.Pages))
		if missing, err = visit(l.Items); err != nil || l.last() {
			return err == nil, err
		}
		left = l.Pages - page
	}
	return false, nil
}

// Find implements [instep.Finder] for "number" and "barcode".
func (p *Products) Find(ctx context.Context, field string, values []instep.Value) ([][]instep.Record, error) {
	keys := make([]string, len(values))
	for i, v := range values {
		if t := v.Type(); t == instep.TypeString || t == instep.TypeInt {
			keys[i] = v.String()
		}
	}
	switch field {
	case "number":
		return p.findNumbers(ctx, keys)
	case "barcode":
		return p.findBarcodes(ctx, keys)
	default:
		return nil, &instep.Error{
			Kind: instep.Unsupported, Op: "rackbeat: find products", Field: field, Remedy: "use number or barcode",
		}
	}
}

func (p *Products) findNumbers(ctx context.Context, keys []string) ([][]instep.Record, error) {
	found, err := p.byNumber(ctx, pickKeys(keys))
	if err != nil {
		return nil, err
	}
	out := make([][]instep.Record, len(keys))
	for i, key := range keys {
		if rec, ok := found[key]; ok {
			out[i] = []instep.Record{rec}
		}
	}
	return out, nil
}

// pickKeys returns the keys that are not blank, each once.
func pickKeys(keys []string) []string {
	seen := map[string]bool{"": true}
	var list []string
	for _, key := range keys {
		if !seen[key] {
			seen[key] = true
			list = append(list, key)
		}
	}
	return list
}

// findBarcodes asks for each barcode, or reads the whole list where that takes
// fewer requests, or where the vendor turns out not to filter.
func (p *Products) findBarcodes(ctx context.Context, keys []string) ([][]instep.Record, error) {
	wanted := pickKeys(keys)
	hits := newHits(wanted)
	whole, err := p.scan(ctx, len(wanted), hits.add)
	for i := 0; i < len(wanted) && err == nil && !whole; i++ {
		var honest bool
		if honest, err = p.findBarcode(ctx, wanted[i], hits); err == nil && !honest {
			whole, err = p.scan(ctx, math.MaxInt, func(items []Product) (int, error) {
				_, err := hits.add(items)
				return math.MaxInt, err
			})
		}
	}
	if err != nil {
		return nil, err
	}
	out := make([][]instep.Record, len(keys))
	for i, key := range keys {
		if out[i], err = p.records(ctx, hits.of(key)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// findBarcode asks for one barcode. It is not honest of the vendor to give
// others.
func (p *Products) findBarcode(ctx context.Context, key string, hits *hits) (honest bool, err error) {
	filter := ListOptions{Simple: map[string]string{"barcode": key}}
	for page := 1; ; page++ {
		l, err := p.c.ProductPage(ctx, page, &filter)
		if err != nil {
			return false, err
		}
		for i := range l.Items {
			if l.Items[i].Barcode.Or("") != key {
				return false, nil
			}
		}
		if _, err := hits.add(l.Items); err != nil || l.last() {
			return true, err
		}
	}
}

// hits are the products that have the barcodes looked for. A product that
// comes twice is kept as it came last.
type hits struct {
	byKey map[string][]Product
	want  int
}

func newHits(wanted []string) *hits {
	h := &hits{byKey: make(map[string][]Product, len(wanted)), want: len(wanted)}
	for _, key := range wanted {
		h.byKey[key] = nil
	}
	return h
}

// add keeps the products that are wanted. What is missing stays the same, since
// another page may hold another product with the same barcode.
func (h *hits) add(items []Product) (missing int, err error) {
	for i := range items {
		key := items[i].Barcode.Or("")
		have, wanted := h.byKey[key]
		if !wanted {
			continue
		}
		number := items[i].Number
		have = pick(have, func(p *Product) bool { return p.Number != number })
		h.byKey[key] = append(have, items[i])
	}
	return h.want, nil
}

// of returns the products with a barcode.
func (h *hits) of(key string) []Product { return h.byKey[key] }
