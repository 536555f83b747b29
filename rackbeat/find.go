package rackbeat

import (
	"context"
	"math"
	"slices"
	"strings"

	"github.com/instep-go/instep"
)

// Find implements [instep.Finder]. A field that records cannot be found by is
// an error of kind Unsupported that names those that they can.
func (p *connector[T, U]) Find(ctx context.Context, field string, values []instep.Value) ([][]instep.Record, error) {
	keys := make([]string, len(values))
	for i, v := range values {
		if t := v.Type(); t == instep.TypeString || t == instep.TypeInt {
			keys[i] = v.String()
		}
	}
	if field == "number" {
		return p.findNumbers(ctx, keys)
	}
	i := slices.IndexFunc(p.kind.finders, func(f finder[T]) bool { return f.field == field })
	if i < 0 {
		known := []string{"number"}
		for j := range p.kind.finders {
			known = append(known, p.kind.finders[j].field)
		}
		return nil, &instep.Error{
			Kind: instep.Unsupported, Op: "rackbeat: find " + p.kind.plural, Field: field, Remedy: "use " + strings.Join(known, " or "),
		}
	}
	return p.findBy(ctx, &p.kind.finders[i], keys)
}

func (p *connector[T, U]) findNumbers(ctx context.Context, keys []string) ([][]instep.Record, error) {
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

// findBy asks for each key, or reads the whole list where that takes fewer
// requests, or where the vendor turns out not to filter.
func (p *connector[T, U]) findBy(ctx context.Context, f *finder[T], keys []string) ([][]instep.Record, error) {
	wanted := pickKeys(keys)
	hits := newHits(p.kind, f, wanted)
	whole, err := p.scan(ctx, len(wanted), hits.add)
	for i := 0; i < len(wanted) && err == nil && !whole; i++ {
		var honest bool
		if honest, err = p.findKey(ctx, f, wanted[i], hits); err == nil && !honest {
			whole, err = p.scan(ctx, math.MaxInt, func(items []T) (int, error) {
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
		if out[i], err = p.records(ctx, hits.byKey[key]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// findKey asks for one key. It is not honest of the vendor to give records with
// another; one that differs in case or spaces alone is how databases compare.
func (p *connector[T, U]) findKey(ctx context.Context, f *finder[T], key string, hits *hits[T]) (honest bool, err error) {
	filter := f.filter(key)
	for page := 1; ; page++ {
		l, err := p.kind.page(p.c, ctx, page, &filter)
		if err != nil {
			return false, err
		}
		for i := range l.Items {
			if got := f.read(&l.Items[i]).Or(""); !strings.EqualFold(strings.TrimSpace(got), strings.TrimSpace(key)) {
				return false, nil
			}
		}
		if _, err := hits.add(l.Items); err != nil || l.last() {
			return true, err
		}
	}
}

// hits are the records that have the keys looked for. A record that comes twice
// is kept as it came last.
type hits[T any] struct {
	number func(*T) string
	key    func(*T) Attr[string]
	byKey  map[string][]T
	want   int
}

func newHits[T, U any](k *kind[T, U], f *finder[T], wanted []string) *hits[T] {
	h := &hits[T]{key: f.read, byKey: make(map[string][]T, len(wanted)), want: len(wanted)}
	h.number = func(item *T) string { return k.facts(item).number }
	for _, key := range wanted {
		h.byKey[key] = nil
	}
	return h
}

// add keeps the records that are wanted. What is missing stays the same, since
// another page may hold another record with the same key.
func (h *hits[T]) add(items []T) (missing int, err error) {
	for i := range items {
		key := h.key(&items[i]).Or("")
		have, wanted := h.byKey[key]
		if !wanted {
			continue
		}
		number := h.number(&items[i])
		have = pick(have, func(item *T) bool { return h.number(item) != number })
		h.byKey[key] = append(have, items[i])
	}
	return h.want, nil
}
