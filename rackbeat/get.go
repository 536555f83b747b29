package rackbeat

import (
	"context"

	"github.com/instep-go/instep"
)

// Get implements [instep.Getter]. It reads each record by its number, or the
// whole list where that takes fewer requests. What the list does not show is
// then still asked for by its number, so that Missing is the vendor's word.
func (p *connector[T, U]) Get(ctx context.Context, refs []instep.Ref) ([]instep.Record, error) {
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

// byNumber returns the records that have the numbers.
func (p *connector[T, U]) byNumber(ctx context.Context, numbers []string) (map[string]instep.Record, error) {
	wanted := make(map[string]bool, len(numbers))
	for _, n := range numbers {
		wanted[n] = true
	}
	found := make(map[string]instep.Record, len(wanted))
	_, err := p.scan(ctx, len(wanted), func(items []T) (int, error) {
		keep := pick(items, func(item *T) bool { return wanted[p.kind.facts(item).number] })
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
		item, _, err := p.kind.get(p.c, ctx, number)
		switch kind := instep.KindOf(err); {
		case kind == instep.NotFound || kind == instep.Invalid && checkNumber("", number) != nil:
			continue
		case err != nil:
			return nil, err
		}
		if err := p.collect(ctx, []T{item}, found); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// pick returns the items that are wanted.
func pick[T any](items []T, wanted func(*T) bool) []T {
	var keep []T
	for i := range items {
		if wanted(&items[i]) {
			keep = append(keep, items[i])
		}
	}
	return keep
}

// collect adds records, by number.
func (p *connector[T, U]) collect(ctx context.Context, items []T, found map[string]instep.Record) error {
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
func (p *connector[T, U]) scan(ctx context.Context, missing int, visit func([]T) (int, error)) (whole bool, err error) {
	left := int(p.pages.Load())
	if left <= 0 {
		left = 2
	}
	for page := 1; missing > left; page++ {
		l, err := p.kind.page(p.c, ctx, page, &ListOptions{OrderBy: "created_at", Ascending: true})
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
